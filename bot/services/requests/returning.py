"""Taking a pick back: what was picked is wanted again, and held back again."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from bot.database.controllers.stock_rows import PostedMove
from bot.database.models import AuditEvent, Request
from bot.database.unit import UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.documents import REQUEST
from bot.domain.items import MergedAway
from bot.domain.lanes import DOCUMENT, channel_lane
from bot.domain.lots import OPEN, has_expired
from bot.domain.periods import day_of
from bot.domain.quantities import ZERO
from bot.domain.requests import UNDER_WAY, lapse_time
from bot.domain.stock import NO_LOT, QUARANTINE
from bot.services.availability import read_today
from bot.services.documents.changing import DocumentChange, apply_change
from bot.services.requests.documents import (
    REQUEST_TYPE,
    RequestedLine,
    read_requested,
)
from bot.services.requests.reserving import reserve, schedule_lapse
from bot.services.reversing import Restored, restores

# What the action of a pick ends with, and what giving it back is called.
PICK: Final = "picked"
_PICKED: Final = f"{REQUEST.noun}.{PICK}"
_RETURNED: Final = f"{REQUEST.noun}.returned"

declare_actions(_PICKED, reversal=Reversal.RESTORED)


@restores(_PICKED)
async def give_back(uow: UnitOfWork, event: AuditEvent) -> Restored:
    """Give a request back what a record picked for it; one that was done is under way again."""
    request = await uow.requests.require(event.subject_id or 0)
    moves = await uow.stock.moves_of_record(event.record)
    returned: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        returned[move.item_id] += move.quantity
    lines = await read_requested(uow, request.id)
    values = await _reopen(uow, request, lines, returned)
    is_under_way = values.get("status", request.status) in UNDER_WAY
    if is_under_way:
        await _require_unmerged(uow, sorted(returned))
    usable = await _usable(uow, moves) if is_under_way else None
    change = DocumentChange(lines=await _return_lines(uow, lines, returned, usable))
    contents = await apply_change(uow, REQUEST_TYPE, request, values, change)
    uow.notify(channel_lane(REQUEST_TYPE.purpose), DOCUMENT)
    return Restored(_RETURNED, subject=REQUEST.label(request.number), contents=contents)


async def _require_unmerged(uow: UnitOfWork, item_ids: list[int]) -> None:
    """Raise MergedAway for an item that is another by now: no one could pick it any more."""
    for item in (await uow.items.get_many(item_ids)).values():
        into = await uow.items.follow(item)
        if into.id != item.id:
            raise MergedAway(item.sku, into.sku)


async def _return_lines(
    uow: UnitOfWork,
    lines: tuple[RequestedLine, ...],
    returned: dict[int, Decimal],
    usable: dict[int, Decimal] | None,
) -> dict[int, dict[str, Any]]:
    """Return the lines to change; nothing is reserved for a request that has ended."""
    change = {}
    again = [line for line in lines if line.item_id in returned]
    kept = {line.item_id: line.reserved for line in again}
    if usable is not None:
        wanted = {line.item_id: line.reserved + returned[line.item_id] for line in again}
        kept = dict((await reserve(uow, wanted, kept, usable)).by_item)
    for line in again:
        picked = line.picked - returned[line.item_id]
        change[line.number] = {"picked": picked, "reserved": kept[line.item_id]}
    return change


async def _usable(uow: UnitOfWork, moves: Sequence[PostedMove]) -> dict[int, Decimal]:
    """Return what moves that are reversed bring back of items that may be used, by item."""
    today = await read_today(uow)
    locations = await uow.locations.get_many(sorted({move.source_id for move in moves}))
    lots = await uow.lots.stocked(sorted({move.lot_id for move in moves} - {NO_LOT}))
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        lot = lots.get(move.lot_id)
        is_good = lot is None or (lot.state == OPEN and not has_expired(lot.expires_on, today))
        if is_good and locations[move.source_id].kind != QUARANTINE:
            found[move.item_id] += move.quantity
    return found


async def _reopen(
    uow: UnitOfWork,
    request: Request,
    lines: tuple[RequestedLine, ...],
    returned: dict[int, Decimal],
) -> dict[str, Any]:
    """Return the columns of a request that is under way again; nothing of one that was ended."""
    is_any_left = any(line.picked > returned.get(line.item_id, ZERO) for line in lines)
    step = "reopen" if is_any_left else "reset"
    status = REQUEST.lead(step, request.status)
    if status is None:
        return {}
    values: dict[str, Any] = {"status": status, "version": request.version + 1}
    if request.lapses_at is None:
        zone = (await uow.guilds.require()).timezone
        made_on = day_of(request.made_at, zone)
        values["lapses_at"] = lapse_time(request.needed_by, made_on, zone)
        await schedule_lapse(uow, values["lapses_at"])
    return values

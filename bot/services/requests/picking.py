"""Picking: what was carried out for a request, in one record for each confirmation."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.database.models import Request
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.documents import REQUEST
from bot.domain.lots import LotSetAside, has_expired
from bot.domain.quantities import ZERO, read_quantity
from bot.domain.record_detail import MAX_KEPT_LINES
from bot.domain.requests import (
    UNDER_WAY,
    NothingPicked,
    PlanChanged,
    RowKey,
    TooMuchPicked,
)
from bot.domain.stock import LineReference, LowStock, MovedLine, StockLine
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import StaleVersion
from bot.services.availability import read_today, require_available
from bot.services.documents.changing import DocumentChange, change_document
from bot.services.low_stock import note_low_stock
from bot.services.measuring import measure
from bot.services.requests.documents import (
    MAY_PICK,
    REQUEST_TYPE,
    RequestedLine,
    read_requested,
)
from bot.services.requests.planning import plan, rows_behind
from bot.services.requests.reserving import release
from bot.services.requests.returning import PICK


@dataclass(frozen=True, slots=True, kw_only=True)
class PickAll:
    """Say that all of a list was picked; `signature` is that of the list that was shown."""

    request_id: int
    signature: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickSome:
    """Say how much was picked, row by row as it was typed; `seen` is the record of the form."""

    request_id: int
    seen: int
    typed: tuple[tuple[RowKey, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPicked:
    """What was carried out, the first ten moves of it, and what is left of the request.

    `next_row` is the row that the next form begins behind, if any is left there.
    """

    record: int
    request_id: int
    label: str
    status: str
    moved: tuple[MovedLine, ...]
    move_count: int
    left: tuple[RequestedLine, ...]
    version: int
    next_row: RowKey | None = None
    low: tuple[LowStock, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pick:
    """How much of a line was taken along which line of stock."""

    line: RequestedLine
    stock: StockLine
    quantity: Decimal


@operation("request.pick_all", permission=MAY_PICK)
async def pick_all(uow: UnitOfWork, request: PickAll) -> RequestPicked:
    """Carry out all of the list that was shown; raises PlanChanged if it would be another now."""
    found = await uow.requests.require(request.request_id)
    planned = await plan(uow, found)
    if planned.signature != request.signature or not planned.rows:
        raise PlanChanged(planned.label, found.id)
    known = {line.number: line for line in await read_requested(uow, found.id)}
    stock = await _read_stock(uow, [(row.key, row.item_id) for row in planned.rows])
    picks = [_Pick(known[row.key.line], stock[row.key], row.quantity) for row in planned.rows]
    return await _carry_out(uow, found, picks)


@operation("request.pick", permission=MAY_PICK)
async def pick_some(uow: UnitOfWork, request: PickSome) -> RequestPicked:
    """Carry out what was filled in; raises NothingPicked, TooMuchPicked and what stock refuses.

    Lines that were picked or changed since the form was made are refused: their fields said how
    much was left then.
    """
    found = await uow.requests.require(request.request_id)
    REQUEST.require_step("pick", found.number, found.status)
    rows = {row.line: row for row in await uow.request_lines.list_of(found.id)}
    known = {line.number: line for line in await read_requested(uow, found.id)}
    typed = [(key, text) for key, text in request.typed if text.strip()]
    for key, _text in typed:
        if key.line not in rows or rows[key.line].changed_record > request.seen:
            raise StaleVersion(REQUEST.noun)
    stock = await _read_stock(uow, [(key, known[key.line].item_id) for key, _text in typed])
    picks = []
    for key, text in typed:
        read = read_quantity(text, field="picked", allow_zero=True)
        item = stock[key].item
        measured = await measure(uow, item, read, field="picked", allow_zero=True)
        if measured.quantity:
            picks.append(_Pick(known[key.line], stock[key], measured.quantity))
    last = request.typed[-1][0] if request.typed else None
    if not picks:
        behind = await rows_behind(uow, await plan(uow, found), last)
        raise NothingPicked(REQUEST.label(found.number), found.id, last if behind else None)
    return await _carry_out(uow, found, picks, last)


async def _read_stock(
    uow: UnitOfWork, keys: Sequence[tuple[RowKey, int]]
) -> dict[RowKey, StockLine]:
    references = [
        LineReference(item_id, key.location_id, VirtualLocation.CUSTOMER, key.lot_id)
        for key, item_id in keys
    ]
    lines = await uow.stock.lines(references) if references else []
    return {key: line for (key, _), line in zip(keys, lines, strict=True)}


async def _carry_out(
    uow: UnitOfWork, request: Request, picks: Sequence[_Pick], last: RowKey | None = None
) -> RequestPicked:
    """Move what was picked, use up what was reserved of it, and record it."""
    taken: dict[int, Decimal] = defaultdict(lambda: ZERO)
    lines = {pick.line.number: pick.line for pick in picks}
    for pick in picks:
        taken[pick.line.number] += pick.quantity
        uow.stock.post(pick.stock, pick.quantity)
    for number, quantity in taken.items():
        if quantity > lines[number].left:
            line = lines[number]
            raise TooMuchPicked(line.sku, line.unit, line.left, quantity)
    await _require_usable(uow, picks)
    own = {line.item_id: line.reserved for line in lines.values()}
    await require_available(uow, [pick.stock for pick in picks], own)
    used = {number: min(lines[number].reserved, quantity) for number, quantity in taken.items()}
    released = {lines[number].item_id: quantity for number, quantity in used.items()}
    await release(uow, released)
    left = [line for line in await read_requested(uow, request.id) if line.left]
    is_over = all(taken.get(line.number, ZERO) == line.left for line in left)
    changed = await change_document(
        uow,
        REQUEST_TYPE,
        request,
        PICK,
        step="finish" if is_over else "pick",
        change=DocumentChange(
            values={"lapses_at": None} if is_over else {},
            lines={
                number: {
                    "picked": lines[number].picked + quantity,
                    "reserved": lines[number].reserved - used[number],
                }
                for number, quantity in taken.items()
            },
        ),
    )
    low = await note_low_stock(uow)
    return replace(await _answer(uow, request.id, changed.record, last), low=low)


async def _require_usable(uow: UnitOfWork, picks: Sequence[_Pick]) -> None:
    """Raise LotSetAside for a lot that was held, or expired, since it was on the list."""
    lots = [(pick.line.sku, pick.stock.lot) for pick in picks if pick.stock.lot is not None]
    today = await read_today(uow) if lots else uow.now.date()
    for sku, lot in lots:
        if not lot.is_usable(today):
            expired_on = lot.expires_on if has_expired(lot.expires_on, today) else None
            raise LotSetAside(sku, lot.code, expired_on)


async def _answer(
    uow: UnitOfWork, request_id: int, record: int, last: RowKey | None
) -> RequestPicked:
    request = await uow.requests.require(request_id)
    is_under_way = request.status in UNDER_WAY
    has_more = (
        last is not None
        and is_under_way
        and bool(await rows_behind(uow, await plan(uow, request), last))
    )
    moves = uow.posting.lines
    return RequestPicked(
        record=record,
        request_id=request.id,
        label=REQUEST.label(request.number),
        status=request.status,
        moved=tuple(moves[:MAX_KEPT_LINES]),
        move_count=len(moves),
        left=tuple(line for line in await read_requested(uow, request.id) if line.left),
        version=request.version,
        next_row=last if has_more else None,
    )

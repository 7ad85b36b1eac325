"""Moves of one item that a person asks for: posted, recorded and answered in one way."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Final

from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.quantities import ZERO
from bot.domain.stock import InsufficientStock
from bot.services.availability import read_today, require_available
from bot.services.dating import list_brought_in, list_corrections, post_dated
from bot.services.guessed_locations import find_elsewhere
from bot.services.lots_moved import Share, require_single_serials
from bot.services.moved import StockMoved, moved_by, with_low_stock

# What a person says besides what moves: the same move under another note is still the same.
_REMARKS: Final = frozenset({"note", "reason"})


async def move_shares(
    uow: UnitOfWork,
    action: str,
    shares: Sequence[Share],
    note: str,
    *,
    given: str = "",
    changes: Sequence[Change] = (),
) -> StockMoved:
    """Post what moves of one item, record it as this action, and return the answer.

    `uow.resolved` is set before: by it the request is repeated, and recognised where its answer
    was missed. Raises InsufficientStock, SerialInStock, DoneBefore and what is reserved for others.
    """
    assert uow.resolved is not None, "the request is not kept as it was resolved"
    if uow.missed:
        refuse_missed(uow)
    note = clean_text(note, field="note", limit=MAX_NOTE)
    corrections = await list_corrections(uow, shares)
    await require_single_serials(uow, list_brought_in(shares, corrections))
    try:
        post_dated(uow, shares, corrections)
    except InsufficientStock as error:
        error.note = note
        error.elsewhere = await find_elsewhere(uow, shares[0].line)
        raise
    lines = [share.line for share in shares]
    item = lines[0].item
    given_back = sum((each.quantity for each in corrections if each.before), ZERO)
    await require_available(uow, lines, {item.id: given_back} if given_back else {})
    record = uow.record(
        action,
        subject_type="item",
        subject_id=item.id,
        subject=item.sku,
        changes=changes,
        note=note,
    )
    done = moved_by(uow, record, action, note=note, given=given)
    if item.is_tracked:
        days = (await uow.guilds.require()).expiry_warning_days
        done = replace(done, today=await read_today(uow), warning_days=days)
    return done if item.reorder_point is None else await with_low_stock(uow, done)


def refuse_missed(uow: UnitOfWork) -> None:
    """Raise DoneBefore if the actor may have missed that they did this; notes do not matter."""
    wanted = _what_moves(uow.resolved)
    uow.require_new(lambda done: _what_moves(done) == wanted)


def _what_moves(request: Any) -> dict[str, Any]:
    return {
        field.name: getattr(request, field.name)
        for field in fields(request)
        if field.name not in _REMARKS
    }

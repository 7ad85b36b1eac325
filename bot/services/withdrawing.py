"""The opposite of a record's moves: what was reversed never happened, whenever it is reversed.

The opposite of a move happened when the move did: counts of later times, which may reach the books
later still, saw neither. What was counted since stays true by further lines, as if the opposite had
come late. With a count go the lines of other records that kept it true; they hold against the next
count instead, if there is one. The result is that of the same acts in any other order.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bot.database.controllers.dated_moves import CorrectingMoves
from bot.database.controllers.stock_rows import PostedMove
from bot.database.models import AuditEvent
from bot.database.unit import UnitOfWork
from bot.domain.dated import Dated
from bot.domain.stock import InsufficientStock, LevelKey, LineReference, ReversalBlocked, StockLine
from bot.domain.virtual_locations import VirtualLocation, end_of_move, is_virtual
from bot.services.counted_since import Correction, DatedMove, find_corrections
from bot.services.dating import post_corrections
from bot.services.lots_moved import require_single_serials


class _TakenBack(NamedTuple):
    """The opposite of what kept true what a record observed, and when that was."""

    item_id: int
    way: LineReference
    quantity: Decimal
    at: datetime


async def post_opposites(uow: UnitOfWork, event: AuditEvent, *, is_renaming: bool = False) -> None:
    """Queue the opposite of a record's moves; raises ReversalBlocked if stock does not allow it.

    What only renamed stock (`is_renaming`) is given its name back as of now.
    """
    record = event.record
    moves = await uow.stock.moves_of_record(record)
    dates = {} if is_renaming else await uow.dated_moves.list_of_record(record)
    # What kept a count true goes on doing so; the opposite of the move it was for is corrected.
    own = [
        (move, dates.get(number, Dated(event.at)), number in dates)
        for number, move in enumerate(moves, start=1)
        if number not in dates or dates[number].corrects is None
    ]
    kept = list(_take_back(await uow.dated_moves.list_correcting(record)))
    wanted = [*(_opposite(move) for move, *_ in reversed(own)), *(each.way for each in kept)]
    lines = await _read_lines(uow, wanted) if wanted else []
    opposites = [
        DatedMove(line, move.quantity, dated.happened_at, record, is_dated, move.item_id)
        for line, (move, dated, is_dated) in zip(lines, reversed(own), strict=False)
    ]
    taken_back = [
        Correction(line, each.quantity, Dated(each.at, record))
        for line, each in zip(lines[len(own) :], kept, strict=True)
    ]
    lost = [
        DatedMove(line, each.quantity, each.at, record, item_id=each.item_id)
        for line, each in zip(lines[len(own) :], kept, strict=True)
    ]
    try:
        corrections = []
        if not is_renaming:
            corrections = await find_corrections(uow, [*opposites, *lost], without=record)
        further = [*taken_back, *corrections]
        await require_single_serials(uow, _list_coming(opposites, further))
        _post(uow, opposites, further, is_dated=not is_renaming)
    except InsufficientStock as cause:
        raise await _block(uow, record, cause, lines) from cause


def _post(
    uow: UnitOfWork,
    opposites: Sequence[DatedMove],
    further: Sequence[Correction],
    *,
    is_dated: bool,
) -> None:
    # What gives comes before what takes, which it may make possible.
    if further:
        opposites = sorted(opposites, key=lambda move: not move.line.source.is_virtual)
    post_corrections(uow, [each for each in further if each.before])
    for move in opposites:
        uow.stock.post(move.line, move.quantity)
        if is_dated:
            uow.posting.dated[len(uow.posting.lines)] = Dated(move.at)
    post_corrections(uow, [each for each in further if not each.before])


def _list_coming(
    opposites: Sequence[DatedMove], further: Sequence[Correction]
) -> Iterator[StockLine]:
    """Yield the lines of lots of which more comes in than leaves."""
    coming: dict[int, Decimal] = defaultdict(Decimal)
    lines = [(each.line, each.quantity) for each in opposites]
    lines += [(each.line, each.quantity) for each in further]
    for line, quantity in lines:
        coming[line.lot_id] += quantity * (line.source.is_virtual - line.target.is_virtual)
    yield from (line for line, _ in lines if coming[line.lot_id] > 0)


def _take_back(moves: Sequence[CorrectingMoves]) -> Iterator[_TakenBack]:
    """Yield the opposite of what corrections did in sum to each level at a time."""
    sums: dict[tuple[LevelKey, datetime], Decimal] = defaultdict(Decimal)
    for move in moves:
        is_gain = is_virtual(move.source_id)
        end = move.target_id if is_gain else move.source_id
        key = LevelKey(move.item_id, end, move.lot_id)
        sums[key, move.happened_at] += move.quantity if is_gain else -move.quantity
    for (key, at), change in sums.items():
        if change:
            ends = (key.location_id, VirtualLocation.LOSS)
            source, target = ends if change > 0 else (VirtualLocation.GAIN, key.location_id)
            way = LineReference(key.item_id, source, target, key.lot_id)
            yield _TakenBack(key.item_id, way, abs(change), at)


def _opposite(move: PostedMove) -> LineReference:
    ends = end_of_move(move.target_id), end_of_move(move.source_id)
    return LineReference(move.item_id, *ends, move.lot_id)


async def _read_lines(uow: UnitOfWork, references: list[LineReference]) -> list[StockLine]:
    """Read lines; of an item that was merged since, with the lots that its own were joined with."""
    lines = await uow.stock.lines(references)
    pairs = list(zip(lines, references, strict=True))
    if not any(line.lot_id and line.item.id != wanted.item for line, wanted in pairs):
        return lines
    found = []
    for line, (_item, source, target, lot_id) in pairs:
        lot = await uow.lots.find_of(line.item.id, lot_id) if lot_id else None
        found.append(LineReference(line.item.id, source, target, lot.id if lot else lot_id))
    return await uow.stock.lines(found)


async def _block(
    uow: UnitOfWork, record: int, cause: InsufficientStock, lines: Sequence[StockLine]
) -> ReversalBlocked:
    """Return why a record cannot be reversed, and which other took what it would take back."""
    source = next(
        (
            line
            for line in lines
            if line.item.id == cause.item_id
            and line.source.name == cause.location
            and (line.lot is None or line.lot.code == cause.lot)
        ),
        None,
    )
    taken_by = None
    if source is not None and cause.since is not None:
        key = LevelKey(source.item.id, source.source.id, source.lot_id)
        taken_by = await uow.dated_moves.out_at(key, cause.since)
    elif source is not None:
        taken_by = await uow.stock.last_out(
            source.item.id, source.source.id, after=record, lot_id=source.lot_id
        )
    return ReversalBlocked(record, cause, taken_by)

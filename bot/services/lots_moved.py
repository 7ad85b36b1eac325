"""Lots of what moves: which are taken first, which is put, and what serial numbers allow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.models import Lot
from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.lots import (
    ExpiryDiffers,
    LotNeeded,
    LotSetAside,
    NotTracked,
    SerialInStock,
    StockedLot,
    clean_code,
    has_expired,
    lot_change,
    require_one,
)
from bot.domain.names import key_of
from bot.domain.periods import day_of
from bot.domain.quantities import ZERO
from bot.domain.stock import (
    BY_SERIAL,
    InsufficientStock,
    LevelKey,
    LineReference,
    Reference,
    StockLine,
)
from bot.domain.virtual_locations import end_of_move
from bot.services.availability import read_today
from bot.services.guessed_locations import find_elsewhere
from bot.services.low_stock import watch_usable_of

_MAX_CHOICES: Final = 10


class Share(NamedTuple):
    """A part of a move: how much of one lot (or of an untracked item) goes along a line."""

    line: StockLine
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class OpenedLot:
    """The lot that is put, and what the record says of it if it is new or its day was written."""

    lot: StockedLot
    changes: tuple[Change, ...] = ()


async def share_out(
    uow: UnitOfWork, line: StockLine, quantity: Decimal, named: Reference | None
) -> list[Share]:
    """Return the lots that a take or a move goes along: the named one, else the first to expire.

    Raises InsufficientStock, NotFound and, for a person without `lot.control`, LotSetAside.
    """
    if not line.item.is_tracked:
        if named is not None:
            raise NotTracked(line.item.sku)
        return [Share(line, quantity)]
    if named is not None:
        lot = await uow.lots.require_of(line.item.id, named)
        await _require_usable(uow, line, lot)
        return [Share(await line_of_lot(uow, line, lot.id), quantity)]
    today = await _read_day(uow)
    # What the unit's own moves took is still there by the books.
    gone = uow.posting.gone_from(line.item.id, line.source.id)
    wanted = quantity + sum(gone.values(), ZERO)
    rows = await uow.stock.first_expiring(line.item.id, line.source.id, wanted, today)
    left, chosen = quantity, []
    for row in rows:
        share = min(left, row.quantity - gone.get(row.id, ZERO))
        if share > 0:
            chosen.append((row.id, share))
            left -= share
    if left > 0:
        raise await _lacking(uow, line, quantity, quantity - left, wanted - quantity)
    lines = await uow.stock.lines([reference_of(line, lot_id) for lot_id, _share in chosen])
    return [Share(each, share) for each, (_lot_id, share) in zip(lines, chosen, strict=True)]


def reference_of(line: StockLine, lot_id: int) -> LineReference:
    """Return what a line is as that of one of its item's lots, to be read."""
    return LineReference(
        line.item.id, end_of_move(line.source.id), end_of_move(line.target.id), lot_id
    )


async def line_of_lot(uow: UnitOfWork, line: StockLine, lot_id: int) -> StockLine:
    """Return a line of an item as that of one of its lots."""
    ends = end_of_move(line.source.id), end_of_move(line.target.id)
    return await uow.stock.line(line.item.id, *ends, lot_id)


async def put_lot(
    uow: UnitOfWork,
    line: StockLine,
    quantity: Decimal,
    named: Reference | None,
    expires_on: date | None,
) -> tuple[StockLine, tuple[Change, ...]]:
    """Return the line of the lot that is put, made if it is new, and what the record says of it.

    Raises LotNeeded, NotTracked, OneOfSerial, SerialInStock, ExpiryDiffers.
    """
    item = line.item
    if not item.is_tracked:
        if named is not None or expires_on is not None:
            raise NotTracked(item.sku)
        return line, ()
    if named is None:
        known = await uow.lots.suggest(item.id, "")
        codes = [] if item.tracking == BY_SERIAL else [row.code for row in known if row.quantity]
        raise LotNeeded(item.sku, item.tracking, "put", tuple(codes[:_MAX_CHOICES]))
    opened = await open_lot(uow, item.id, item.sku, named, expires_on)
    line = await line_of_lot(uow, line, opened.lot.id)
    if item.tracking == BY_SERIAL:
        require_one(item.sku, opened.lot.code, quantity)
        await require_single_serials(uow, [line])
    return line, opened.changes


async def open_lot(
    uow: UnitOfWork, item_id: int, sku: str, named: Reference, expires_on: date | None
) -> OpenedLot:
    """Return a lot of a tracked item, made if it is new; raises ExpiryDiffers.

    A day may be written on a lot that has none, and another one on a lot that is nowhere in stock:
    the first one was mistyped, and undone.
    """
    found = await uow.lots.find_of(item_id, named)
    if found is None and isinstance(named, str):
        code = clean_code(named)
        made = await uow.lots.create(
            item_id=item_id, code=code, code_key=key_of(code), expires_on=expires_on
        )
        change = lot_change(item_id, made.id, code, expires_on)
        return OpenedLot(_stocked(made), (change,))
    lot = found or await uow.lots.require_of(item_id, named)
    before = lot.expires_on
    if expires_on is None or expires_on == before:
        return OpenedLot(_stocked(lot))
    if before is not None and await uow.stock.where_stocked([item_id], [lot.id]):
        raise ExpiryDiffers(sku, lot.code, before, expires_on)
    await watch_usable_of(uow, [item_id])
    dated = await uow.lots.update_by_id(lot.id, expires_on=expires_on)
    # The day may be over: then what is there of the lot is usable no longer.
    uow.posting.set_aside.add(item_id)
    change = lot_change(item_id, lot.id, lot.code, expires_on, before, is_known=True)
    return OpenedLot(_stocked(dated), (change,))


async def require_single_serials(uow: UnitOfWork, lines: Iterable[StockLine]) -> None:
    """Raise SerialInStock if a serial number comes in that is in stock already."""
    coming = [
        line
        for line in lines
        if line.item.tracking == BY_SERIAL and line.source.is_virtual and not line.target.is_virtual
    ]
    if not coming:
        return
    stocked = await uow.stock.where_stocked(
        [line.item.id for line in coming], [line.lot_id for line in coming]
    )
    for line in coming:
        if line.lot_id in stocked and line.lot is not None:
            raise SerialInStock(line.item.sku, line.lot.code, stocked[line.lot_id])


async def require_single_pieces(uow: UnitOfWork) -> None:
    """Raise SerialInStock if the queued moves leave a serial number in two locations.

    What leaves one location may be what is found at another: only all moves together tell.
    """
    serials = {
        line.lot_id: line
        for line, _ in uow.posting.moves
        if line.item.tracking == BY_SERIAL and line.source.is_virtual and line.lot is not None
    }
    if not serials:
        return
    levels = await uow.file_rows.list_levels_of_lots(sorted(serials))
    places = {lot_id: dict(levels.get(lot_id, {})) for lot_id in serials}
    for line, _ in uow.posting.moves:
        for end in (line.source, line.target):
            level = uow.posting.levels[LevelKey(line.item.id, end.id, line.lot_id)]
            if line.lot_id in places and not end.is_virtual:
                places[line.lot_id][end.id] = end.name, level.after
    for lot_id, line in serials.items():
        there = [name for name, quantity in places[lot_id].values() if quantity]
        if len(there) > 1 and line.lot is not None:
            raise SerialInStock(line.item.sku, line.lot.code, there[0])


async def counted_lot(uow: UnitOfWork, line: StockLine, named: Reference | None) -> StockLine:
    """Return the line of the lot that was counted: the named one, else the only one that is there.

    Raises LotNeeded, NotTracked, NotFound.
    """
    item = line.item
    if not item.is_tracked:
        if named is not None:
            raise NotTracked(item.sku)
        return line
    if named is not None:
        return await line_of_lot(uow, line, (await uow.lots.require_of(item.id, named)).id)
    there = await uow.stock.lots_at([item.id], [line.target.id])
    if len(there) != 1:
        codes = tuple(row.code for row in there[:_MAX_CHOICES])
        raise LotNeeded(item.sku, item.tracking, "adjust", codes)
    return await line_of_lot(uow, line, there[0].id)


async def _read_day(uow: UnitOfWork) -> date:
    """Return the day of a move: what a device took while it was good may have expired since."""
    if uow.happened_at is None:
        return await read_today(uow)
    return day_of(uow.happened_at, (await uow.guilds.require()).timezone)


async def _require_usable(uow: UnitOfWork, line: StockLine, lot: Lot) -> None:
    expired = has_expired(lot.expires_on, await _read_day(uow))
    if (expired or _stocked(lot).is_held) and not uow.rights.holds("lot.control"):
        raise LotSetAside(line.item.sku, lot.code, lot.expires_on if expired else None)


async def _lacking(
    uow: UnitOfWork, line: StockLine, wanted: Decimal, usable: Decimal, gone: Decimal
) -> InsufficientStock:
    there = await uow.stock.lots_at([line.item.id], [line.source.id])
    error = InsufficientStock(
        item=line.item.sku,
        unit=line.item.unit,
        location=line.source.name,
        available=usable,
        wanted=wanted,
        item_id=line.item.id,
        target_id=line.target.id,
        set_aside=sum((row.quantity for row in there), ZERO) - gone - usable,
    )
    error.elsewhere = await find_elsewhere(uow, line)
    return error


def _stocked(lot: Lot) -> StockedLot:
    return StockedLot(lot.id, lot.code, lot.expires_on, lot.state)

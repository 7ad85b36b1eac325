"""Reading a delivery: lines `SKU quantity [lot] [expiry]`, as parcels of items and lots."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.counts import LotUnnamed
from bot.domain.days import looks_like_day
from bot.domain.lines import LineFault, LinesRefused, TypedLine, read_lines
from bot.domain.lots import parse_expiry
from bot.domain.names import key_of
from bot.domain.quantities import TypedQuantity
from bot.domain.receiving import LotUntyped, NotOrdered, SerialsDiffer, SerialTwice
from bot.domain.stock import BY_SERIAL, NO_LOT, StockedItem
from bot.domain.units import is_same_unit
from bot.errors import Archived, TallymanError, Unavailable
from bot.services.lots_moved import OpenedLot, open_lot
from bot.services.measuring import measure
from bot.services.receiving.lines import AwaitedLine
from bot.services.typed_lots import split_lot

# A line for each lot; a form takes 4,000 characters.
MAX_DELIVERED: Final = 400


@dataclass(frozen=True, slots=True)
class Parcel:
    """How much of an item (of one of its lots) came in, and what the record says of the lot."""

    item_id: int
    quantity: Decimal
    lot_id: int = NO_LOT
    changes: tuple[Change, ...] = ()
    # The item whose SKU was typed, which may have become this one by a merge since.
    ordered_id: int = 0


async def read_parcels(
    uow: UnitOfWork, label: str, lines: tuple[AwaitedLine, ...], typed: str
) -> list[Parcel]:
    """Return what typed lines say came in; raises LinesRefused with what is wrong with each."""
    by_item = {line.item_id: line for line in lines}
    by_sku = {key_of(line.ordered_sku): line.ordered_id for line in lines}
    read, faults = read_lines(typed, has_third=True, limit=MAX_DELIVERED, allow_zero=True)
    parcels: list[Parcel] = []
    for line in read:
        try:
            found = await _read_line(uow, label, by_item, line)
            typed_id = by_sku.get(key_of(line.name), 0)
            parcels += [replace(each, ordered_id=typed_id) for each in found]
            _require_once(by_item, parcels)
        except Unavailable:
            raise
        except TallymanError as error:
            faults.append(LineFault(line.number, line.text, error))
    if faults:
        raise LinesRefused(tuple(sorted(faults, key=lambda fault: fault.number)))
    return parcels


async def _read_line(
    uow: UnitOfWork, label: str, by_item: Mapping[int, AwaitedLine], line: TypedLine
) -> list[Parcel]:
    item = await uow.stock.item(line.name)
    if item.id not in by_item:
        former = await uow.items.find_former(line.name)
        meant = by_item.get(former.id) if former else None
        raise NotOrdered(label, item.sku, meant.sku if meant else "")
    if item.is_archived:
        raise Archived("item", item.sku, item.id)
    if not line.quantity.value:
        return []
    behind = f"{line.quantity.unit} {line.third}".split()
    if item.tracking == BY_SERIAL:
        return await _read_serials(uow, item, line.quantity.value, behind)
    if not item.is_tracked:
        return [Parcel(item.id, await _measure(uow, item, line, " ".join(behind)))]
    if not behind:
        raise LotUntyped(item.sku, item.tracking)
    try:
        unit, opened = await split_lot(uow, item, behind)
    except LotUnnamed as error:
        raise LotUntyped(item.sku, item.tracking) from error
    assert opened is not None
    return [_parcel(item, await _measure(uow, item, line, unit), opened)]


async def _read_serials(
    uow: UnitOfWork, item: StockedItem, value: Decimal, behind: list[str]
) -> list[Parcel]:
    """Return a parcel for each serial number behind a quantity of as many pieces."""
    if behind and is_same_unit(behind[0], item.unit):
        behind = behind[1:]
    quantity = (await measure(uow, item, TypedQuantity(value))).quantity
    if not behind:
        raise LotUntyped(item.sku, item.tracking)
    expires_on = None
    if len(behind) > 1 and looks_like_day(behind[-1]):
        expires_on = parse_expiry(behind.pop())
    # Of one piece all of it is the number, which may have spaces.
    typed = " ".join(behind)
    codes = [typed] if quantity == 1 else typed.replace(",", " ").split()
    if len(codes) != quantity:
        raise SerialsDiffer(item.sku, quantity, len(codes))
    opened_lots = [await open_lot(uow, item.id, item.sku, code, expires_on) for code in codes]
    return [_parcel(item, Decimal(1), opened) for opened in opened_lots]


async def _measure(uow: UnitOfWork, item: StockedItem, line: TypedLine, unit: str) -> Decimal:
    return (await measure(uow, item, TypedQuantity(line.quantity.value, unit))).quantity


def _parcel(item: StockedItem, quantity: Decimal, opened: OpenedLot) -> Parcel:
    return Parcel(item.id, quantity, opened.lot.id, opened.changes)


def _require_once(by_item: Mapping[int, AwaitedLine], parcels: list[Parcel]) -> None:
    """Raise SerialTwice for a serial number that came twice: it is one piece."""
    last = parcels[-1] if parcels else None
    if last is None or by_item[last.item_id].tracking != BY_SERIAL:
        return
    ids = [each.lot_id for each in parcels if each.item_id == last.item_id]
    if len(set(ids)) < len(ids):
        raise SerialTwice(by_item[last.item_id].sku)

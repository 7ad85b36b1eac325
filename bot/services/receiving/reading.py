"""Reading a delivery as parcels of items and lots.

People type lines `SKU quantity [lot] [expiry]`; a device says each in a field of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.counts import LotUnnamed
from bot.domain.days import looks_like_day
from bot.domain.lines import LineFault, LinesRefused, TypedLine, read_lines
from bot.domain.lots import LotNeeded, NotTracked, parse_expiry, require_one
from bot.domain.names import key_of
from bot.domain.quantities import TypedQuantity
from bot.domain.receiving import LotUntyped, NotOrdered, SerialsDiffer, SerialTwice
from bot.domain.stock import BY_SERIAL, NO_LOT, Reference, StockedItem
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedLine:
    """What came in of an item: of which lot if it is kept by lots, and until when that is good."""

    item: Reference
    quantity: TypedQuantity
    lot: Reference | None = None
    expires_on: date | None = None


class _Order(NamedTuple):
    """An order by the items of its lines, and by how they were ordered."""

    label: str
    by_item: Mapping[int, AwaitedLine]
    ordered: Mapping[Reference, int]

    @classmethod
    def of(cls, label: str, lines: Iterable[AwaitedLine]) -> "_Order":
        """Take the lines of an order."""
        ordered: dict[Reference, int] = {}
        by_item = {}
        for line in lines:
            by_item[line.item_id] = line
            ordered[line.ordered_id] = ordered[key_of(line.ordered_sku)] = line.ordered_id
        return cls(label, by_item, ordered)

    def find_ordered(self, named: Reference) -> int:
        """Return the item that was ordered under this name or id, or 0."""
        return self.ordered.get(named if isinstance(named, int) else key_of(named), 0)


async def read_parcels(
    uow: UnitOfWork,
    label: str,
    lines: tuple[AwaitedLine, ...],
    said: str | tuple[ArrivedLine, ...],
) -> list[Parcel]:
    """Return what came in: by typed lines, or by lines that say each thing in a field of its own.

    Raises LinesRefused with what is wrong with each typed line, and the refusal itself of others.
    """
    order = _Order.of(label, lines)
    if isinstance(said, str):
        return await _read_typed(uow, order, said)
    parcels: list[Parcel] = []
    for line in said:
        parcels += await _read_arrived(uow, order, line)
        _require_once(order.by_item, parcels)
    return parcels


async def _read_typed(uow: UnitOfWork, order: _Order, typed: str) -> list[Parcel]:
    read, faults = read_lines(typed, has_third=True, limit=MAX_DELIVERED, allow_zero=True)
    parcels: list[Parcel] = []
    for line in read:
        try:
            found = await _read_line(uow, order, line)
            parcels += [replace(each, ordered_id=order.find_ordered(line.name)) for each in found]
            _require_once(order.by_item, parcels)
        except Unavailable:
            raise
        except TallymanError as error:
            faults.append(LineFault(line.number, line.text, error))
    if faults:
        raise LinesRefused(tuple(sorted(faults, key=lambda fault: fault.number)))
    return parcels


async def _read_line(uow: UnitOfWork, order: _Order, line: TypedLine) -> list[Parcel]:
    item = await _require_ordered(uow, order, line.name)
    if not line.quantity.value:
        return []
    behind = f"{line.quantity.unit} {line.third}".split()
    if item.tracking == BY_SERIAL:
        return await _read_serials(uow, item, line.quantity.value, behind)
    try:
        typed = await split_lot(uow, item, behind)
    except LotUnnamed as error:
        raise LotUntyped(item.sku, item.tracking) from error
    quantity = TypedQuantity(line.quantity.value, typed.unit)
    return [await _take_in(uow, item, quantity, typed.lot, typed.expires_on)]


async def _read_arrived(uow: UnitOfWork, order: _Order, line: ArrivedLine) -> list[Parcel]:
    item = await _require_ordered(uow, order, line.item)
    if not line.quantity.value:
        return []
    parcel = await _take_in(uow, item, line.quantity, line.lot, line.expires_on)
    return [replace(parcel, ordered_id=order.find_ordered(line.item))]


async def _require_ordered(uow: UnitOfWork, order: _Order, named: Reference) -> StockedItem:
    """Return an item of the order, with its pack if that was named; raises NotOrdered, Archived."""
    item = await uow.stock.item(named)
    if item.id not in order.by_item:
        former = None if isinstance(named, int) else await uow.items.find_former(named)
        meant = order.by_item.get(former.id) if former else None
        raise NotOrdered(order.label, item.sku, meant.sku if meant else "")
    if item.is_archived:
        raise Archived("item", item.sku, item.id)
    return item


async def _take_in(
    uow: UnitOfWork,
    item: StockedItem,
    typed: TypedQuantity,
    lot: Reference | None,
    expires_on: date | None,
) -> Parcel:
    """Return a parcel of an item, of a lot that is made if it is new."""
    quantity = (await measure(uow, item, typed)).quantity
    if not item.is_tracked:
        if lot is not None or expires_on is not None:
            raise NotTracked(item.sku)
        return Parcel(item.id, quantity)
    if lot is None:
        raise LotNeeded(item.sku, item.tracking, "put")
    opened = await open_lot(uow, item.id, item.sku, lot, expires_on)
    if item.tracking == BY_SERIAL:
        require_one(item.sku, opened.lot.code, quantity)
    return _parcel(item, quantity, opened)


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
    is_known = len(behind) == 1 and await uow.lots.find_of(item.id, behind[0]) is not None
    if looks_like_day(behind[-1]) and not is_known:
        *behind, day = behind
        if not behind:
            raise LotUntyped(item.sku, item.tracking)
        expires_on = parse_expiry(day)
    # Of one piece all of it is the number, which may have spaces.
    typed = " ".join(behind)
    codes = [typed] if quantity == 1 else typed.replace(",", " ").split()
    if len(codes) != quantity:
        raise SerialsDiffer(item.sku, quantity, len(codes))
    opened_lots = [await open_lot(uow, item.id, item.sku, code, expires_on) for code in codes]
    return [_parcel(item, Decimal(1), opened) for opened in opened_lots]


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

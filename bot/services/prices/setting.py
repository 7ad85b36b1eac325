"""Setting a price: it holds from a day on, until the next one of its kind begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bot.database.models import Item, Supplier, SupplierPrice
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change
from bot.domain.conversions import find_unit
from bot.domain.days import parse_day
from bot.domain.document_contents import write_values
from bot.domain.money import format_unit_price
from bot.domain.money_text import UnitPrice, read_unit_price
from bot.domain.names import NOTHING, key_of
from bot.domain.prices import Price, PriceUnchanged, in_force, is_jump, restate_least, rise_percent
from bot.domain.quantities import ZERO, format_quantity, read_quantity
from bot.domain.stock import Reference
from bot.domain.units import WrongUnit, is_same_unit
from bot.errors import Archived, InvalidValue
from bot.services.availability import read_today
from bot.services.prices.finding import list_members, own_last

declare_actions("price.set", "price.ended", way_back="price set")

_ONE: Final = Decimal("1.000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPrice:
    """Say what a supplier asks for an item; texts are as they were typed, `none` ends a price."""

    supplier: Reference
    item: Reference
    amount: str
    unit: str = ""
    min_quantity: str = ""
    valid_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSet:
    """A price that was set or ended, the one that held before, and by how much it rose."""

    record: int
    supplier: str
    sku: str
    unit: str
    min_quantity: Decimal
    valid_from: date
    after: Price | None
    before: Price | None
    is_jump: bool
    rise: int | None


@dataclass(frozen=True, slots=True)
class PriceContents:
    """The columns of a price that a record set."""

    row: Mapping[str, Any]

    def write(self) -> dict[str, Any]:
        """Return them as plain values for a record's detail."""
        return {"price": write_values(self.row)}


@operation("price.set", permission="price.edit")
async def set_price(uow: UnitOfWork, request: SetPrice) -> PriceSet:
    """Let a price hold from a day on; one that begins on that day is replaced.

    Raises InvalidValue, AmbiguousQuantity, WrongUnit, Archived, PriceUnchanged.
    """
    supplier = await uow.suppliers.require_reference(request.supplier)
    item = await uow.items.require_reference(request.item)
    if item.archived_at is not None:
        raise Archived("item", item.sku, item.id)
    currency = (await uow.guilds.require()).currency
    asked = None
    if key_of(request.amount) != NOTHING:
        asked = await _read_amount(uow, item, request.amount, currency)
    unit, factor = await _read_unit(uow, item, request.unit)
    if asked is not None and asked.unit:
        unit, factor = await _agree_unit(uow, item, asked.unit, request.unit)
    starts_on = await _read_start(uow, request.valid_from)
    least = await _read_least(uow, item, (unit, factor), request.min_quantity)
    members = (await list_members(uow, [item.id]))[item.id]
    offers = await uow.supplier_prices.list_of_items(supplier.id, members)
    alike = [each for each in offers if (each.unit_key, each.min_quantity) == (key_of(unit), least)]
    held = next(iter(in_force(own_last(alike, item.id), starts_on)), None)
    before = None
    if held is not None and held.amount is not None:
        before = Price(held.amount, held.currency, unit, factor)
        currency = held.currency
    after = None if asked is None else Price(asked.amount, asked.currency, unit, factor)
    if before == after:
        raise PriceUnchanged(label=f"{item.sku} · {supplier.name}")
    own = [each for each in alike if each.item_id == item.id]
    same_day = next((each for each in own if each.valid_from == starts_on), None)
    row = await _keep(
        uow,
        same_day,
        supplier_id=supplier.id,
        item_id=item.id,
        unit=unit,
        unit_key=key_of(unit),
        min_quantity=least,
        valid_from=starts_on,
        amount=None if asked is None else asked.amount,
        currency=currency if asked is None else asked.currency,
    )
    record = _record(uow, supplier, item, row, [_change(before, after)])
    return PriceSet(
        record=record,
        supplier=supplier.name,
        sku=item.sku,
        unit=unit or item.unit,
        min_quantity=least,
        valid_from=starts_on,
        before=before,
        after=after,
        is_jump=bool(before and after and is_jump(before, after)),
        rise=rise_percent(before, after) if before and after else None,
    )


def write_price(price: Price | UnitPrice | None) -> str:
    """Write a price for a record; nothing for none."""
    return "" if price is None else format_unit_price(price.amount, price.currency)


async def _keep(uow: UnitOfWork, known: SupplierPrice | None, **values: Any) -> SupplierPrice:
    if known is None:
        return await uow.supplier_prices.create(**values)
    changed = {name: values[name] for name in ("amount", "currency")}
    return await uow.supplier_prices.update_by_id(known.id, **changed)


def _record(
    uow: UnitOfWork, supplier: Supplier, item: Item, row: SupplierPrice, changes: list[Change]
) -> int:
    said = [*changes]
    if row.unit:
        said.append(Change("unit", "", row.unit))
    if row.min_quantity:
        said.append(Change("from quantity", "", format_quantity(row.min_quantity)))
    said.append(Change("valid from", "", row.valid_from.isoformat()))
    return uow.record(
        "price.set" if row.amount is not None else "price.ended",
        subject_type="price",
        subject_id=row.id,
        subject=f"{item.sku} · {supplier.name}",
        changes=said,
        subjects=[("item", item.id), ("supplier", supplier.id)],
        contents=PriceContents(dict(row.__dict__)),
    )


def _change(before: Price | None, after: Price | None) -> Change:
    return Change("price", write_price(before), write_price(after))


async def _read_unit(uow: UnitOfWork, item: Item, typed: str) -> tuple[str, Decimal]:
    """Return a unit of an item, empty for its own, and how much of its own that is."""
    if not typed.strip() or is_same_unit(typed, item.unit):
        return "", _ONE
    units = await uow.item_units.list_of(item.id)
    by = find_unit(units, typed)
    if by is None:
        raise WrongUnit(item.sku, item.unit, typed.strip(), tuple(each.unit for each in units))
    return by.unit, by.factor


async def _read_amount(uow: UnitOfWork, item: Item, typed: str, currency: str) -> UnitPrice:
    units = await uow.item_units.list_of(item.id)
    return read_unit_price(typed, currency, units=(item.unit, *(each.unit for each in units)))


async def _agree_unit(uow: UnitOfWork, item: Item, named: str, typed: str) -> tuple[str, Decimal]:
    """Return the unit that an amount names; raises InvalidValue where the option says another."""
    found = await _read_unit(uow, item, named)
    if typed.strip() and await _read_unit(uow, item, typed) != found:
        value = f"{typed.strip()}, {named}"
        raise InvalidValue(field="price_unit", reason="two_at_once", value=value)
    return found


async def _read_start(uow: UnitOfWork, typed: str) -> date:
    today = await read_today(uow)
    return parse_day(typed, field="from", today=today) if typed.strip() else today


async def _read_least(uow: UnitOfWork, item: Item, of: tuple[str, Decimal], typed: str) -> Decimal:
    """Return from which quantity on a price holds, in the unit that it is of.

    It may be typed in any unit of the item.
    """
    if not typed.strip():
        return ZERO
    read = read_quantity(typed, field="min_quantity", allow_zero=True)
    unit, factor = of
    if not read.unit or is_same_unit(read.unit, unit or item.unit):
        return read.value
    _, typed_factor = await _read_unit(uow, item, read.unit)
    return restate_least(read.value, typed_factor, factor, typed)

"""Further units of items, each an exact factor of the item's own."""

from dataclasses import dataclass
from decimal import Decimal

from bot.database.models import Item
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.conversions import MAX_UNITS
from bot.domain.items import UnitIsOwn, UnitOfBarcodes, unit_field
from bot.domain.names import key_of
from bot.domain.quantities import TypedQuantity, format_quantity
from bot.domain.stock import Reference
from bot.domain.units import WrongUnit, clean_unit, is_same_unit
from bot.errors import Archived, LimitReached, NotFound, NothingToDo

declare_actions("item.unit_set", "item.unit_removed", way_back="item unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUnit:
    """Say how much of its own unit another unit of an item is; zero removes it."""

    item: Reference
    unit: str
    factor: TypedQuantity


@operation("item.unit", permission="item.manage")
async def set_unit(uow: UnitOfWork, request: SetUnit) -> Changed:
    """Add, change or remove a further unit of an item; quantities in the books stay."""
    item = await uow.items.require_reference(request.item)
    if item.archived_at is not None:
        raise Archived("item", item.sku, item.id)
    unit = clean_unit(request.unit)
    if is_same_unit(unit, item.unit):
        raise UnitIsOwn(item.sku, item.unit)
    typed = request.factor
    if typed.unit and not is_same_unit(typed.unit, item.unit):
        raise WrongUnit(item.sku, item.unit, typed.unit)
    known = [
        each
        for each in await uow.item_units.find_all(item_id=item.id)
        if is_same_unit(unit, each.unit)
    ]
    if not typed.value:
        if not known:
            raise NotFound("unit", wanted=unit)
        return await _remove(uow, item, known[0].unit_key, known[0].unit, known[0].factor)
    if known:
        return await _change(uow, item, known[0].unit_key, known[0].unit, typed.value)
    if await uow.item_units.count(item_id=item.id) >= MAX_UNITS:
        raise LimitReached("unit", MAX_UNITS)
    await uow.item_units.create(
        item_id=item.id, unit_key=key_of(unit), unit=unit, factor=typed.value
    )
    return _record(uow, "item.unit_set", item, unit, None, typed.value)


async def _change(uow: UnitOfWork, item: Item, key: str, unit: str, factor: Decimal) -> Changed:
    before = (await uow.item_units.require(item.id, key)).factor
    if before == factor:
        raise NothingToDo("item", item.sku)
    await uow.item_units.update_by_id(item.id, key, factor=factor)
    return _record(uow, "item.unit_set", item, unit, before, factor)


async def _remove(uow: UnitOfWork, item: Item, key: str, unit: str, factor: Decimal) -> Changed:
    code = await uow.barcodes.find_one(item_id=item.id, unit=unit)
    if code is not None:
        raise UnitOfBarcodes(item.sku, unit, code.code)
    await uow.item_units.delete_by_id(item.id, key)
    return _record(uow, "item.unit_removed", item, unit, factor, None)


def _record(
    uow: UnitOfWork,
    action: str,
    item: Item,
    unit: str,
    before: Decimal | None,
    after: Decimal | None,
) -> Changed:
    written = ["" if each is None else format_quantity(each) for each in (before, after)]
    changes = [Change(unit_field(unit), *written)]
    return uow.record_changes(action, "item", item.id, item.sku, changes)

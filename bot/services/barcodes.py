"""Barcodes: a code on an item means one of it, a code on a pack of it means the pack."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.database.models import Barcode, Item
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change, Changed
from bot.domain.conversions import find_unit
from bot.domain.items import MAX_BARCODE, MAX_BARCODES, BarcodeTaken, barcode_field, write_meaning
from bot.domain.names import clean_name, key_of
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import Reference, StockedItem
from bot.domain.units import clean_unit, is_same_unit, twelve_of
from bot.errors import Archived, LimitReached
from bot.services.measuring import measure

_ONE: Final = Decimal("1.000")

declare_actions("item.barcode_added", "item.barcode_removed", way_back="item barcode")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBarcode:
    """Register what a code means, or remove it if that is what it means already."""

    item: Reference
    code: str
    unit: str | None = None
    quantity: TypedQuantity | None = None


@operation("item.barcode", permission="item.manage")
async def set_barcode(uow: UnitOfWork, request: SetBarcode) -> Changed:
    """Register a code of an item; one that was registered just so is removed."""
    item = await uow.items.require_reference(request.item)
    code = clean_name(request.code, field="code", limit=MAX_BARCODE)
    known = await uow.barcodes.find_spelled(code)
    is_known = known is not None and known.item_id == item.id
    changes: list[Change] = []
    if not is_known or request.unit is not None or request.quantity is not None:
        changes = await register_barcode(uow, item, code, request.unit, request.quantity)
    action = "item.barcode_added"
    if known is not None and not changes:
        action, changes = "item.barcode_removed", [await _remove(uow, known)]
    return uow.record_changes(action, "item", item.id, item.sku, changes)


async def register_barcode(
    uow: UnitOfWork,
    item: Item,
    typed: str,
    unit: str | None = None,
    quantity: TypedQuantity | None = None,
) -> list[Change]:
    """Register a code, or change what it means; raises BarcodeTaken, WrongUnit, InvalidValue."""
    if item.archived_at is not None:
        raise Archived("item", item.sku, item.id)
    code = clean_name(typed, field="code", limit=MAX_BARCODE)
    known = await uow.barcodes.find_spelled(code)
    await _require_own(uow, item, code, known)
    meant, of = await _meaning(uow, item, unit, quantity)
    after = write_meaning(meant, of)
    if known is None:
        if await uow.barcodes.count(item_id=item.id) >= MAX_BARCODES:
            raise LimitReached("barcode", MAX_BARCODES)
        await uow.barcodes.create(
            code_key=key_of(code), code=code, item_id=item.id, unit=of, quantity=meant
        )
        return [Change(barcode_field(code), "", after)]
    before = write_meaning(known.quantity, known.unit)
    if before == after:
        return []
    await uow.barcodes.update_by_id(known.code_key, unit=of, quantity=meant)
    return [Change(barcode_field(known.code), before, after)]


async def drop_barcodes(uow: UnitOfWork, item_id: int) -> list[Change]:
    """Remove all codes of an item."""
    return [await _remove(uow, each) for each in await uow.barcodes.find_all(item_id=item_id)]


async def _remove(uow: UnitOfWork, known: Barcode) -> Change:
    await uow.barcodes.delete_by_id(known.code_key)
    return Change(barcode_field(known.code), write_meaning(known.quantity, known.unit), "")


async def _require_own(uow: UnitOfWork, item: Item, code: str, known: Barcode | None) -> None:
    """Raise BarcodeTaken if the code leads to another item."""
    other = await uow.items.find_one(sku_key=key_of(code))
    if known is not None and known.item_id != item.id:
        other = await uow.items.require(known.item_id)
    if other is not None and other.id != item.id:
        raise BarcodeTaken(field="barcode", value=code, item=other.sku)


async def _meaning(
    uow: UnitOfWork, item: Item, unit: str | None, typed: TypedQuantity | None
) -> tuple[Decimal, str]:
    """Return how much of which unit a code means: one of the item's own unless it is said."""
    said = typed or TypedQuantity(_ONE)
    if unit is not None and not said.unit:
        said = TypedQuantity(said.value, clean_unit(unit))
    stocked = StockedItem(item.id, item.sku, item.name, item.unit, whole=item.whole)
    # Refused now rather than with each scan: one of the pack is a quantity of the item.
    await measure(uow, stocked, said)
    if not said.unit or is_same_unit(said.unit, item.unit):
        return said.value, ""
    named = find_unit(await uow.item_units.list_of(item.id), said.unit)
    if named is None:
        # A dozen that is no unit of the item, as it was measured.
        return await _meaning(uow, item, None, twelve_of(said))
    return said.value, named.unit

"""What goes from a merged item to the other, and what of it goes back when that is undone."""

from collections.abc import Mapping, Sequence

from bot.database.models import Item, ItemMerge
from bot.database.unit import UnitOfWork
from bot.domain.changes import Change
from bot.domain.conversions import find_unit
from bot.domain.items import barcode_field, unit_field, write_meaning
from bot.domain.quantities import format_quantity
from bot.domain.stock import NO_LOT, LineReference
from bot.domain.virtual_locations import VirtualLocation
from bot.services.tracked_items import keep_days, keep_days_no_longer


async def carry_stock(uow: UnitOfWork, item: Item, into: Item, joined: Mapping[int, int]) -> None:
    """Post two moves for each level: what is lost of the one is gained of the other.

    Each lot is joined with one of the other.
    """
    levels = await uow.stock.levels_to_merge(item.id)
    references = []
    for location, lot, _ in levels:
        references.append(LineReference(item.id, location, VirtualLocation.LOSS, lot))
        gain = VirtualLocation.GAIN
        references.append(LineReference(into.id, gain, location, joined.get(lot, NO_LOT)))
    lines = iter(await uow.stock.lines(references) if references else ())
    for *_, quantity in levels:
        uow.stock.post(next(lines), quantity)
        uow.stock.post(next(lines), quantity)


async def take_units(uow: UnitOfWork, item: Item, into: Item) -> list[tuple[str, Change]]:
    """Give the item the units that it lacks; the merged one keeps its own."""
    known = await uow.item_units.list_of(into.id)
    taken = []
    for each in await uow.item_units.find_all(item_id=item.id):
        if find_unit(known, each.unit) is None:
            await uow.item_units.create(
                item_id=into.id, unit_key=each.unit_key, unit=each.unit, factor=each.factor
            )
            change = Change(unit_field(each.unit), "", format_quantity(each.factor))
            taken.append((each.unit_key, change))
    return taken


async def take_barcodes(uow: UnitOfWork, item: Item, into: Item) -> list[tuple[str, Change]]:
    """Let all codes of the merged item lead to the other."""
    taken = []
    for each in await uow.barcodes.find_all(item_id=item.id):
        await uow.barcodes.update_by_id(each.code_key, item_id=into.id)
        meaning = write_meaning(each.quantity, each.unit)
        taken.append((each.code_key, Change(barcode_field(each.code), "", meaning)))
    return taken


async def take_tracking(uow: UnitOfWork, item: Item, into: Item) -> list[Change]:
    """Keep the days of the item that stays, if those of the merged one were kept.

    The merged one's are kept as well: they are what its own moves made of it.
    """
    tracked = [await uow.tracked_items.get_by_id(each.id) for each in (item, into)]
    return [await keep_days(uow, into)] if tracked[0] and not tracked[1] else []


async def drop_tracking(uow: UnitOfWork, record: int, into: Item) -> list[Change]:
    """Keep the days of an item no longer if it was for a merge that they were kept."""
    tracked = await uow.tracked_items.get_by_id(into.id)
    if tracked is None or tracked.changed_record != record:
        return []
    return [await keep_days_no_longer(uow, into)]


async def give_barcodes_back(
    uow: UnitOfWork, merge: ItemMerge, keys: Sequence[str]
) -> list[Change]:
    """Give back the codes that still lead to the other item and mean a unit that both know."""
    units = await uow.item_units.list_of(merge.item_id)
    given = []
    for key in keys:
        code = await uow.barcodes.get_by_id(key)
        if code is None or code.item_id != merge.into_id:
            continue
        if code.unit and find_unit(units, code.unit) is None:
            continue
        await uow.barcodes.update_by_id(key, item_id=merge.item_id)
        meaning = write_meaning(code.quantity, code.unit)
        given.append(Change(barcode_field(code.code), meaning, ""))
    return given


async def drop_units(uow: UnitOfWork, into: Item, keys: Sequence[str]) -> list[Change]:
    """Remove the units that came with a merge, but for those that other codes mean by now."""
    dropped = []
    for key in keys:
        unit = await uow.item_units.get_by_id(into.id, key)
        if unit is None or await uow.barcodes.exists(item_id=into.id, unit=unit.unit):
            continue
        await uow.item_units.delete_by_id(into.id, key)
        dropped.append(Change(unit_field(unit.unit), format_quantity(unit.factor), ""))
    return dropped

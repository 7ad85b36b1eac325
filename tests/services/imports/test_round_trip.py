"""What is exported is imported again with nothing lost of what both know."""

from bot.domain.imports import Outcome
from bot.reports.tables import write_csv
from bot.services.exports.tables import TABLES, read_table
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.verification import verify_books
from tests.database.books import Warehouse, require_sound_books
from tests.services.imports.files import apply, preview


async def export(warehouse: Warehouse) -> bytes:
    """Return the items as a file."""
    table = TABLES["items"].headings, read_table(warehouse.db, "items", warehouse.manager)
    return (await write_csv("items", {"items": table})).content


async def test_items_are_what_they_were_exported_as(warehouse: Warehouse) -> None:
    for sku, unit, whole in (("TAPE", "pcs", False), ("ROPE", "m", True), ("NUT", "pcs", None)):
        request = AddItem(sku=sku, name=f"The {sku}", unit=unit, whole=whole, tracking="lot")
        await warehouse.run(add_item, request, warehouse.manager)
    exported = await export(warehouse)
    for sku, whole in (("TAPE", True), ("ROPE", False)):
        await warehouse.run(edit_item, EditItem(item=sku, whole=whole), warehouse.manager)
    changed = await export(warehouse)
    previewed = await preview(warehouse, exported)
    assert previewed.plan is not None
    assert previewed.plan.counts == {Outcome.CHANGED: 2, Outcome.UNCHANGED: 1}
    done = await apply(warehouse, previewed)
    assert await export(warehouse) == exported
    undo = ReverseRecord(record=done.record)
    await warehouse.run(reverse_record, undo, warehouse.manager)
    assert await export(warehouse) == changed
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings

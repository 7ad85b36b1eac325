"""Units and tracking of an item that others went into: their stock may come back in its unit."""

from decimal import Decimal

import pytest

from bot.domain.imports import Outcome
from bot.domain.items import TrackingFixed, UnitFixed
from bot.services.items import EditItem, edit_item
from bot.services.merging import MergeItems, merge_items
from bot.services.orders.steps import StepOrder, cancel_order
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import TakeStock, take_stock
from tests.database.books import Warehouse, refusal, require_sound_books
from tests.services.buying import approve, order
from tests.services.imports.files import preview

pytestmark = pytest.mark.both_engines


async def merge(warehouse: Warehouse) -> None:
    request = MergeItems(item="OLD-8", into="PIN-8")
    await warehouse.run(merge_items, request, warehouse.manager)


async def require_fixed(warehouse: Warehouse, *, is_tracking_fixed: bool = True) -> None:
    """Claim that neither a command nor a file changes the unit (or the tracking)."""
    async with refusal(warehouse.db, UnitFixed):
        await warehouse.run(edit_item, EditItem(item="PIN-8", unit="pcs"), warehouse.manager)
    plan = (await preview(warehouse, "sku,name,unit\nPIN-8,,pcs\n")).plan
    assert plan is not None
    assert [type(each.error) for each in plan.rows[0].faults] == [UnitFixed]
    if is_tracking_fixed:
        async with refusal(warehouse.db, TrackingFixed):
            edit = EditItem(item="PIN-8", tracking="lot")
            await warehouse.run(edit_item, edit, warehouse.manager)
    tracked = (await preview(warehouse, "sku,name,tracking\nPIN-8,,lot\n")).plan
    assert tracked is not None
    is_refused = tracked.counts[Outcome.REFUSED] == 1
    assert is_refused is is_tracking_fixed


async def test_what_moved_before_it_went_into_an_item_keeps_its_unit(warehouse: Warehouse) -> None:
    await warehouse.add_item("PIN-8", unit="kg")
    old = await warehouse.add_item("OLD-8", unit="kg")
    await warehouse.put(old, 2, await warehouse.add_shelf())
    take = TakeStock(item="OLD-8", quantity=Decimal(2), location="A1")
    taken = await warehouse.run(take_stock, take, warehouse.manager)
    await merge(warehouse)
    await require_fixed(warehouse)
    # It comes back as stock of the item that it went into.
    back = ReverseRecord(record=taken.record)
    undone = await warehouse.run(reverse_record, back, warehouse.manager)
    assert [(line.sku, line.unit) for line in undone.lines] == [("PIN-8", "kg")]
    await require_sound_books(warehouse.db)


async def test_an_order_of_what_went_into_an_item_keeps_its_unit(warehouse: Warehouse) -> None:
    for sku in ("PIN-8", "OLD-8"):
        await warehouse.add_item(sku, unit="kg")
    await approve(warehouse)
    made = await order(warehouse, "OLD-8 100 1.50")
    await merge(warehouse)
    await require_fixed(warehouse, is_tracking_fixed=False)
    cancel = StepOrder(order=made.order_id)
    await warehouse.run(cancel_order, cancel, warehouse.buyer)
    await warehouse.run(edit_item, EditItem(item="PIN-8", unit="pcs"), warehouse.manager)

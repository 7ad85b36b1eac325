"""What is suggested to be ordered: up to the target, less what is there and on its way."""

from decimal import Decimal

import pytest

from bot.domain.orders import MAX_ORDER_LINES, NothingToOrder, SupplierNeeded
from bot.domain.quantities import TypedQuantity
from bot.services.items import EditItem, edit_item
from bot.services.merging import MergeItems, merge_items
from bot.services.orders.making import OrderKept
from bot.services.orders.steps import StepOrder, cancel_order
from bot.services.orders.suggesting import (
    OrderItem,
    OrdersSuggested,
    SuggestOrders,
    draft_what_was_suggested,
    order_item,
    suggest_purchases,
)
from bot.services.prices.setting import SetPrice, set_price
from bot.services.requests.making import NewRequest, make_request
from tests.database.books import Warehouse, new_key, refusal
from tests.services.buying import approve, lines_of, order, send


async def suggested(shop: Warehouse) -> OrdersSuggested:
    return await shop.db.query(suggest_purchases, SuggestOrders(), shop.buyer)


async def draft(shop: Warehouse, supplier_id: int) -> OrderKept:
    return await draft_what_was_suggested(shop.db, supplier_id, shop.buyer, new_key())


async def watch(shop: Warehouse, sku: str, point: str, target: str) -> None:
    levels = [TypedQuantity(Decimal(each)) for each in (point, target)]
    request = EditItem(item=sku, reorder_point=levels[0], reorder_target=levels[1])
    await shop.run(edit_item, request, shop.admin)


@pytest.mark.both_engines
async def test_what_is_missing_is_drafted_once_from_the_cheapest_supplier(
    warehouse: Warehouse,
) -> None:
    bolt = await warehouse.add_item("BOLT-8")
    await warehouse.add_item("NUT-8")
    shelf = await warehouse.add_shelf("A1")
    await warehouse.put(bolt, 12, shelf)
    await watch(warehouse, "BOLT-8", "10", "50")
    await watch(warehouse, "NUT-8", "5", "20")
    dear, cheap = await approve(warehouse, "Dear"), await approve(warehouse, "Cheap")
    for supplier, amount in (("Dear", "0.20"), ("Cheap", "0.19")):
        price = SetPrice(supplier=supplier, item="BOLT-8", amount=amount)
        await warehouse.run(set_price, price, warehouse.buyer)
    found = await suggested(warehouse)
    assert (found.suppliers, [line.sku for line in found.unknown]) == ((), ["NUT-8"])
    # Three are promised to someone: 9 are available.
    wanted = NewRequest(wanted_for="Jo", lines="BOLT-8 3")
    await warehouse.run(make_request, wanted)
    await send(warehouse, "NUT-8 4 1", supplier="Dear")
    found = await suggested(warehouse)
    missing = {each_id: [line.quantity for line in lines] for each_id, _, lines in found.suppliers}
    assert missing == {cheap: [Decimal("41.000")], dear: [Decimal("16.000")]}
    made = await draft(warehouse, cheap)
    assert [(line.quantity, line.unit_price) for line in made.lines] == [
        (Decimal("41.000"), Decimal("0.190000"))
    ]
    async with refusal(warehouse.db, NothingToOrder):
        await draft(warehouse, cheap)
    assert [each_id for each_id, *_ in (await suggested(warehouse)).suppliers] == [dear]


async def test_an_alert_orders_from_the_last_supplier_into_its_draft(
    warehouse: Warehouse,
) -> None:
    bolt = await warehouse.add_item("BOLT-8")
    await watch(warehouse, "BOLT-8", "10", "50")
    async with refusal(warehouse.db, SupplierNeeded) as caught:
        await warehouse.run(order_item, OrderItem(item_id=bolt.id), warehouse.buyer)
    assert caught.value.choices == ()
    await approve(warehouse)
    await send(warehouse, "BOLT-8 4 1")
    draft = await order(warehouse, "BOLT-8 5 2")
    done = await warehouse.run(order_item, OrderItem(item_id=bolt.id), warehouse.buyer)
    assert (done.label, done.quantity) == (draft.label, Decimal("41.000"))
    (line,) = await lines_of(warehouse, draft.order_id)
    assert (line.quantity, line.unit_price) == (Decimal("46.000"), Decimal("2.000000"))
    async with refusal(warehouse.db, NothingToOrder):
        await warehouse.run(order_item, OrderItem(item_id=bolt.id), warehouse.buyer)


async def test_a_draft_that_is_full_is_followed_by_another(warehouse: Warehouse) -> None:
    acme = await approve(warehouse)
    for sku in ("NUT-8", "BOLT-1", "BOLT-2"):
        await warehouse.add_item(sku)
    for sku in ("BOLT-1", "BOLT-2"):
        await watch(warehouse, sku, "10", "50")
        price = SetPrice(supplier="Acme", item=sku, amount="1")
        await warehouse.run(set_price, price, warehouse.buyer)
    await order(warehouse, "\n".join(["NUT-8 1 1"] * (MAX_ORDER_LINES - 1)))
    first = await draft(warehouse, acme)
    assert (first.label, len(first.lines)) == ("PO-1", MAX_ORDER_LINES)
    second = await draft(warehouse, acme)
    assert (second.label, [line.sku for line in second.lines]) == ("PO-2", ["BOLT-2"])


async def test_what_a_supplier_asks_for_a_merged_item_is_asked_for_the_one_that_it_became(
    warehouse: Warehouse,
) -> None:
    for sku in ("SCREW", "BOLT-8"):
        await warehouse.add_item(sku)
    await watch(warehouse, "BOLT-8", "10", "50")
    acme = await approve(warehouse)
    price = SetPrice(supplier="Acme", item="SCREW", amount="0.10")
    await warehouse.run(set_price, price, warehouse.buyer)
    await warehouse.run(merge_items, MergeItems(item="SCREW", into="BOLT-8"), warehouse.admin)
    made = await order(warehouse, "BOLT-8 100; BOLT-8 100 0.11")
    filled, dear = made.lines
    assert filled.unit_price == Decimal("0.10")
    assert dear.marks is not None
    assert dear.marks.listed is not None
    await warehouse.run(cancel_order, StepOrder(order=made.order_id), warehouse.buyer)
    assert [each_id for each_id, *_ in (await suggested(warehouse)).suppliers] == [acme]


async def test_what_was_paid_for_a_merged_item_is_known_of_the_one_that_it_became(
    warehouse: Warehouse,
) -> None:
    for sku in ("OLD", "BOLT-8"):
        await warehouse.add_item(sku)
    await watch(warehouse, "BOLT-8", "10", "50")
    acme = await approve(warehouse)
    await send(warehouse, "OLD 4 1")
    await warehouse.run(merge_items, MergeItems(item="OLD", into="BOLT-8"), warehouse.admin)
    found = await suggested(warehouse)
    assert [each_id for each_id, *_ in found.suppliers] == [acme]
    made = await order(warehouse, "BOLT-8 5 2; BOLT-8 5")
    dear, filled = made.lines
    assert dear.marks is not None
    assert (dear.marks.rise, filled.unit_price) == (100, Decimal(1))

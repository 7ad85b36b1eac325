"""A day's purchasing, so that the plans of its statements are looked at."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.orders import NothingToOrder
from bot.domain.quantities import TypedQuantity
from bot.errors import AlreadyDecided, IllegalStep


async def order_goods(day: Any) -> None:
    """Write, change, approve, send and cancel orders, and look at them in every way."""
    manager = replace(day.manager, user_id=999)
    proposed = await day.run("supplier.propose", name="Orderly")
    await day.run("supplier.approve", manager, subject_id=proposed.subject_id, version=1)
    await day.ask("prepare_order", supplier="Orderly")
    await day.ask("suggest_purchases")
    made = await day.run("order.new", supplier="Orderly", lines="S-11 9 1.50; S-12 2 3")
    order = {"order_id": made.order_id}
    await day.ask("prepare_order_lines", order=made.label)
    await day.run("order.edit", **order, version=1, lines="S-11 8 1.5; S-13 2 2; S-12 1 1")
    await day.run("order.submit", order=made.label)
    decided = {"subject_id": made.order_id, "version": 3}
    await day.ask("print_order", order=made.label)
    for name in ("get_order_card", "list_order_approvers"):
        await day.ask(name, subject_id=made.order_id)
    await day.ask("review_order", manager, **decided)
    await day.run("order.approve", manager, **decided)
    with pytest.raises(AlreadyDecided):
        await day.run("order.reject", manager, **decided, reason="late")
    await day.run("order.send", order=made.label)
    with pytest.raises(IllegalStep):
        await day.run("order.close", order=made.label)
    await day.ask("ask_to_cancel_order", order=made.label)
    await day.run("order.new", supplier="Orderly", lines="S-11 1")
    await day.run("item.edit", item="S-14", reorder_point=TypedQuantity(Decimal(9000000)))
    item = (await day.ask("get_item", item="S-14")).item
    await day.run("order.add", item_id=item.id, record=1, supplier="Orderly")
    with pytest.raises(NothingToOrder):
        await day.run("order.draft", supplier_id=proposed.subject_id, item_ids=(item.id,))
    await day.run("order.cancel", order=made.label)
    await day.ask("get_order", document=made.label)
    for cursor in ({}, {"before": 900}, {"after": 900}):
        await day.ask("list_orders", **cursor)
        await day.ask("list_orders", status="draft", only="Orderly", **cursor)
    await day.ask("suggest_orders", typed="po-1", statuses=("draft",))
    await day.ask("suggest_orders", typed="")


async def receive_goods(day: Any) -> None:
    """Receive an order in parts, take a delivery back, and look at what is late."""
    manager = replace(day.manager, user_id=999)
    made = await day.run("order.new", supplier="Orderly", lines="S-11 9 1.50; S-12 2 3")
    await day.run("order.submit", order=made.label)
    await day.run("order.approve", manager, subject_id=made.order_id, version=2)
    await day.run("order.send", order=made.label)
    for version in (4, 5):
        await day.ask("prepare_delivery", order=made.label)
        typed = {"version": version, "lines": "S-11 2; S-12 1", "location": "L 7"}
        done = await day.run("order.deliver", order_id=made.order_id, **typed)
    await day.run("record.reverse", record=done.record)
    await day.ask("list_awaited")
    await day.ask("list_late_orders")

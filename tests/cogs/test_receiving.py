"""Receiving as people do it: a form with the open lines, the order's card, undo, what is late."""

from datetime import timedelta

import pytest
from simcord.results import InteractionResult

from tests.cogs.cards import Card, cards
from tests.cogs.test_orders import approve_supplier, write
from tests.cogs.world import House


async def send(house: House, lines: str, **options: str) -> None:
    """Have an order of Acme approved and sent, and its card posted."""
    await approve_supplier(house)
    made = await write(house, lines, **options)
    await house.buyer.press(made, "Submit")
    await house.world.tell_audit()
    (card,) = [each for each in cards(house, "approvals") if "PO-1" in each.title]
    await house.manager.press_on(card.message, "Approve")
    await house.buyer.press(await house.buyer.type("order show", order="PO-1"), "Send")
    await house.world.tell_audit()


def order_card(house: House) -> Card:
    """Read the only card in the requests channel."""
    (only,) = cards(house, "requests")
    return only


def filled(form: InteractionResult) -> dict[str, str]:
    """Read what a form has filled in, by its fields."""
    assert form.modal is not None
    fields = [each["component"] for each in form.modal["components"]]
    return {each["custom_id"]: each.get("value", "") for each in fields}


@pytest.mark.both_engines
async def test_goods_come_in_by_the_card_in_parts_and_are_taken_back(house: House) -> None:
    await house.admin.type("location add", name="Dock", kind="receiving")
    await send(house, "BOLT-8 20 0.50")
    card = order_card(house)
    assert set(card.buttons) == {"Receive"}
    assert "0.5" not in card.text

    await house.world.restart()
    form = await house.employee.open_form_on(card.message, "Receive")
    assert filled(form) == {"lines": "BOLT-8 20", "location": "Dock", "note": ""}
    refused = await house.employee.submit(form, lines="BOLT-8 23", location="Dock")
    assert "20 pcs ordered, 0 received before, 23 now: **3 too many**" in refused.text
    assert "Receive" in refused.buttons
    form = await house.employee.open_form_on(card.message, "Receive")
    older = await house.colleague.open_form_on(card.message, "Receive")
    some = await house.employee.submit(form, lines="BOLT-8 12", location="Dock", note="LS-1")
    assert "✅ Received of **PO-1**" in some.text
    assert "**12 pcs** **BOLT-8** · Dock: 0 → 12 pcs" in some.text
    assert "Still to come: 8 pcs **BOLT-8**." in some.text
    late = await house.colleague.submit(older, lines="BOLT-8 12", location="Dock")
    assert "went on since you opened the form" in late.text
    await house.world.tell_audit()
    assert "12 received" in order_card(house).text

    form = await house.colleague.ask("receive", order="PO-1")
    assert filled(form)["lines"] == "BOLT-8 8"
    rest = await house.colleague.submit(form, lines="BOLT-8 8", location="Shelf A1")
    assert "All of it came in." in rest.text
    await house.world.tell_audit()
    assert not order_card(house).buttons
    undone = await house.colleague.press(rest, "Undo")
    assert "Reversed a delivery of the order **PO-1**" in undone.text
    await house.world.tell_audit()
    assert set(order_card(house).buttons) == {"Receive"}
    value = await house.manager.type("report show", kind="value")
    assert "**6.00 EUR**" in value.text
    verified = await house.auditor.type("audit verify")
    assert "⚠️" not in verified.text


async def test_orders_past_their_promise_are_in_the_digest_that_opens_their_list(
    house: House,
) -> None:
    day = (house.world.clock() + timedelta(days=2)).date().isoformat()
    await approve_supplier(house)
    form = await house.buyer.ask("order new", supplier="Acme")
    made = await house.buyer.submit(form, lines="BOLT-8 2 1", promised_on=day, note="")
    await house.buyer.press(made, "Submit")
    await house.world.tell_audit()
    (card,) = [each for each in cards(house, "approvals") if "PO-1" in each.title]
    await house.manager.press_on(card.message, "Approve")
    await house.buyer.press(await house.buyer.type("order show", order="PO-1"), "Send")
    house.world.clock.advance(days=3)
    await house.world.close_days()
    await house.world.tell_audit()
    messages = house.guild.channels["alerts"].history()
    (digest,) = [each for each in messages if "Orders past their promised date" in each.content]
    assert f"**PO-1** from Acme · promised for {day}" in digest.content
    listed = await house.employee.press_on(digest, "Late orders")
    assert "**PO-1** from Acme" in listed.text

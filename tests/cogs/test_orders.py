"""Orders as people use them: forms, pages, the card that is decided about, lists."""

import discord
import pytest
from simcord import InteractionResult
from simcord.components import walk_components

from bot.database.models import Supplier
from tests.cogs.cards import cards
from tests.cogs.phones import Answer
from tests.cogs.world import House
from tests.database.books import rows_of


async def approve_supplier(house: House, name: str = "Acme") -> None:
    """Propose a supplier and approve it at its card."""
    await house.employee.type("supplier propose", name=name)
    await house.world.tell_audit()
    (card,) = [each for each in cards(house, "approvals") if name in each.title]
    await house.manager.press_on(card.message, "Approve")


async def write(house: House, lines: str, **options: str) -> Answer:
    """Write an order as the buyer."""
    return await house.buyer.type("order new", supplier="Acme", lines=lines, **options)


@pytest.mark.both_engines
async def test_an_order_is_written_approved_at_its_card_and_sent(house: House) -> None:
    await approve_supplier(house)
    form = await house.buyer.ask("order new", supplier="Acme", currency="USD", rate="0.9")
    made = await house.buyer.submit(
        form, lines="BOLT-8 200 0.125", promised_on="2027-03-01", note="in *one* parcel"
    )
    assert "**PO-1** for **Acme**: 1 line · 25.00 USD" in made.text
    submitted = await house.buyer.press(made, "Submit")
    assert "Submitted the order **PO-1**" in submitted.text
    await house.world.tell_audit()
    (card,) = [each for each in cards(house, "approvals") if "PO-1" in each.title]
    assert "in the books' currency: 22.50 EUR" in card.text
    assert "1  BOLT-8   200 pcs  0.125   25.00" in card.text
    assert set(card.buttons) == {"Approve", "Reject", "Details"}

    await house.world.restart()
    approved = await house.manager.press_on(card.message, "Approve")
    assert "Approved the order **PO-1**" in approved.text
    shown = await house.buyer.type("order show", order="PO-1")
    sent = await house.buyer.press(shown, "Send")
    assert "Sent the order **PO-1** to **Acme**: 1 line" in sent.text
    listed = await house.viewer.type("order list", status="sent", supplier="acme")
    assert "**PO-1** Acme" in listed.text
    assert "25.00" not in listed.text
    mine = await house.buyer.type("order list", supplier="acme")
    assert "1 line · 25.00 USD" in mine.text


async def test_a_card_says_what_came_of_it_when_no_one_decided(house: House) -> None:
    await approve_supplier(house)
    made = await write(house, "BOLT-8 2 3")
    await house.buyer.press(made, "Submit")
    shown = await house.buyer.type("order show", order="PO-1")
    asked = await house.buyer.press(shown, "Cancel")
    cancelled = await house.buyer.press(asked, "Cancel PO-1")
    assert "Cancelled the order **PO-1**" in cancelled.text
    assert "pending → cancelled" in cancelled.text
    await house.world.tell_audit()
    (card,) = [each for each in cards(house, "approvals") if "PO-1" in each.title]
    assert "🚫 cancelled" in card.text
    assert not card.buttons


async def test_a_rejected_order_says_what_leads_on(house: House) -> None:
    await approve_supplier(house)
    await write(house, "BOLT-8 2 3")
    early = await house.buyer.type("order send", order="PO-1")
    assert "Submit it first: `/order submit`" in early.text
    await house.buyer.type("order submit", order="PO-1")
    await house.world.tell_audit()
    (card,) = [each for each in cards(house, "approvals") if "PO-1" in each.title]
    form = await house.manager.open_form_on(card.message, "Reject")
    await house.manager.submit(form, reason="too dear")
    again = await house.buyer.type("order submit", order="PO-1")
    assert "Change its lines first (`/order lines`), then submit it." in again.text


async def test_the_form_of_the_lines_reads_back_what_it_shows(house: House) -> None:
    await approve_supplier(house)
    await house.admin.type("item unit", item="BOLT-8", unit="box", factor="50")
    made = await write(house, "BOLT-8 2 box 12.9; BOLT-8 4 0.0012")
    form = await house.buyer.open_form(made, "Change the lines")
    assert form.modal is not None
    lines = form.modal["components"][0]["component"]["value"]
    assert lines == "BOLT-8 2 box 12.90\nBOLT-8 4 0.0012"
    same = await house.buyer.submit(form, lines=lines)
    assert "PO-1" in same.text
    assert "Changed" not in same.text


async def test_a_refused_form_gives_back_what_was_typed(house: House) -> None:
    await approve_supplier(house)
    form = await house.buyer.ask("order new", supplier="Acme")
    refused = await house.buyer.submit(form, lines="BOLT-8 2 3\nBLOT 1 1")
    assert "Line 2 `BLOT 1 1`: There is no item **BLOT**." in refused.text
    refused = await house.buyer.type("order new", supplier="Nobody", lines="BOLT-8 1")
    assert "There is no supplier **Nobody**" in refused.text


def _controls(house: House, message: discord.Message) -> dict[str, str]:
    stored = house.world.env.backend.get_message(message.channel.id, message.id)
    found = walk_components(stored.components)
    return {each["label"]: each["custom_id"] for each in found if "label" in each}


async def test_an_alert_orders_what_is_missing_and_says_so_in_its_place(house: House) -> None:
    await approve_supplier(house)
    await house.manager.type("item edit", item="BOLT-8", reorder_point="13", reorder_target="40")
    await house.employee.type("take", item="BOLT-8", quantity="2", location="Shelf A1")
    await house.world.tell_audit()
    (alert,) = house.guild.channels["alerts"].history()
    pressed = _controls(house, alert)["Order"]
    asked = await house.buyer.press_on(alert, "Order")
    assert "**BOLT-8** was not ordered before. Choose a supplier." in asked.text
    (acme,) = await rows_of(house.world.db, Supplier, house.guild.id)
    ordered = await house.buyer.choose(asked, str(acme.id))
    assert "28 pcs are in the draft **PO-1** for **Acme**" in ordered.text
    (settled,) = house.guild.channels["alerts"].history()
    assert settled.content == ordered.content
    assert set(_controls(house, alert)) == {"Open"}
    again = await house.buyer.forge(ordered, pressed)
    assert "Nothing is missing of **BOLT-8**" in again.text
    listed = await house.buyer.type("order suggest")
    assert "Nothing is down to its reorder point." in listed.text


async def test_a_suppliers_file_is_ordered_by_the_form(house: House) -> None:
    await approve_supplier(house)
    form = await house.buyer.ask("order new", supplier="Acme")
    file = ("order.csv", b"Order code;Order Qty.;Unit price;Shade\nBOLT-8;200;0,0012;red\n")
    made = await house.buyer.submit(form, file=file)
    assert "**PO-1** for **Acme**: 1 line · 0.24 EUR" in made.text
    assert "Ignored columns: **Shade**" in made.text


async def open_lines_of(house: House, count: int) -> InteractionResult:
    """Write an order of so many lines of an item with a long SKU, and open the form of them."""
    await approve_supplier(house)
    sku = "X" * 40
    await house.manager.type("item add", sku=sku, name="Long")
    rows = "\n".join(f"{sku};{at};1.5" for at in range(1, count + 1))
    form = await house.buyer.ask("order new", supplier="Acme")
    await house.buyer.submit(
        form, file=("order.csv", f"SKU;Order Qty.;Unit price\n{rows}".encode())
    )
    return await house.buyer.ask("order lines", order="PO-1")


def texts_of(form: InteractionResult) -> dict[str, str]:
    """Return the texts that a form was filled with, by their fields."""
    assert form.modal is not None
    found = walk_components(form.modal["components"])
    return {each["custom_id"]: each.get("value", "") for each in found if each["type"] == 4}


async def test_lines_beyond_one_field_of_a_form_go_on_in_another(house: House) -> None:
    form = await open_lines_of(house, 110)
    texts = texts_of(form)
    assert max(map(len, texts.values())) <= 4000
    changed = await house.buyer.submit(form, **texts | {"note": "soon"})
    assert "110 lines" in changed.text
    fewer = texts | {"lines2": texts["lines2"].partition("\n")[0]}
    form = await house.buyer.ask("order lines", order="PO-1")
    assert "110 lines" not in (await house.buyer.submit(form, **fewer)).text


async def test_lines_that_no_form_holds_stay_as_they_are(house: House) -> None:
    form = await open_lines_of(house, 190)
    assert form.modal is not None
    assert form.modal["components"][0]["content"] == (
        "The 190 lines of PO-1 are too long for a form. They stay as they are, unless you attach a "
        "file with all of them."
    )
    assert "lines" not in texts_of(form)
    changed = await house.buyer.submit(form, note="soon")
    assert "190 lines" in changed.text
    form = await house.buyer.ask("order lines", order="PO-1")
    file = ("order.csv", b"SKU;Order Qty.;Unit price\nBOLT-8;2;3\n")
    assert "1 line ·" in (await house.buyer.submit(form, file=file)).text

"""Invoices and payments as people meet them: commands, forms, cards, files."""

import re
from decimal import Decimal

import pytest

from bot.database.models import InvoiceFile
from bot.database.unit import UnitOfWork
from tests.cogs.cards import cards
from tests.cogs.phones import Answer
from tests.cogs.world import House
from tests.database.books import new_key, recorded, rows_of

PDF = b"%PDF-1.7\n1 0 obj\n"


async def order(house: House, *, received: int = 10) -> None:
    """Let Acme be approved, and an order of ten bolts at 10.00 come in."""
    await house.employee.type("supplier propose", name="Acme")
    await house.world.tell_audit()
    await house.manager.press_on(cards(house)[0].message, "Approve")

    async def insert(uow: UnitOfWork) -> None:
        acme = await uow.suppliers.require_reference("Acme")
        bolt = await uow.items.require_reference("BOLT-8")
        made = await uow.orders.open(
            supplier_id=acme.id, currency="EUR", made_by=1, made_at=uow.now
        )
        await uow.orders.update_by_id(made.id, status="received")
        await uow.order_lines.create(
            order_id=made.id,
            line=1,
            item_id=bolt.id,
            quantity=Decimal(10),
            received=Decimal(received),
            unit_price=Decimal(10),
        )

    await house.world.db.run(recorded(insert), None, house.actor_of(house.owner), new_key())


async def enter(house: House, lines: str = "", **given: object) -> Answer:
    """Let the accountant enter a bill of 100 EUR and its lines; none: what the form offers."""
    options = {"supplier": "Acme", "number": "RE-2027/0042", "total": "100,00 €", **given}
    added = await house.accountant.type("invoice add", **options)
    form = await house.accountant.open_form(added, "Lines")
    assert form.modal is not None
    offered = form.modal["components"][0]["component"].get("value", "")
    return await house.accountant.submit(form, lines=lines or offered)


@pytest.mark.both_engines
async def test_a_bill_goes_from_its_lines_to_the_paid_card(house: House) -> None:
    await order(house)
    entered = await enter(house)
    assert "• **10 pcs** **BOLT-8** at 10.00 EUR · PO-1" in entered.text
    assert "The lines add up to **100.00 EUR**, as the invoice says." in entered.text
    matched = await house.accountant.press(entered, "Match")
    assert "its line agrees with what was ordered and received" in matched.text
    asked = await house.accountant.type("payment request", invoice="re-2027/0042", amount="60")
    assert "Asked for the payment **PAY-1**" in asked.text
    assert "amount: 60.00 EUR" in asked.text
    await house.world.tell_audit()
    card = cards(house)[-1]
    assert set(card.buttons) == {"Approve", "Reject", "Details"}
    for fact in ("supplier: Acme", "invoice: RE-2027/0042", "amount: 60.00 EUR", "open: 100.00"):
        assert fact in card.text
    assert f"Asked for by <@{house.accountant.id}>" in card.text
    await house.world.restart()
    approved = await house.manager.press_on(cards(house)[-1].message, "Approve")
    assert "Approved the payment **PAY-1**" in approved.text
    await house.world.tell_audit()
    assert not cards(house)[-1].buttons
    listed = await house.accountant.type("payment list", status="approved")
    assert "Acme · RE-2027/0042 · 60.00 EUR" in listed.text
    opened = await house.accountant.press(listed, "Open")
    form = await house.accountant.open_form(opened, "Record")
    paid = await house.accountant.submit(form, reference="SEPA 4711", date="2026-01-03")
    assert "paid on: 2026-01-03" in paid.text
    await house.world.tell_audit()
    assert "Paid; approved by" in cards(house)[-1].text
    page = await house.auditor.press(await house.auditor.type("invoice list"), "Open")
    assert "paid in part" in page.text
    assert "Open: **40.00 EUR**" in page.text
    assert "a payment recorded by" in page.text
    assert not page.buttons
    back = await house.accountant.type("payment reverse", payment="pay1", reason="wrong account")
    assert "reason: wrong account" in back.text


async def test_what_differs_is_a_table_with_what_to_do(house: House) -> None:
    await order(house, received=8)
    entered = await enter(house, "BOLT-8 10 10.50 PO-1")
    assert "⚠️ The lines add up to **105.00 EUR**, and the invoice says **100.00 EUR**." in (
        entered.text
    )
    differs = await house.accountant.type("invoice match", invoice="RE-2027/0042")
    for line in (
        "        ordered  received  billed",
        "BOLT-8       10         8      10",
        " EUR      10.00             10.50",
        "10 pcs billed, 8 pcs received and not billed yet",
        "10.50 EUR billed per pcs, 10.00 EUR ordered",
        "The lines add up to **105.00 EUR**",
    ):
        assert line in differs.text
    form = await house.accountant.open_form(differs, "Dispute")
    disputed = await house.accountant.submit(form, reason="two are missing")
    assert "Disputed the invoice **RE-2027/0042**" in disputed.text
    asked = await house.accountant.type("payment request", invoice="RE-2027/0042")
    assert "is disputed, so it is not paid" in asked.text


async def test_a_bill_entered_twice_names_the_first_and_is_asked_back_between_suppliers(
    house: House,
) -> None:
    await order(house)
    await enter(house)
    again = await house.accountant.type(
        "invoice add", supplier="Acme", number="re-2027 / 0042", total="1"
    )
    assert "already has the invoice **RE-2027/0042** of **100.00 EUR** (received)" in again.text
    await house.employee.type("supplier propose", name="Bolts")
    await house.accountant.type("invoice add", supplier="Bolts", number="RE-2027/0042", total="1")
    which = await house.accountant.type("invoice match", invoice="RE-2027/0042")
    assert "Several suppliers have an invoice" in which.text
    matched = await house.accountant.press(which, "RE-2027/0042 · Acme")
    assert "Matched the invoice" in matched.text
    await house.world.tell_audit()
    event = next(line for line in house.audit_lines() if "entered invoice" in line)
    undone = await house.manager.type("undo", record=re.findall(r"#(\d+)", event)[0])
    assert "Made void the invoice **RE-2027/0042**" in undone.text
    once_more = await house.accountant.type(
        "invoice add", supplier="Acme", number="re-2027 / 0042", total="1"
    )
    assert "Entered the invoice **re-2027 / 0042**" in once_more.text


async def test_the_file_of_a_bill_is_kept_by_its_content_and_shown_on_demand(house: House) -> None:
    await order(house)
    for name, content, why in (
        ("bill.pdf", b"MZ\x90\x00", "none of those that are kept"),
        ("bill.pdf", PDF + bytes(4 * 1024 * 1024), "larger than 4 MiB"),
    ):
        refused = await house.accountant.type(
            "invoice add",
            supplier="Acme",
            number="A",
            total="1",
            file=(name, content),
        )
        assert why in refused.text
    added = await house.accountant.type(
        "invoice add", supplier="Acme", number="A", total="1", file=("../my bill.exe", PDF)
    )
    assert "Its file is kept: my bill.exe.pdf" in added.text
    (kept,) = await rows_of(house.world.db, InvoiceFile, house.guild.id)
    assert (kept.media_type, kept.content) == ("application/pdf", PDF)
    listed = await house.auditor.type("invoice list")
    page = await house.auditor.press(listed, "Open")
    shown = await house.auditor.press(page, "File")
    assert [each.filename for each in shown.message.attachments] == ["my bill.exe.pdf"]


async def test_an_amount_too_fine_for_its_currency_is_refused_with_one_that_is_not(
    house: House,
) -> None:
    await house.employee.type("supplier propose", name="Acme")
    for total, why in (
        ("1.0051", "takes at most 2 decimals, for example `2.12`"),
        ("1.5 JPY", "takes no decimals in this currency, for example `300`"),
    ):
        options = {"supplier": "Acme", "number": "A", "total": total}
        refused = await house.accountant.type("invoice add", **options)
        assert why in refused.text

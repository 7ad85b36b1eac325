"""Payments: asked for, approved by another person, recorded, reversed; never more than is open."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.database.models import Approval, AuditEvent, Outbox, Payment
from bot.database.unit import UnitOfWork
from bot.domain.invoices import OtherCurrency, PaymentsUnderWay, SupplierNotPaid
from bot.domain.payments import InvoiceNotPayable, MoreThanOpen
from bot.errors import (
    AlreadyDecided,
    IllegalStep,
    InvalidValue,
    NotAllowed,
    SelfApproval,
    StaleVersion,
    TallymanError,
)
from bot.services.approvals.declared import DecideProposal
from bot.services.invoices.adding import VoidInvoice, void_invoice
from bot.services.invoices.matching import DisputeInvoice, dispute_invoice
from bot.services.payments.recording import (
    RecordPayment,
    ReversePayment,
    record_payment,
    reverse_payment,
)
from bot.services.suppliers import (
    ReinstateSupplier,
    SuspendSupplier,
    approve_supplier,
    reinstate_supplier,
    suspend_supplier,
)
from bot.services.verification import verify_books
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, rows_of
from tests.services.bills import (
    add_supplier,
    approve,
    approve_payment,
    ask,
    bill,
    order,
    pay,
    payment_of,
    reject_payment,
    reverse,
)


@pytest.fixture
async def billed(warehouse: Warehouse) -> Warehouse:
    """Acme's bill RE-1 of 100 EUR is matched."""
    await warehouse.add_item("BOLT-8")
    acme = await add_supplier(warehouse)
    await order(warehouse, acme, ("BOLT-8", "10", "10", "10"))
    await bill(warehouse, lines="BOLT-8 10 10", is_matched=True)
    return warehouse


async def status_of(warehouse: Warehouse, invoice: str = "RE-1") -> str:
    async with warehouse.db.look_up(warehouse.accountant) as books:
        return (await books.invoices.require_reference(invoice)).status


async def require_proven(warehouse: Warehouse) -> None:
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
    await require_sound_books(warehouse.db)


async def test_a_bill_is_paid_in_parts_and_a_payment_that_came_back_is_open_again(
    billed: Warehouse,
) -> None:
    first = await ask(billed, "RE-1", "60")
    assert first.subject == "PAY-1"
    second = await ask(billed, "re-1")
    assert (await payment_of(billed, second.subject_id)).amount == Decimal(40)
    async with refusal(billed.db, MoreThanOpen) as caught:
        await ask(billed, "RE-1")
    assert str(caught.value.open) == "0.00 EUR"
    for asked in (first, second):
        await approve(billed, asked.subject_id)
    await pay(billed, first.subject_id)
    assert await status_of(billed) == "part_paid"
    await pay(billed, second.subject_id)
    assert await status_of(billed) == "paid"
    await reverse(billed, first.subject_id)
    assert await status_of(billed) == "part_paid"
    async with refusal(billed.db, MoreThanOpen):
        await ask(billed, "RE-1", "60.01")
    third = await ask(billed, "RE-1", "60")
    await reverse(billed, second.subject_id)
    assert await status_of(billed) == "matched"
    await approve(billed, third.subject_id)
    await pay(billed, third.subject_id)
    paid = await payment_of(billed, third.subject_id)
    assert (paid.reference, paid.paid_on) == ("SEPA 1", billed.db.clock().date())
    await require_proven(billed)


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        ("100.01", MoreThanOpen),
        ("50 USD", OtherCurrency),
        ("$50", OtherCurrency),
        ("0", InvalidValue),
        ("-1", InvalidValue),
        ("0.005", InvalidValue),
        ("all", InvalidValue),
    ],
)
async def test_an_amount_is_within_what_is_open_and_in_the_bill_s_currency(
    billed: Warehouse, amount: str, error: type[Exception]
) -> None:
    async with refusal(billed.db, error):
        await ask(billed, "RE-1", amount)


async def test_no_one_approves_what_they_asked_for_with_any_role(billed: Warehouse) -> None:
    held = billed.admin.discord_role_ids | billed.manager.discord_role_ids
    both = replace(billed.manager, discord_role_ids=held)
    asked = await ask(billed, "RE-1", actor=both)
    for actor in (both, replace(billed.owner, user_id=both.user_id, discord_role_ids=held)):
        async with refusal(billed.db, SelfApproval):
            await approve(billed, asked.subject_id, actor)
    async with refusal(billed.db, NotAllowed):
        await approve(billed, asked.subject_id, billed.accountant)
    await approve(billed, asked.subject_id, billed.admin)


async def test_what_was_not_approved_is_not_recorded(billed: Warehouse) -> None:
    asked = await ask(billed, "RE-1")
    record = RecordPayment(payment="PAY-1", reference="x")
    async with refusal(billed.db, IllegalStep):
        await billed.run(record_payment, record, billed.accountant)
    request = DecideProposal(subject_id=asked.subject_id, version=1, reason="too early")
    await billed.run(reject_payment, request, billed.manager)
    async with refusal(billed.db, IllegalStep):
        await billed.run(record_payment, record, billed.accountant)
    async with refusal(billed.db, AlreadyDecided):
        await approve(billed, asked.subject_id)
    # A rejected payment takes nothing of the bill.
    again = await ask(billed, "RE-1")
    async with refusal(billed.db, NotAllowed):
        await billed.run(record_payment, record, billed.manager)
    await approve(billed, again.subject_id)
    async with refusal(billed.db, IllegalStep):
        await billed.run(
            reverse_payment, ReversePayment(payment="PAY-2", reason="no"), billed.accountant
        )
    async with refusal(billed.db, StaleVersion):
        await billed.run(
            record_payment, replace(record, payment="PAY-2", version=1), billed.accountant
        )
    async with refusal(billed.db, InvalidValue):
        await billed.run(
            record_payment, RecordPayment(payment="PAY-2", reference=" "), billed.accountant
        )
    await pay(billed, again.subject_id)
    async with refusal(billed.db, InvalidValue):
        await reverse(billed, again.subject_id, reason=" ")
    async with refusal(billed.db, IllegalStep):
        await pay(billed, again.subject_id)
    await require_proven(billed)


async def test_a_suspended_supplier_is_not_paid_until_it_is_approved_again(
    billed: Warehouse,
) -> None:
    asked, approved = await ask(billed, "RE-1", "10"), await ask(billed, "RE-1", "20")
    await approve(billed, approved.subject_id)
    suspend = SuspendSupplier(supplier="Acme", reason="late")
    suspended = await billed.run(suspend_supplier, suspend, billed.manager)
    await _refuse_to_pay(billed, asked.subject_id, approved.subject_id)
    await billed.run(reinstate_supplier, ReinstateSupplier(supplier="Acme"), billed.manager)
    await _refuse_to_pay(billed, asked.subject_id, approved.subject_id)
    (version,) = [
        row.version
        for row in await rows_of(billed.db, Approval, GUILD)
        if (row.noun, row.subject_id) == ("supplier", suspended.subject_id)
    ]
    request = DecideProposal(subject_id=suspended.subject_id, version=version)
    await billed.run(approve_supplier, request, billed.admin)
    await approve(billed, asked.subject_id)
    await pay(billed, approved.subject_id)
    assert await status_of(billed) == "part_paid"


async def _refuse_to_pay(warehouse: Warehouse, asked: int, approved: int) -> None:
    async with refusal(warehouse.db, SupplierNotPaid):
        await ask(warehouse, "RE-1", "1")
    async with refusal(warehouse.db, SupplierNotPaid):
        await approve(warehouse, asked)
    async with refusal(warehouse.db, SupplierNotPaid):
        await pay(warehouse, approved)


async def test_a_disputed_bill_is_not_paid(billed: Warehouse) -> None:
    asked, approved = await ask(billed, "RE-1", "10"), await ask(billed, "RE-1", "20")
    await approve(billed, approved.subject_id)
    dispute = DisputeInvoice(invoice="RE-1", reason="wrong goods")
    await billed.run(dispute_invoice, dispute, billed.accountant)
    async with refusal(billed.db, InvoiceNotPayable):
        await ask(billed, "RE-1", "1")
    async with refusal(billed.db, InvoiceNotPayable):
        await approve(billed, asked.subject_id)
    async with refusal(billed.db, InvoiceNotPayable):
        await pay(billed, approved.subject_id)
    request = DecideProposal(subject_id=asked.subject_id, version=1, reason="disputed")
    await billed.run(reject_payment, request, billed.manager)


async def test_who_asked_is_notified_and_the_bill_knows_its_payments(billed: Warehouse) -> None:
    asked = await ask(billed, "RE-1")
    await approve(billed, asked.subject_id)
    lanes = {row.lane for row in await rows_of(billed.db, Outbox, GUILD)}
    assert f"person:{billed.accountant.user_id}" in lanes
    assert "channel:approvals" in lanes
    assert not lanes & {"channel:requests", "channel:"}
    await pay(billed, asked.subject_id)
    async with billed.db.look_up(billed.auditor) as books:
        invoice = await books.invoices.require_reference("RE-1")
        found = await books.audit.list_of_subject("invoice", invoice.id, 10)
    actions = [event.action for event in found]
    assert actions[:2] == ["payment.recorded", "payment.requested"]


@pytest.mark.only_on("postgresql")
async def test_of_a_hundred_requests_at_once_no_more_than_is_open_is_asked_for(
    billed: Warehouse,
) -> None:
    asked = await asyncio.gather(
        *(ask(billed, "RE-1", "7") for _ in range(100)), return_exceptions=True
    )
    refused = [each for each in asked if isinstance(each, BaseException)]
    assert (len(asked) - len(refused), {type(each) for each in refused}) == (14, {MoreThanOpen})
    (left,) = {str(each.open) for each in refused if isinstance(each, MoreThanOpen)}
    assert left == "2.00 EUR"
    await require_proven(billed)


@pytest.mark.only_on("postgresql")
async def test_of_a_hundred_decisions_at_once_one_counts(billed: Warehouse) -> None:
    asked = await ask(billed, "RE-1")

    async def decide(number: int) -> None:
        actor = replace(billed.manager, user_id=5000 + number)
        request = DecideProposal(subject_id=asked.subject_id, version=1, reason="no")
        decision = approve_payment if number % 2 else reject_payment
        await billed.run(decision, request, actor)

    done = await asyncio.gather(*map(decide, range(100)), return_exceptions=True)
    refused = [each for each in done if isinstance(each, TallymanError)]
    assert (len(refused), {type(each) for each in refused}) == (99, {AlreadyDecided})
    decided = {"payment.approved", "payment.rejected"}
    events = await rows_of(billed.db, AuditEvent, GUILD)
    (winner,) = [row.actor_id for row in events if row.action in decided]
    assert {each.decided_by for each in refused if isinstance(each, AlreadyDecided)} == {winner}


@pytest.mark.only_on("postgresql")
async def test_two_payments_recorded_at_once_settle_the_bill_once(billed: Warehouse) -> None:
    made = [await ask(billed, "RE-1", "50") for _ in range(2)]
    for each in made:
        await approve(billed, each.subject_id)
    await asyncio.gather(*(pay(billed, each.subject_id) for each in made))
    assert await status_of(billed) == "paid"
    assert [row.status for row in await rows_of(billed.db, Payment, GUILD)] == ["paid", "paid"]
    await require_proven(billed)


async def test_a_bill_with_a_payment_under_way_is_not_made_void_however_many_were_rejected(
    billed: Warehouse,
) -> None:
    async def reject_many(uow: UnitOfWork) -> None:
        invoice = await uow.invoices.require_reference("RE-1")
        for _ in range(100):
            made = await uow.payments.open(
                invoice_id=invoice.id,
                amount=Decimal(1),
                currency="EUR",
                made_by=1,
                made_at=uow.now,
            )
            await uow.payments.update_by_id(made.id, status="rejected")

    await billed.change(reject_many)
    await ask(billed, "RE-1", "1")
    async with billed.db.look_up(billed.accountant) as books:
        invoice = await books.invoices.require_reference("RE-1")
    request = VoidInvoice(invoice_id=invoice.id, version=invoice.version)
    async with refusal(billed.db, PaymentsUnderWay) as caught:
        await billed.run(void_invoice, request, billed.accountant)
    assert caught.value.payments == ("PAY-101",)


async def test_a_payment_is_recorded_as_made_today_at_the_latest(billed: Warehouse) -> None:
    asked = await ask(billed, "RE-1")
    await approve(billed, asked.subject_id)
    tomorrow = billed.db.clock().date() + timedelta(days=1)
    late = RecordPayment(payment=asked.subject, reference="x", paid_on=tomorrow.isoformat())
    async with refusal(billed.db, InvalidValue) as caught:
        await billed.run(record_payment, late, billed.accountant)
    assert caught.value.reason == "future"

"""What people do with invoices and payments on a busy day, for the plans of its statements."""

from decimal import Decimal
from typing import Any

import pytest

from bot.database.unit import UnitOfWork
from bot.errors import NotFound

_MANY = 2000


async def keep_invoices(day: Any) -> None:
    """Enter, match, dispute and pay bills beside two thousand others."""
    made = await day.run("supplier.propose", name="Bolts")
    decided = {"subject_id": made.subject_id, "version": 1}
    await day.run("supplier.approve", day.manager, **decided)

    async def fill(uow: UnitOfWork) -> None:
        await _order_and_bill(uow, made.subject_id)

    await day.warehouse.change(fill)
    added = await day.run(
        "invoice.add", supplier="Bolts", number="RE-1", total="6", dated_on="2026-01-05"
    )
    of_invoice = {"invoice_id": added.invoice_id}
    prepared = await day.ask("prepare_invoice_lines", invoice="RE-1")
    lines = {**of_invoice, "version": prepared.version, "lines": "S-7 2 1; S-8 4 1 PO-1"}
    await day.run("invoice.lines", **lines)
    await day.run("invoice.match", invoice="RE-1")
    await day.ask("prepare_dispute", **of_invoice)
    await day.run("invoice.dispute", invoice="RE-1", reason="why")
    await day.run("invoice.match", invoice=added.invoice_id)
    await _pay(day)
    await day.ask("get_invoice", document="re - 1")
    with pytest.raises(NotFound):
        await day.ask("get_invoice_file", **of_invoice)
    for typed in ("", "RE", "B-1999"):
        await day.ask("suggest_invoices", typed=typed)
        await day.ask("suggest_invoices", typed=typed, statuses=("matched", "part_paid"))
    for cursor in ({}, {"after": 900}, {"before": 900}):
        for status in (None, "received"):
            await day.ask("list_invoices", status=status, **cursor)
            await day.ask("list_payments", status=None if status is None else "paid", **cursor)
    other = await day.run("invoice.add", supplier="Bolts", number="RE-2", total="1")
    await day.run("invoice.void", invoice_id=other.invoice_id, version=1)
    wrong = await day.run("invoice.add", supplier="Bolts", number="RE-2", total="1")
    await day.run("record.reverse", day.manager, record=wrong.record)


async def _pay(day: Any) -> None:
    asked = await day.run("payment.request", invoice="RE-1", amount="2")
    other = await day.run("payment.request", invoice="RE-1")
    decided = {"subject_id": asked.subject_id, "version": 1}
    for name in ("get_payment_card", "list_payment_approvers"):
        await day.ask(name, subject_id=asked.subject_id)
    await day.ask("review_payment", day.manager, **decided)
    await day.run("payment.approve", day.manager, **decided)
    rejected = {"subject_id": other.subject_id, "version": 1}
    await day.run("payment.reject", day.manager, **rejected, reason="no")
    key = {"payment_id": asked.subject_id}
    await day.ask("prepare_recording", **key, version=2)
    await day.run("payment.record", payment=asked.subject, reference="SEPA")
    await day.ask("prepare_reversal", **key, version=3)
    await day.run("payment.reverse", payment=asked.subject, reason="came back")
    await day.ask("get_payment", document=asked.subject)
    await day.ask("suggest_payments", typed="PAY-1")
    await day.ask("suggest_payments", typed="1", statuses=("approved",))


async def _order_and_bill(uow: UnitOfWork, supplier_id: int) -> None:
    """Insert an order that came in, and what years of bills and payments leave behind."""
    made = await uow.orders.open(
        supplier_id=supplier_id, currency="EUR", made_by=1, made_at=uow.now
    )
    await uow.orders.update_by_id(made.id, status="received")
    items = [await uow.items.require_reference(sku) for sku in ("S-7", "S-8")]
    for number, item in enumerate(items, start=1):
        await uow.order_lines.create(
            order_id=made.id,
            line=number,
            item_id=item.id,
            quantity=Decimal(9),
            received=Decimal(9),
            unit_price=Decimal(1),
        )
    bills = await uow.invoices.bulk_create(
        [
            {
                "number": number,
                "status": "paid" if number % 2 else "void",
                "made_by": 1,
                "made_at": uow.now,
                "supplier_id": supplier_id,
                "supplier_number": f"B-{number}",
                "number_key": f"b-{number}",
                "currency": "EUR",
                "total": Decimal(1),
            }
            for number in range(1, _MANY)
        ]
    )
    await uow.invoice_lines.bulk_create(
        [
            {
                "invoice_id": bill.id,
                "line": 1,
                "item_id": items[0].id,
                "quantity": Decimal(1),
                "unit_price": Decimal(1),
            }
            for bill in bills
        ]
    )
    await uow.payments.bulk_create(
        [
            {
                "number": bill.number,
                "status": "paid",
                "made_by": 1,
                "made_at": uow.now,
                "invoice_id": bill.id,
                "amount": Decimal(1),
                "currency": "EUR",
            }
            for bill in bills
        ]
    )

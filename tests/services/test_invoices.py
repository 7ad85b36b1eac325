"""Invoices: entered once, compared line by line, disputed, made void."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.invoice_matching import PRICE, TOO_MANY, UNORDERED, InvoiceDiffers
from bot.domain.invoices import InvoiceExists, NoLinesYet, PaymentsUnderWay
from bot.domain.lines import LinesRefused
from bot.domain.quantities import TypedQuantity
from bot.errors import (
    Ambiguous,
    IllegalStep,
    InvalidValue,
    NotAllowed,
    NotFound,
    NothingToDo,
    StaleVersion,
)
from bot.services.guilds import SetSetting, set_setting
from bot.services.invoices.adding import AddInvoice, VoidInvoice, add_invoice, void_invoice
from bot.services.invoices.editing import (
    EditInvoiceLines,
    PrepareInvoiceLines,
    edit_invoice_lines,
    prepare_invoice_lines,
)
from bot.services.invoices.matching import (
    DisputeInvoice,
    MatchInvoice,
    dispute_invoice,
    match_invoice,
)
from bot.services.item_units import SetUnit, set_unit
from bot.services.merging import MergeItems, merge_items
from bot.services.orders.documents import read_ordered
from bot.services.orders.on_order import read_on_order
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.verification import verify_books
from tests.database.books import Warehouse, refusal, require_sound_books
from tests.services.bills import add_supplier, ask, bill, enter, invoice_of, order


@pytest.fixture
async def supplied(warehouse: Warehouse) -> Warehouse:
    """Acme is approved; BOLT-8 and NUT-8 exist."""
    await warehouse.add_item("BOLT-8")
    await warehouse.add_item("NUT-8")
    await add_supplier(warehouse)
    return warehouse


async def add(
    warehouse: Warehouse,
    number: str,
    *,
    supplier: str = "Acme",
    total: str = "100.00",
    dated_on: str = "",
) -> int:
    request = AddInvoice(supplier=supplier, number=number, total=total, dated_on=dated_on)
    return (await warehouse.run(add_invoice, request, warehouse.accountant)).invoice_id


async def match(warehouse: Warehouse, invoice: int | str) -> None:
    await warehouse.run(match_invoice, MatchInvoice(invoice=invoice), warehouse.accountant)


async def require_proven(warehouse: Warehouse) -> None:
    assert (await verify_books(warehouse.db, warehouse.auditor)).findings == ()
    await require_sound_books(warehouse.db)


async def supplier_id_of(warehouse: Warehouse, name: str = "Acme") -> int:
    async with warehouse.db.look_up(warehouse.admin) as books:
        return (await books.suppliers.require_reference(name)).id


@pytest.mark.both_engines
async def test_what_was_ordered_before_a_merge_is_billed_as_the_item_that_it_is_now(
    supplied: Warehouse,
) -> None:
    ordered = await order(
        supplied,
        await supplier_id_of(supplied),
        ("BOLT-8", "10", "10", "2"),
        ("NUT-8", "4", "0", "1"),
        status="partial",
    )
    entered = await bill(supplied, "RE-1", "8", "BOLT-8 4")
    merged = await supplied.run(
        merge_items, MergeItems(item="BOLT-8", into="NUT-8"), supplied.manager
    )
    async with supplied.db.look_up(supplied.admin) as books:
        shown = await read_ordered(books, await books.orders.require(ordered))
        (nut,) = await books.items.find_all(sku="NUT-8")
        on_order = await read_on_order(books, [nut.id])
    assert [(line.sku, line.item_id) for line in shown] == [("NUT-8", nut.id)] * 2
    assert on_order[nut.id].coming == 4
    invoice = await add(supplied, "RE-2", total="12")
    asked = PrepareInvoiceLines(invoice=invoice)
    form = await supplied.db.query(prepare_invoice_lines, asked, supplied.accountant)
    assert [(line.sku, line.quantity) for line in form.lines] == [("NUT-8", Decimal(6))]
    await enter(supplied, invoice, "NUT-8 6")
    await match(supplied, entered)
    await supplied.run(reverse_record, ReverseRecord(record=merged.record), supplied.manager)
    await match(supplied, invoice)
    async with supplied.db.look_up(supplied.admin) as books:
        shown = await read_ordered(books, await books.orders.require(ordered))
    assert [line.sku for line in shown] == ["BOLT-8", "NUT-8"]
    await require_proven(supplied)


@pytest.mark.parametrize(
    "again",
    ["re-2027 / 0042", "RE-2027/0042", " Re\u20112027/00 42", "\uff32\uff25-2027/0042"],
)
async def test_a_number_counts_once_per_supplier_in_any_writing(
    supplied: Warehouse, again: str
) -> None:
    first = await add(supplied, "RE-2027/0042")
    async with refusal(supplied.db, InvoiceExists) as caught:
        await add(supplied, again)
    assert (caught.value.value, caught.value.invoice_id) == ("RE-2027/0042", first)
    await add_supplier(supplied, "Bolts & Co")
    await add(supplied, again, supplier="Bolts & Co")
    async with refusal(supplied.db, Ambiguous) as asked:
        await match(supplied, "re-2027/0042")
    assert [each.name for each in asked.value.candidates] == ["Acme", "Bolts & Co"]


async def test_a_bill_that_was_reversed_may_be_entered_again(supplied: Warehouse) -> None:
    first = await add(supplied, "RE-1")
    event = await invoice_of(supplied, first)
    request = ReverseRecord(record=event.changed_record)
    undone = await supplied.run(reverse_record, request, supplied.manager)
    assert undone.subject == "RE-1"
    assert (await invoice_of(supplied, first)).status == "void"
    second = await add(supplied, "re 1")
    async with refusal(supplied.db, NoLinesYet) as caught:
        await match(supplied, "RE1")
    assert caught.value.invoice_id == second
    await require_proven(supplied)


async def test_a_bill_is_made_void_by_who_keeps_bills_until_a_payment_is_asked_for(
    supplied: Warehouse,
) -> None:
    await order(supplied, await supplier_id_of(supplied), ("BOLT-8", "10", "10", "10"))
    invoice = await bill(supplied, lines="BOLT-8 10 10", is_matched=True)
    await ask(supplied, invoice, "1")
    version = (await invoice_of(supplied, invoice)).version
    request = VoidInvoice(invoice_id=invoice, version=version)
    async with refusal(supplied.db, PaymentsUnderWay) as caught:
        await supplied.run(void_invoice, request, supplied.accountant)
    assert caught.value.payments == ("PAY-1",)
    async with refusal(supplied.db, NotAllowed):
        await supplied.run(void_invoice, request, supplied.manager)
    other = await add(supplied, "RE-2")
    await supplied.run(void_invoice, VoidInvoice(invoice_id=other, version=1), supplied.accountant)
    await add(supplied, "RE-2")
    await require_proven(supplied)


SENSELESS: list[tuple[dict[str, str], type[Exception]]] = [
    ({"total": "0"}, InvalidValue),
    ({"total": "-5"}, InvalidValue),
    ({"total": "1.0051"}, InvalidValue),
    ({"total": "100.5 JPY"}, InvalidValue),
    ({"total": "1 XXX"}, InvalidValue),
    ({"dated_on": "soon"}, InvalidValue),
    ({"supplier": "Nobody"}, NotFound),
    ({"number": "  "}, InvalidValue),
    ({"number": "x" * 41}, InvalidValue),
]


async def test_a_bill_that_makes_no_sense_is_refused(supplied: Warehouse) -> None:
    for given, error in SENSELESS:
        async with refusal(supplied.db, error):
            await add(supplied, **({"number": "RE-1"} | given))


@pytest.mark.parametrize(
    ("total", "kept"), [("1000 JPY", "1000"), ("1.005 KWD", "1.005"), ("$ 12.90", "12.9")]
)
async def test_a_total_has_the_places_of_its_currency(
    supplied: Warehouse, total: str, kept: str
) -> None:
    row = await invoice_of(supplied, await add(supplied, "RE-1", total=total))
    assert row.total == Decimal(kept)
    await require_proven(supplied)


async def test_the_form_has_what_was_received_and_not_billed_yet(supplied: Warehouse) -> None:
    request = SetUnit(item="BOLT-8", unit="box", factor=TypedQuantity(Decimal(50)))
    await supplied.run(set_unit, request, supplied.admin)
    acme = await supplier_id_of(supplied)
    await order(supplied, acme, ("BOLT-8", "100", "100", "12.9"), unit="box", factor=Decimal(50))
    await order(supplied, acme, ("NUT-8", "10", "4", "0.0012"), ("BOLT-8", "5", "0", "1"))
    await order(supplied, acme, ("NUT-8", "10", "10", "3"), currency="USD")
    await bill(supplied, "OLD-1", "25.80", "BOLT-8 1 box 12.90 PO-1; NUT-8 1 1")
    invoice = await add(supplied, "RE-1")

    async def look() -> list[tuple[str, str, str, str, str]]:
        request = PrepareInvoiceLines(invoice=invoice)
        shown = await supplied.db.query(prepare_invoice_lines, request, supplied.accountant)
        return [
            (
                each.sku,
                f"{each.quantity:f}".rstrip("0").rstrip("."),
                *(each.unit, each.price, each.order),
            )
            for each in shown.lines
        ]

    offered = [("BOLT-8", "1", "box", "12.90", "PO-1"), ("NUT-8", "3", "", "0.0012", "PO-2")]
    assert await look() == offered
    # What the form offers is read back as it was.
    await enter(supplied, invoice, "BOLT-8 1 box 12.90 PO-1\nNUT-8 3 0.0012 PO-2")
    assert await look() == offered
    # A price of another unit becomes that of the quantity's.
    async with refusal(supplied.db, NothingToDo):
        await enter(supplied, invoice, "BOLT-8 1 box 0.258/pcs PO-1\nNUT-8 3 0.0012 PO-2")
    await require_proven(supplied)


async def test_lines_without_an_order_are_for_the_oldest_that_is_not_billed(
    supplied: Warehouse,
) -> None:
    acme = await supplier_id_of(supplied)
    await order(supplied, acme, ("BOLT-8", "4", "4", "2"))
    await order(supplied, acme, ("BOLT-8", "9", "9", "2"))
    invoice = await add(supplied, "RE-1", total="22.00")
    entered = await enter(supplied, invoice, "BOLT-8 11")
    assert [(line.order, line.quantity) for line in entered.lines] == [
        ("PO-1", Decimal(4)),
        ("PO-2", Decimal(7)),
    ]
    assert entered.sum == entered.total
    await match(supplied, invoice)
    await require_proven(supplied)


UNREADABLE = [
    ("BOLT-9 1 2", "NotFound"),
    ("BOLT-8 1 2 PO-7", "NotFound"),
    ("BOLT-8 1 2 PO-2", "OrderOfAnother"),
    ("BOLT-8 1 2 PO-3", "OtherCurrency"),
    ("NUT-8 1 2 PO-1", "NotOnOrder"),
    ("BOLT-8 1 2 USD", "OtherCurrency"),
    ("BOLT-8 1 1,299", "AmbiguousQuantity"),
    ("BOLT-8 1 0.0000001", "InvalidValue"),
    ("NUT-8 1", "NoPrice"),
    ("BOLT-8 1 cheap", "InvalidValue"),
]


async def test_each_line_that_cannot_be_read_is_named(supplied: Warehouse) -> None:
    acme = await supplier_id_of(supplied)
    await order(supplied, acme, ("BOLT-8", "4", "4", "2"))
    await order(supplied, await add_supplier(supplied, "Other"), ("BOLT-8", "4", "4", "2"))
    await order(supplied, acme, ("BOLT-8", "4", "4", "2"), currency="USD")
    invoice = await add(supplied, "RE-1")
    for line, cause in UNREADABLE:
        async with refusal(supplied.db, LinesRefused) as caught:
            await enter(supplied, invoice, f"BOLT-8 1 2\n{line}")
        faults = [(each.number, type(each.cause).__name__) for each in caught.value.faults]
        assert faults == [(2, cause)], line


async def test_lines_of_an_older_version_or_without_a_change_are_refused(
    supplied: Warehouse,
) -> None:
    invoice = await bill(supplied, lines="BOLT-8 10 10")
    async with refusal(supplied.db, NothingToDo):
        await enter(supplied, invoice, "bolt-8 10 10.00")
    request = EditInvoiceLines(invoice_id=invoice, version=1, lines="BOLT-8 1 1")
    async with refusal(supplied.db, StaleVersion):
        await supplied.run(edit_invoice_lines, request, supplied.accountant)


@pytest.mark.parametrize(
    ("total", "lines", "faults"),
    [
        ("100", "BOLT-8 10 10", [()]),
        # Another bill follows.
        ("80", "BOLT-8 8 10", [()]),
        ("110", "BOLT-8 11 10", [(TOO_MANY,)]),
        ("100.1", "BOLT-8 10 10.01", [(PRICE,)]),
        ("99.9", "BOLT-8 10 9.99", [(PRICE,)]),
        ("5", "NUT-8 1 5", [(UNORDERED,)]),
        ("130", "BOLT-8 6 10; BOLT-8 7 10 PO-1", [(TOO_MANY,), (TOO_MANY,)]),
        ("100.01", "BOLT-8 10 10", [()]),
    ],
)
async def test_a_bill_agrees_line_by_line_and_in_its_total(
    supplied: Warehouse, total: str, lines: str, faults: list[tuple[str, ...]]
) -> None:
    await order(supplied, await supplier_id_of(supplied), ("BOLT-8", "12", "10", "10"))
    invoice = await bill(supplied, total=total, lines=lines)
    if not any(faults) and total != "100.01":
        await match(supplied, invoice)
        assert (await invoice_of(supplied, invoice)).status == "matched"
        return
    async with refusal(supplied.db, InvoiceDiffers) as caught:
        await match(supplied, invoice)
    assert [each.faults for each in caught.value.lines] == faults


async def test_what_differs_within_the_tolerance_agrees(supplied: Warehouse) -> None:
    await order(supplied, await supplier_id_of(supplied), ("BOLT-8", "100", "100", "1"))
    setting = SetSetting(name="match_tolerance_percent", value="2")
    await supplied.run(set_setting, setting, supplied.admin)
    await bill(supplied, "RE-1", "104.04", "BOLT-8 102 1.02", is_matched=True)
    over = await bill(supplied, "RE-2", "1.03", "BOLT-8 1 1.03 PO-1")
    async with refusal(supplied.db, InvoiceDiffers) as caught:
        await match(supplied, over)
    # The first bill has all that came in.
    assert caught.value.lines[0].faults == (TOO_MANY, PRICE)


async def test_a_disputed_bill_is_matched_once_it_is_right(supplied: Warehouse) -> None:
    await order(supplied, await supplier_id_of(supplied), ("BOLT-8", "10", "10", "10"))
    invoice = await bill(supplied, lines="BOLT-8 9 10; NUT-8 1 10")
    request = DisputeInvoice(invoice="RE-1", reason="no nuts were ordered")
    await supplied.run(dispute_invoice, request, supplied.accountant)
    assert (await invoice_of(supplied, invoice)).reason == "no nuts were ordered"
    async with refusal(supplied.db, IllegalStep) as caught:
        await supplied.run(dispute_invoice, request, supplied.accountant)
    assert caught.value.label == "RE-1"
    async with refusal(supplied.db, InvoiceDiffers):
        await match(supplied, invoice)
    await enter(supplied, invoice, "BOLT-8 10 10")
    assert (await invoice_of(supplied, invoice)).status == "disputed"
    await match(supplied, invoice)
    row = await invoice_of(supplied, invoice)
    assert (row.status, row.reason) == ("matched", "")
    await require_proven(supplied)


async def test_who_may_not_keep_bills_does_not(supplied: Warehouse) -> None:
    for actor in (supplied.employee, supplied.buyer, supplied.manager, supplied.auditor):
        request = AddInvoice(supplier="Acme", number="RE-1", total="1")
        async with refusal(supplied.db, NotAllowed):
            await supplied.run(add_invoice, request, actor)


async def test_a_bill_is_dated_today_at_the_latest(supplied: Warehouse) -> None:
    today = supplied.db.clock().date()
    tomorrow = (today + timedelta(days=1)).isoformat()
    async with refusal(supplied.db, InvalidValue) as caught:
        await add(supplied, "RE-9", dated_on=tomorrow)
    assert caught.value.reason == "future"
    await add(supplied, "RE-9", dated_on=today.isoformat())

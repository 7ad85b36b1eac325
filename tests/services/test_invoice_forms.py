"""The form of a bill's lines: what it is filled with is read back as what the bill has."""

from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import InvoiceLine
from bot.domain.quantities import TypedQuantity
from bot.errors import NothingToDo
from bot.services.documents.kinds import GetDocument
from bot.services.invoices.documents import INVOICES, InvoiceFacts
from bot.services.invoices.editing import PrepareInvoiceLines, prepare_invoice_lines
from bot.services.item_units import SetUnit, set_unit
from bot.views.invoice_forms import lines_form
from bot.views.invoices import line_text
from tests.database.books import Warehouse, refusal, rows_of
from tests.services.bills import add_supplier, bill, enter, order


@pytest.fixture
async def supplied(warehouse: Warehouse) -> Warehouse:
    """Acme is approved; bolts come in boxes of 48 as well."""
    await warehouse.add_item("BOLT-8")
    await set_box(warehouse, 48)
    await add_supplier(warehouse)
    return warehouse


async def set_box(supplied: Warehouse, factor: int) -> None:
    box = SetUnit(item="BOLT-8", unit="box", factor=TypedQuantity(Decimal(factor)))
    await supplied.run(set_unit, box, supplied.admin)


async def receive(supplied: Warehouse, pieces: str, price: str) -> None:
    """Let an order come in that is of boxes of 48."""
    async with supplied.db.look_up(supplied.admin) as books:
        acme = await books.suppliers.require_reference("Acme")
    line = ("BOLT-8", pieces, pieces, price)
    await order(supplied, acme.id, line, unit="box", factor=Decimal(48))


async def fill_in(supplied: Warehouse, invoice_id: int) -> str:
    """Return what the form of a bill is filled with."""
    request = PrepareInvoiceLines(invoice=invoice_id)
    prepared = await supplied.db.query(prepare_invoice_lines, request, supplied.accountant)
    (label,) = lines_form(prepared).children
    return str(label.component.default or "")  # type: ignore[attr-defined]


async def columns_of(supplied: Warehouse) -> list[Any]:
    rows = await rows_of(supplied.db, InvoiceLine, supplied.guild_id)
    return [(row.quantity, row.unit, row.factor, row.unit_price) for row in rows]


@pytest.mark.parametrize(
    ("price", "offered", "shown"),
    [
        ("10", "10.00/box", "10.00 EUR/box"),
        ("12.90", "0.26875", "12.90 EUR/box"),
    ],
)
async def test_what_is_no_number_of_a_unit_is_written_in_the_item_s_own(
    supplied: Warehouse, price: str, offered: str, shown: str
) -> None:
    await receive(supplied, "280", price)
    await receive(supplied, "104", price)
    invoice_id = await bill(supplied, lines=f"BOLT-8 8 box {price}")
    assert [row[:2] for row in await columns_of(supplied)] == [(280, "box"), (104, "box")]
    request = GetDocument(document=invoice_id)
    facts = (await supplied.db.query(INVOICES.get, request, supplied.accountant)).facts
    assert isinstance(facts, InvoiceFacts)
    assert line_text(facts.lines[0], "EUR") == f"• **280 pcs** **BOLT-8** at {shown} · PO-1"
    text = await fill_in(supplied, invoice_id)
    assert text == f"BOLT-8 280 {offered} PO-1\nBOLT-8 104 {offered} PO-2"
    if "/" in offered:
        async with refusal(supplied.db, NothingToDo):
            await enter(supplied, invoice_id, text)
        return
    entered = await enter(supplied, invoice_id, text)
    assert str(entered.sum) == "103.20 EUR"
    # What it says now is what its form is filled with.
    async with refusal(supplied.db, NothingToDo):
        await enter(supplied, invoice_id, await fill_in(supplied, invoice_id))


@pytest.mark.parametrize("factor", [60, 0])
@pytest.mark.parametrize(("price", "each"), [("12.90", "0.26875"), ("10", "0.208333")])
async def test_a_line_stays_as_much_when_its_unit_becomes_another(
    supplied: Warehouse, factor: int, price: str, each: str
) -> None:
    await receive(supplied, "96", price)
    invoice_id = await bill(supplied, "OLD-1", lines=f"BOLT-8 2 box {price} PO-1")
    await receive(supplied, "96", price)
    await set_box(supplied, factor)
    assert await fill_in(supplied, invoice_id) == f"BOLT-8 96 {each} PO-1"
    other = await bill(supplied, "RE-1")
    offered = await fill_in(supplied, other)
    assert offered == f"BOLT-8 96 {each} PO-2"
    await enter(supplied, other, offered)
    assert (await columns_of(supplied))[1] == (96, "", 1, Decimal(each))

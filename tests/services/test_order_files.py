"""Orders by a supplier's own file: its columns, its numbers, and what is asked back."""

from decimal import Decimal

from bot.domain.lines import LinesRefused
from bot.domain.order_files import KIND, OrderFile, SameMakersNumber, read_order_file
from bot.errors import NotFound
from bot.reports.sheets import read_sheet
from bot.services.orders.making import NewOrder, OrderKept, make_order
from bot.views.orders import kept_page
from tests.database.books import Warehouse, refusal
from tests.services.buying import approve

FILE = """LCSC Part Number,Manufacture Part Number,Manufacturer,Customer NO.,Package,Order Qty.,\
Min\\Mult Order Qty.,Unit Price($),Order Price($)$
C1,EX-MCU,Example,,"LQFP-48,7x7",10,1\\1,2.5400,25.40$
C2,EX0805,Example,BIN,0805,100,50\\50,0.0012,0.12$
C3,-,-,-,-,50,-\\-,0.0715,3.58$
C4,EX0805,Other,,0805,5000,100\\100,0.0009,4.50$
"""


def read(text: str = FILE) -> OrderFile:
    return read_order_file(read_sheet(text.encode(), KIND))


async def order(warehouse: Warehouse, file: OrderFile, currency: str = "USD") -> OrderKept:
    request = NewOrder(supplier="Acme", lines="", file=file, currency=currency)
    return await warehouse.run(make_order, request, warehouse.buyer)


def test_a_distributors_columns_are_recognised_and_the_others_named() -> None:
    file = read()
    assert [(row.supplier_part, row.maker_part, row.quantity, row.price) for row in file.rows] == [
        ("C1", "EX-MCU", "10", "2.54 $"),
        ("C2", "EX0805", "100", "0.0012 $"),
        ("C3", "", "50", "0.0715 $"),
        ("C4", "EX0805", "5000", "0.0009 $"),
    ]
    assert file.ignored == (
        "Manufacturer",
        "Customer NO.",
        "Package",
        "Min\\Mult Order Qty.",
    )


def test_a_suppliers_stock_is_no_quantity_and_a_lines_amount_no_price() -> None:
    text = "MPN,Available,Amount,Quantity Ordered,Unit Price\nA-1,9000,25.40,10,2.54\n"
    file = read(text)
    assert [(row.quantity, row.price) for row in file.rows] == [("10", "2.54")]
    assert file.ignored == ("Available",)


def test_what_divides_numbers_is_decided_by_their_column() -> None:
    text = "Artikelnr;Menge;Einzelpreis\nA-1;5.000;0,0012\nA-2;1.250,5;1.299\nA-3;7;2,5 USD\n"
    assert [(row.quantity, row.price) for row in read(text).rows] == [
        ("5000", "0.0012"),
        ("1250.5", "1299"),
        ("7", "2.5 USD"),
    ]
    # Alone it may be either: the person who sent it is asked.
    assert read('SKU,Qty\nA-1,"1,000"\n').rows[0].quantity == "1,000"


async def test_two_rows_of_one_makers_number_are_asked_back_and_never_joined(
    warehouse: Warehouse,
) -> None:
    await approve(warehouse)
    for sku in ("EX-MCU", "EX0805"):
        await warehouse.add_item(sku)
    async with refusal(warehouse.db, LinesRefused) as caught:
        await order(warehouse, read())
    faults = {fault.number: type(fault.cause) for fault in caught.value.faults}
    assert faults == {3: SameMakersNumber, 4: NotFound, 5: SameMakersNumber}
    for sku in ("C2", "C3", "C4"):
        await warehouse.add_item(sku)
    async with refusal(warehouse.db, LinesRefused):  # one row names two items
        await order(warehouse, read())
    decided = FILE.replace("Customer NO.", "SKU").replace("BIN", "C2").replace("Other,", "Other,C2")
    made = await order(warehouse, read(decided))
    assert [(line.sku, line.quantity, line.unit_price) for line in made.lines] == [
        ("EX-MCU", Decimal("10.000"), Decimal("2.540000")),
        ("C2", Decimal("100.000"), Decimal("0.001200")),
        ("C3", Decimal("50.000"), Decimal("0.071500")),
        ("C2", Decimal("5000.000"), Decimal("0.000900")),
    ]


async def test_a_line_that_costs_something_else_than_its_file_says_is_marked(
    warehouse: Warehouse,
) -> None:
    await approve(warehouse)
    for sku in ("C1", "C2", "C3"):
        await warehouse.add_item(sku)
    # 3.575 is rounded up; a line without a total says nothing.
    text = "SKU;Menge;Einzelpreis;Gesamtpreis (USD)\nC1;10;2,54;254,00\nC3;50;0,0715;3,58\nC2;1;1;"
    made = await order(warehouse, read(text))
    (odd,) = made.differing
    assert (odd.number, str(odd.costs), str(odd.stated)) == (1, "25.40 USD", "254.00 USD")
    assert "1. **C1** costs 25.40 USD, but its file says **254.00 USD**" in kept_page(made).content
    assert not (await order(warehouse, read(text.replace("254,00", "25,40")))).differing


async def test_a_file_in_another_currency_than_the_order_is_refused(warehouse: Warehouse) -> None:
    await approve(warehouse)
    await warehouse.add_item("C3")
    text = "Supplier part,Qty,Unit Price($)\nC3,5,0.5\n"
    async with refusal(warehouse.db, LinesRefused):
        await order(warehouse, read(text), "EUR")
    assert str((await order(warehouse, read(text))).total) == "2.50 USD"

"""Price lists: exact prices of one, before and after, applied and taken back as one record."""

from decimal import Decimal

import pytest
import pytest_asyncio

from bot.domain.imports import ImportLapsed, ImportNotReversible, ImportOutdated, Outcome
from bot.domain.quantities import TypedQuantity
from bot.reports.tables import write_csv, write_workbook
from bot.services.barcodes import SetBarcode, set_barcode
from bot.services.exports.tables import TABLES, read_table
from bot.services.imports.previewing import ImportPreviewed, preview_again
from bot.services.item_units import SetUnit, set_unit
from bot.services.prices.finding import find_prices
from bot.services.prices.setting import SetPrice, set_price
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.suppliers import ProposeSupplier, propose_supplier
from tests.database.books import Warehouse, refusal, require_sound_books
from tests.database.clock import Clock
from tests.services.imports.files import apply, preview

EVERY_KIND_OF_NUMBER = (
    "Artikel;Preis;Preiseinheit;Währung;gültig ab\r\n"
    "SHR-M8-40;12,90;100;EUR;01.02.2027\r\n"
    "KAB-NYM;1.234,56 €;1000;;01.02.2027\r\n"
    "OEL-5W30;9,905;1;EUR;15.01.2027\r\n"
    "MUT-M8;0,2460;1;EUR;01.02.2027\r\n"
    "WKZ-01;1'299.00;1;CHF;2027-02-01\r\n"
    "WKZ-02;1 299,00;1;EUR;1.3.2027\r\n"
)
EXACT = {
    "SHR-M8-40": ("0.129000", "EUR", "2027-02-01"),
    "KAB-NYM": ("1.234560", "EUR", "2027-02-01"),
    "OEL-5W30": ("9.905000", "EUR", "2027-01-15"),
    "MUT-M8": ("0.246000", "EUR", "2027-02-01"),
    "WKZ-01": ("1299.000000", "CHF", "2027-02-01"),
    "WKZ-02": ("1299.000000", "EUR", "2027-03-01"),
}


@pytest_asyncio.fixture
async def shop(warehouse: Warehouse) -> Warehouse:
    """A warehouse with two suppliers, and items of several units."""
    for sku in EXACT:
        await warehouse.add_item(sku)
    fifty = TypedQuantity(Decimal(50))
    request = SetUnit(item="MUT-M8", unit="box", factor=fifty)
    await warehouse.run(set_unit, request, warehouse.admin)
    for name in ("Acme", "Bolt & Co"):
        await warehouse.run(propose_supplier, ProposeSupplier(name=name))
    return warehouse


async def look(shop: Warehouse, content: str | bytes, supplier: str = "Acme") -> ImportPreviewed:
    """Preview a price list of a supplier as the buyer."""
    shown = await preview(shop, content, "prices", actor=shop.buyer)
    if not shown.content.lacks_supplier:
        return shown
    async with shop.db.look_up(shop.manager) as books:
        found = await books.suppliers.require_reference(supplier)
    return await preview_again(shop.db, shown.token, shop.buyer, supplier_id=found.id)


def read(shown: ImportPreviewed) -> dict[str, tuple[str, str, str]]:
    assert shown.plan is not None
    return {
        row.price.sku: (str(row.price.after.amount), row.price.after.currency, str(row.price.since))
        for row in shown.plan.rows
        if row.price is not None and row.price.after is not None and not row.faults
    }


def refused(shown: ImportPreviewed) -> dict[int, list[tuple[str, str, str]]]:
    assert shown.plan is not None
    return {
        row.line: [
            (fault.column, fault.value, getattr(fault.error, "reason", type(fault.error).__name__))
            for fault in row.faults
        ]
        for row in shown.plan.of(Outcome.REFUSED)
    }


async def set_bolts(shop: Warehouse, amount: str, **options: str) -> None:
    request = SetPrice(supplier="Acme", item="MUT-M8", amount=amount, **options)
    await shop.run(set_price, request, shop.buyer)


@pytest.mark.both_engines
async def test_a_list_with_every_kind_of_number_is_read_exactly(shop: Warehouse) -> None:
    shown = await look(shop, EVERY_KIND_OF_NUMBER.encode("cp1252"))
    assert read(shown) == EXACT
    done = await apply(shop, shown, actor=shop.buyer)
    assert done.prices == 6
    async with shop.db.look_up(shop.buyer) as books:
        cable = await books.items.require_reference("KAB-NYM")
        acme = await books.suppliers.require_reference("Acme")
        day = shown.plan.rows[1].price.since  # type: ignore[union-attr]  # read above
        (price,) = await find_prices(books, acme.id, [(cable.id, Decimal(30000))], day)
        assert price is not None
        assert price.each * 30000 == Decimal("37036.80")
    again = await look(shop, EVERY_KIND_OF_NUMBER.encode("cp1252"))
    assert again.applied is not None
    assert again.applied[0] == done.record
    assert again.plan is not None
    assert not again.plan.has_changes
    await require_sound_books(shop.db)


@pytest.mark.parametrize(
    ("heading", "cell", "price"),
    [
        ("Preis", "12,- €", ("12.000000", "EUR")),
        ("Preis (CHF)", "1\u2019299.50", ("1299.500000", "CHF")),
        ("Price per 100", "12.90", ("0.129000", "EUR")),
        ("Preis EUR/1000 Stk", "1.234,56", ("1.234560", "EUR")),
        ("Unit price", "$1,234.5600", ("1234.560000", "USD")),
        ("Prix", "4,56 € / 10 box", ("0.456000", "EUR")),
        ("Precio", "USD 0.000001", ("0.000001", "USD")),
        ("Netto", "12,90 kr per 100", ("0.129000", "SEK")),
    ],
)
async def test_headings_and_cells_say_currency_and_unit_of_price(
    shop: Warehouse, heading: str, cell: str, price: tuple[str, str]
) -> None:
    shown = await look(shop, f"sku;{heading}\nMUT-M8;{cell}\n")
    assert read(shown)["MUT-M8"][:2] == price


async def test_what_cannot_be_read_exactly_is_refused_with_its_place(shop: Warehouse) -> None:
    shown = await look(
        shop,
        "sku;price;per;currency;unit;moq;from\n"
        "MUT-M8;1,00;3;;;;\n"
        "MUT-M8;1,2345;1000;;;;\n"
        "MUT-M8;5 €;;CHF;;;\n"
        "MUT-M8;5;;XXY;;;\n"
        "MUT-M8;auf Anfrage;;;;;\n"
        "MUT-M8;;;;;;\n"
        "MUT-M8;-5;0;;;;\n"
        "MUT-M8;5,5;;;pallet;;\n"
        "MUT-M8;5;;;box;2 pallet;\n"
        "MUT-M8;5;;;box;;31.02.2027\n"
        "NO-SUCH;5;;;;;\n"
        "MUT-M8;5;;;box;;\n"
        "MUT-M8;6;;;Box;;\n"
        "MUT-M8;5/10;100;;;;\n",
    )
    assert refused(shown) == {
        2: [("amount", "1,00", "too_many_decimals")],
        3: [("amount", "1,2345", "too_many_decimals")],
        4: [("currency", "CHF", "two_at_once")],
        5: [("currency", "XXY", "unknown_currency")],
        6: [("amount", "auf Anfrage", "not_an_amount")],
        7: [("amount", "", "empty")],
        8: [("price_unit", "0", "not_positive")],
        9: [("unit", "pallet", "WrongUnit")],
        10: [("min_quantity", "2 pallet", "WrongUnit")],
        11: [("valid_from", "31.02.2027", "not_a_day")],
        12: [("sku", "NO-SUCH", "NotFound")],
        14: [("sku", "MUT-M8 · Acme", "RepeatedRow")],
        15: [("price_unit", "100", "two_at_once")],
    }


async def test_days_are_read_as_the_rest_of_their_column_says(shop: Warehouse) -> None:
    rows = "sku;price;from;moq\nMUT-M8;5;{};\nMUT-M8;4;{};10\n"
    for one, two, day in (
        ("01/02/2027", "15/01/2027", "2027-02-01"),
        ("01/02/2027", "01/15/2027", "2027-01-02"),
        ("01.02.2027", "2027-01-15", "2027-02-01"),
        ("02.01.2027", "01.15.2027", "2027-02-01"),
        ("2027-02-01 00:00:00", "1.2.27", "2027-02-01"),
    ):
        shown = await look(shop, rows.format(one, two))
        assert shown.plan is not None
        assert str(shown.plan.rows[0].price.since) == day  # type: ignore[union-attr]
    asked = await look(shop, rows.format("01/02/2027", "03-04-2027"))
    assert asked.plan is None
    assert asked.content.open_day == "01/02/2027"
    async with refusal(shop.db, ImportLapsed):
        await apply(shop, asked, actor=shop.buyer)
    said = await preview_again(shop.db, asked.token, shop.buyer, first="month")
    assert read(said)["MUT-M8"][2] == "2027-03-04"


async def test_an_amount_that_may_be_two_is_asked_back_unless_its_column_decides(
    shop: Warehouse,
) -> None:
    asked = await preview(shop, "sku;supplier;price\nMUT-M8;Acme;9,905\n", "prices")
    assert asked.plan is None
    assert asked.content.open_question == "9,905"
    said = await preview_again(shop.db, asked.token, shop.manager, mark=",")
    assert read(said)["MUT-M8"][0] == "9.905000"
    swiss = await look(shop, "sku;price\nMUT-M8;9.905\nWKZ-01;1'299.00\n")
    assert read(swiss)["MUT-M8"][0] == "9.905000"


async def test_items_are_found_by_barcodes_and_packs_are_priced_as_packs(shop: Warehouse) -> None:
    code = SetBarcode(item="MUT-M8", code="4006381333931", unit="box")
    await shop.run(set_barcode, code, shop.admin)
    shown = await look(shop, "ean;price;supplier\n4006381333931;12;bolt & co\n")
    assert shown.plan is not None
    (row,) = shown.plan.rows
    assert row.price is not None
    assert (row.price.sku, row.price.unit, row.price.supplier) == ("MUT-M8", "box", "Bolt & Co")


async def test_jumps_are_marked_by_what_holds_in_the_books_or_earlier_in_the_file(
    shop: Warehouse,
) -> None:
    await set_bolts(shop, "10", valid_from="2027-01-01")
    shown = await look(
        shop,
        "sku;price;from\nMUT-M8;14,5;2027-04-01\nMUT-M8;12;2027-02-01\nMUT-M8;12;2027-03-01\n",
    )
    assert shown.plan is not None
    prices = [row.price for row in shown.plan.rows if row.price is not None]
    assert [each.rise for each in prices] == [21, 20, 0]
    assert [each.is_jump for each in prices] == [True, False, False]
    outcomes = [row.outcome for row in shown.plan.rows]
    assert outcomes == [Outcome.CHANGED, Outcome.CHANGED, Outcome.UNCHANGED]


@pytest.mark.both_engines
async def test_an_import_is_taken_back_whole_and_the_books_prove_it(shop: Warehouse) -> None:
    await set_bolts(shop, "10", valid_from="2027-02-01")
    await set_bolts(shop, "9 USD", valid_from="2027-02-01", min_quantity="100")
    file = "sku,price,moq,from\nMUT-M8,11,,2027-02-01\nMUT-M8,none,100,2027-02-01\nWKZ-01,5,,\n"
    done = await apply(shop, await look(shop, file), actor=shop.buyer)
    await require_sound_books(shop.db)
    await shop.run(reverse_record, ReverseRecord(record=done.record), shop.buyer)
    await require_sound_books(shop.db)
    async with shop.db.look_up(shop.buyer) as books:
        rows = await books.supplier_prices.find_all()
    left = [(row.min_quantity, row.amount, row.currency) for row in rows]
    assert [tuple(map(str, row)) for row in left] == [
        ("0.000", "10.000000", "EUR"),
        ("100.000", "9.000000", "USD"),
    ]
    redone = await apply(shop, await look(shop, file), actor=shop.buyer)
    await set_bolts(shop, "12", valid_from="2027-02-01")
    async with refusal(shop.db, ImportNotReversible):
        await shop.run(reverse_record, ReverseRecord(record=redone.record), shop.buyer)
    await require_sound_books(shop.db)


async def test_a_preview_is_refused_once_a_price_that_it_showed_has_changed(
    shop: Warehouse, clock: Clock
) -> None:
    shown = await look(shop, "sku;price\nMUT-M8;5\nWKZ-01;7\n")
    clock.advance(hours=20)
    await set_bolts(shop, "4", valid_from="2020-01-01")
    async with refusal(shop.db, ImportOutdated) as refused_by:
        await apply(shop, shown, actor=shop.buyer)
    assert refused_by.value.named == ("MUT-M8 · Acme",)
    again = await look(shop, "sku;price\nMUT-M8;5\n")
    clock.advance(hours=20)
    assert (await apply(shop, again, actor=shop.buyer)).prices == 1


@pytest.mark.parametrize("write", [write_csv, write_workbook])
async def test_what_is_exported_comes_in_again_without_a_change(
    shop: Warehouse, write: type
) -> None:
    await apply(shop, await look(shop, EVERY_KIND_OF_NUMBER), actor=shop.buyer)
    await set_bolts(shop, "60.125", unit="box", min_quantity="1000,5")
    await set_bolts(shop, "none", valid_from="2027-06-01")
    await set_bolts(shop, "12345678901.123457", min_quantity="7")
    tables = {"prices": (TABLES["prices"].headings, read_table(shop.db, "prices", shop.buyer))}
    file = await write("prices", tables)
    assert file.rows == 9
    shown = await look(shop, file.content)
    assert shown.plan is not None
    assert {row.outcome for row in shown.plan.rows} == {Outcome.UNCHANGED}, refused(shown)


async def test_a_price_unit_is_a_hundred_or_a_thousand_and_a_break_is_a_least_quantity(
    shop: Warehouse,
) -> None:
    await shop.add_item("WIRE", unit="m")
    rows = "MUT-M8;12,90;C;1\nMUT-M8;11,90;C;500\nKAB-NYM;80;M;1\nWIRE;2;M;1\n"
    shown = await look(shop, f"Artikel;Preis;PE;Staffel ab\n{rows}")
    assert shown.plan is not None
    assert not any(refused(shown).values())
    prices = [row.price for row in shown.plan.rows if row.price is not None]
    assert [(str(each.after and each.after.amount), str(each.least)) for each in prices] == [
        ("0.129000", "1.000"),
        ("0.119000", "500.000"),
        ("0.080000", "1.000"),
        ("2.000000", "1.000"),
    ]


async def test_a_least_quantity_is_in_any_unit_of_the_item(shop: Warehouse) -> None:
    rows = "MUT-M8;5;box;500 pcs\nMUT-M8;1;;2 box\nMUT-M8;5;box;0.01 pcs\n"
    shown = await look(shop, f"sku;price;unit;moq\n{rows}")
    assert shown.plan is not None
    assert refused(shown) == {4: [("min_quantity", "0.01 pcs", "uneven")]}
    least = [row.price.least for row in shown.plan.rows if row.price is not None]
    assert least == [Decimal(10), Decimal(100)]

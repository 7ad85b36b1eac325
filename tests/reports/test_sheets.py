"""Files of any kind: read as a table or refused in a sentence, whatever is in them."""

import io
import random
import time
import zipfile
from functools import cache

import pytest
import xlsxwriter

from bot.domain.imports import Catalogue, UnknownColumns
from bot.domain.imports.content import Content
from bot.domain.imports.planning import plan_import
from bot.domain.sheets import EXACT, UnreadableSheet
from bot.domain.sheets.headings import find_columns
from bot.reports.sheets import read_sheet
from tests.conftest import SOAK

PLACES = 1000 if SOAK else 20
ROWS = [
    ["sku", "name", "unit", "place", "quantity", "reorder point"],
    ["SHR-M8", "Screw; long", "Stk", "Halle 1", "1.250", "200"],
    ["00123", 'He said "no"\nand left', "m", "Außenlager", "87,5", ""],
    ["=SUM(A1)", "Formula", "l", "Halle 1", "12,75", "none"],
]
TEXT = "\r\n".join(";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in ROWS)


@cache
def workbook() -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    sheet.write_number(4, 4, 1.125)
    book.close()
    return file.getvalue()


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
FILES = {name: TEXT.encode(name) for name in ENCODINGS}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_and_delimiters_are_found(encoding: str) -> None:
    for delimiter in ";,\t|":
        text = TEXT.replace('";"', f'"{delimiter}"')
        sheet = read_sheet(text.encode(encoding), "items")
        assert sheet.headings == tuple(ROWS[0])
        assert [row.cells[3] for row in sheet.rows] == ["Halle 1", "Außenlager", "Halle 1"]
        assert [row.line for row in sheet.rows] == [2, 3, 5]


def test_a_workbook_keeps_numbers_and_texts_apart() -> None:
    sheet = read_sheet(workbook(), "items")
    assert sheet.rows[1].cells[0] == "00123"
    assert sheet.rows[2].cells[0] == "=SUM(A1)"
    assert sheet.rows[3].cells[4] == f"1.125{EXACT}"


def test_numbers_of_a_workbook_have_the_digits_that_are_shown() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["sku", "quantity"])
    sheet.write_row(1, 0, ["A", 0.1 + 0.2])
    book.close()
    assert read_sheet(file.getvalue(), "bulk").rows[0].cells[1] == "0.3"


@pytest.mark.parametrize("value", ["#N/A", ""])
def test_a_cell_without_a_value_is_named_with_its_row_where_it_is_read(value: str) -> None:
    def made(column: int) -> bytes:
        file = io.BytesIO()
        book = xlsxwriter.Workbook(file, {"in_memory": True})
        sheet = book.add_worksheet()
        sheet.write_row(1, 1, ["sku", "quantity", "colour"])
        sheet.write_row(2, 1, ["A", 1, "red"])
        sheet.write_formula(2, column, "=1/0", None, value or 0)
        book.close()
        return file.getvalue() if value else without_values(file.getvalue())

    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(made(2), "bulk")
    assert (refused.value.reason, refused.value.limit) == ("no_value", 3)
    assert [row.line for row in read_sheet(made(3), "bulk").rows] == [3]


def without_values(content: bytes) -> bytes:
    """Return a workbook as programs write it that calculate nothing."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</f><v>0</v>", b"</f><v></v>"))
    return file.getvalue()


def test_titles_above_the_headings_are_skipped() -> None:
    titles = "Inventur Lager Nord;;;;\nStand: 1.2.2027;;;;\n\n"
    table = "Artikelnummer;Bezeichnung;Menge;Lagerort;Preis\nA;Nut;5;Halle 1;2\n"
    sheet = read_sheet((titles + table).encode(), "stock")
    assert (sheet.headings[0], sheet.rows[0].line) == ("Artikelnummer", 5)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.merge_range("A1:D1", "Stock of the north")
        page.write_row(2, 0, ["sku", "name", "quantity", "place"])
        page.write_row(3, 0, ["A", "Nut", 5, "Halle 1"])
    assert read_sheet(file.getvalue(), "stock").headings == ("sku", "name", "quantity", "place")


@pytest.mark.parametrize(
    ("kind", "table", "read"),
    [
        ("items", "Nr;Artikel;VPE;Einheit\n1;A;Karton;Stk", {"sku": "Artikel", "unit": "Einheit"}),
        ("items", "sku,Pack,UOM\nA,box,pcs", {"unit": "UOM"}),
        ("items", "sku;VPE\nA;100", {"sku": "sku", "unit": None}),
        ("items", "sku;VPE\nA;Karton", {"unit": "VPE"}),
        ("items", "Description,Part Name,Part #\nx,y,z", {"name": "Part Name"}),
        (
            "items",
            "Digi-Key Part #,Manufacturer Part Number,Description,Quantity\na,b,c,1",
            {"sku": "Manufacturer Part Number", "name": "Description"},
        ),
        ("items", "Mfr,Mfr. #:,Part No\nx,y,z", {"sku": "Part No"}),
        (
            "orders",
            "Mfr.,Mouser #:,Mfr. #:,Order Qty.,Price (EUR)\nx,a,b,1,2",
            {"supplier_part": "Mouser #:", "maker_part": "Mfr. #:", "amount": "Price (EUR)"},
        ),
        (
            "stock",
            "Nº de parte;Existencias;Almacén;Mínimo\nA;1;B;2",
            {"sku": "Nº de parte", "location": "Almacén", "reorder_point": "Mínimo"},
        ),
        (
            "stock",
            "Réf.;Libellé;Stock;Dépôt;Seuil d'alerte\nA;b;1;B;2",
            {"quantity": "Stock", "location": "Dépôt", "reorder_point": "Seuil d'alerte"},
        ),
        (
            "stock",
            "Part Number,Part Name,QOH,UOM,Bin Location\nA,b,1,pcs,B",
            {"quantity": "QOH", "location": "Bin Location", "name": "Part Name"},
        ),
        (
            "prices",
            "EAN/GTIN;Staffel ab;Preis\nA;10;1",
            {"barcode": "EAN/GTIN", "min_quantity": "Staffel ab"},
        ),
    ],
)
def test_the_best_heading_of_several_is_read(
    kind: str, table: str, read: dict[str, str | None]
) -> None:
    sheet = read_sheet(table.encode(), kind)
    found = find_columns(kind, sheet.headings, [row.cells for row in sheet.rows])
    named = {name: sheet.headings[place] for name, place in found.items()}
    assert {name: named.get(name) for name in read} == read


def test_what_excel_says_of_the_delimiter_is_no_heading() -> None:
    sheet = read_sheet(b"sep=;\r\nsku;name\r\nA;1,5;x\r\n", "items")
    assert sheet.headings == ("sku", "name")
    assert [(row.line, row.cells) for row in sheet.rows] == [(3, ("A", "1,5"))]


def test_a_quotation_mark_that_nothing_closes_is_named_with_its_line() -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(b'sku,name\nA,"3"" bolt"\nB,"nut\nC,pin\n', "items")
    assert (refused.value.reason, refused.value.limit) == ("open_quotes", 3)


def outcome_of(content: bytes) -> str:
    try:
        sheet = read_sheet(content, "items")
        read = Content.of("items", sheet)
    except (UnreadableSheet, UnknownColumns) as error:
        return type(error).__name__
    return "asked" if read.open_question else str(len(plan_import(read, Catalogue()).rows))


PIECES = (
    *(b'"', b";", b",", b"\t", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04"),
    *(b"=1+1", b"1e999", b"none", b"-0,0001", "\u202e\U000e0041".encode()),
    *(b";" * 1_000_000, b"9" * 5000),
)


@pytest.mark.parametrize("name", [*ENCODINGS, "xlsx"])
def test_a_file_changed_at_random_is_read_or_refused(name: str) -> None:
    whole = workbook() if name == "xlsx" else FILES[name]
    for seed in range(PLACES):
        dice = random.Random(seed)
        content = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(content))
            piece = dice.choice(PIECES) if dice.random() < 0.5 else dice.randbytes(3)
            content[at : at + dice.randint(0, 3)] = piece
        began = time.monotonic()
        assert outcome_of(bytes(content)), seed
        assert time.monotonic() - began < 10, seed


def bomb(sheet: bytes) -> bytes:
    """A workbook with this as its sheet."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for part in old.namelist():
            is_sheet = part.endswith("sheet1.xml")
            new.writestr(part, sheet if is_sheet else old.read(part))
    return file.getvalue()


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CELL = b"<c%s><v>1</v></c>"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        (HEAD + b" " * (33 << 20), "too_large_inside"),
        (HEAD + b"<row/>" * 5_000_000, "too_many_rows"),
        (
            HEAD
            + b'<row r="1">'
            + CELL % b' r="A1"'
            + b'</row><row r="1048576">'
            + CELL % b' r="XFD1048576"'
            + b"</row></sheetData></worksheet>",
            "too_many_rows",
        ),
        (
            HEAD
            + b"<row>"
            + b"<c/>" * 30_000
            + CELL % b""
            + b"</row>"
            + b"<row/>" * 200_000
            + b"<row>"
            + CELL % b""
            + b"</row></sheetData></worksheet>",
            "too_many_rows",
        ),
    ],
    ids=["bytes", "rows", "far cells", "cells without a place"],
)
def test_a_workbook_that_unpacks_to_too_much_is_refused(sheet: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(bomb(sheet), "items")
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"sku,name\n", "empty"),
        (b"sku" + b",x" * 300 + b"\n1\n", "too_many_columns"),
        (b"sku\n" + b"x\n" * 10_001, "too_many_rows"),
        (b"x" * (8 * 1024 * 1024 + 1), "too_large"),
        (b"\xd0\xcf\x11\xe0old", "old_workbook"),
        (b'sku,name\nA,"' + b"x" * 200_000, "broken"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(content, "items")
    assert refused.value.reason == reason

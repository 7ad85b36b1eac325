"""Text in files: what is imported again goes out as it is, and nothing else runs as a formula."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.sheets import read_sheet
from bot.reports.tables import Row, write_csv, write_report_csv, write_workbook

RUN = "=+-@\t\r"
TEXTS = st.builds(
    str.__add__, st.sampled_from(["", *RUN, "'", "'="]), st.text(st.characters(codec="utf-8"))
)
SKUS = TEXTS.filter(lambda text: text.isprintable() and text == text.strip() != "")


async def piece(rows: list[Row]) -> AsyncIterator[list[Row]]:
    yield rows


@given(SKUS)
def test_a_sku_comes_in_as_it_went_out(sku: str) -> None:
    for write in (write_csv, write_workbook):
        table = ("sku", "name", "unit", "place", "quantity"), piece([[sku, "A", "pcs", "A1", 1]])
        file = asyncio.run(write("stock", {"stock": table}))
        (row,) = read_sheet(file.content, "stock").rows
        assert row.cells[0] == sku


@pytest.mark.parametrize("name", ["moves", "orders", "requests", "low"])
@given(text=TEXTS)
def test_text_that_is_not_imported_runs_nothing(name: str, text: str) -> None:
    write = write_report_csv if name == "low" else write_csv
    file = asyncio.run(write(name, {name: (("note", "quantity"), piece([[text, -1]]))}))
    rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
    _, (note, quantity) = rows
    is_number = text.startswith("-") and text[1:].replace(".", "").isdecimal()
    assert is_number or not note.startswith(tuple(RUN))
    assert note.removeprefix("'") == text.removeprefix("'") or note == text
    assert quantity == "-1"

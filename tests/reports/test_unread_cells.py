"""Cells without a value are found wherever a sheet is divided, and no piece of it is large."""

import io
import zipfile

import pytest
import xlsxwriter

from bot.reports.unread_cells import _LONGEST_ROW, _PIECE, _read_rows, find_unread

ROWS = 4000


def workbook() -> bytes:
    """A sheet of half a megabyte in which each row has a formula that nothing has calculated."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for row in range(ROWS):
        sheet.write_row(row, 0, [f"SKU-{row}", "Hex bolt", row])
        sheet.write_formula(row, 3, "=A1*2", value="")
    book.close()
    return file.getvalue()


def test_every_cell_without_a_value_is_found_however_the_sheet_is_divided() -> None:
    content = workbook()
    assert find_unread(content) == {row: {4} for row in range(1, ROWS + 1)}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = parts.read("xl/worksheets/sheet1.xml")
    pieces = list(_read_rows(io.BytesIO(text)))
    assert b"".join(pieces) == text
    assert len(pieces) > 4
    assert max(map(len, pieces)) < 2 * _PIECE


@pytest.mark.parametrize("content", [b"", b"<row>" * 10, b"x" * (3 * _LONGEST_ROW)])
def test_a_sheet_without_rows_is_divided_as_well(content: bytes) -> None:
    pieces = list(_read_rows(io.BytesIO(content)))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= _LONGEST_ROW + 2 * _PIECE

"""Writing tables as files: workbooks and CSV, row by row, with the memory of a few rows.

What is text stays text: nothing that a spreadsheet would run, and no sign added to make it so
where the file can be imported unchanged. Reports, moves, orders and requests are not imported.
"""

import asyncio
import csv
import io
import re
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from bot.domain.imports import FileTooLarge
from bot.domain.quantities import format_quantity
from bot.services.export import safe_cell

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# What Discord takes of a server without boosts, less what surrounds it.
MAX_BYTES: Final = 10 * 1000 * 1000
# Behind this even a compressed file is too large, so that the rest is not written.
_MAX_WRITTEN_BYTES: Final = 200 * 1000 * 1000
_BYTE_ORDER_MARK: Final = "\ufeff"
_MAX_SHEET_ROWS: Final = 1_048_575
# Of these nothing comes in again, so that no sign is in the way.
_NEVER_IMPORTED: Final = frozenset({"moves", "orders", "requests"})
_THREE_DECIMALS: Final = re.compile(r"-?[0-9]+\.[0-9]{3}")

Cell = str | int | Decimal | None
Row = Sequence[Cell]
Tables = Mapping[str, tuple[Sequence[str], AsyncIterator[list[Row]]]]


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file, and how many rows it has besides headings."""

    name: str
    content: bytes
    rows: int


async def write_report_csv(name: str, tables: Tables) -> TableFile:
    """Write tables as CSV that is never imported: what a spreadsheet would run gets a sign."""
    return await write_csv(name, tables, write_cell=_safe_text)


async def write_csv(
    name: str, tables: Tables, *, write_cell: Callable[[Cell], str] | None = None
) -> TableFile:
    """Write tables as CSV; several, or one that Discord would not take, in a ZIP archive.

    Unless `write_cell` says otherwise, what can be imported is written as it is read. Raises
    FileTooLarge.
    """
    with tempfile.TemporaryDirectory(prefix="tallyman-") as folder:
        paths, rows = {}, 0
        for each, (headings, pieces) in tables.items():
            path = paths[each] = Path(folder) / f"{each}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                write = write_cell or (_safe_text if each in _NEVER_IMPORTED else _text)
                rows += await _write_rows(file, headings, pieces, write)
        ((first, path), *others) = paths.items()
        if not others and path.stat().st_size <= MAX_BYTES:
            return TableFile(f"{first}.csv", path.read_bytes(), rows)
        packed = await asyncio.to_thread(_pack, paths)
    return TableFile(f"{name}.zip", packed, rows)


async def _write_rows(
    file: IO[str],
    headings: Sequence[str],
    pieces: AsyncIterator[list[Row]],
    write_cell: Callable[[Cell], str],
) -> int:
    file.write(_BYTE_ORDER_MARK)
    table, rows = csv.writer(file), 0
    table.writerow(headings)
    async for piece in pieces:
        await asyncio.to_thread(
            table.writerows, ([write_cell(cell) for cell in row] for row in piece)
        )
        rows += len(piece)
        if file.tell() > _MAX_WRITTEN_BYTES:
            raise FileTooLarge
    return rows


def _pack(paths: Mapping[str, Path]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in paths.items():
            archive.write(path, f"{name}.csv")
    if packed.tell() > MAX_BYTES:
        raise FileTooLarge
    return packed.getvalue()


async def write_workbook(name: str, tables: Tables) -> TableFile:
    """Write tables as a workbook with a sheet each; raises FileTooLarge."""
    import xlsxwriter  # noqa: PLC0415  # rarely needed

    with tempfile.TemporaryDirectory(prefix="tallyman-") as folder:
        path, rows = Path(folder) / f"{name}.xlsx", 0
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": folder,
        }
        book = xlsxwriter.Workbook(str(path), options)
        bold = book.add_format({"bold": True})
        for each, (headings, pieces) in tables.items():
            sheet = book.add_worksheet(each)
            sheet.freeze_panes(1, 0)
            for place, heading in enumerate(headings):
                sheet.write_string(0, place, heading, bold)
            rows += await _fill(sheet, pieces)
        await asyncio.to_thread(book.close)
        if path.stat().st_size > MAX_BYTES:
            raise FileTooLarge
        content = await asyncio.to_thread(path.read_bytes)
    return TableFile(f"{name}.xlsx", content, rows)


async def _fill(sheet: "Worksheet", pieces: AsyncIterator[list[Row]]) -> int:
    at = 0
    async for piece in pieces:
        if at + len(piece) > _MAX_SHEET_ROWS:
            raise FileTooLarge
        await asyncio.to_thread(_fill_piece, sheet, at, piece)
        at += len(piece)
    return at


def _fill_piece(sheet: "Worksheet", at: int, piece: list[Row]) -> None:
    for number, row in enumerate(piece, at + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, Decimal | int):
                number_cell: Any = cell  # written as its digits; there is no float in between
                sheet.write_number(number, place, number_cell)
            elif cell:
                sheet.write_string(number, place, cell)


def _safe_text(cell: Cell) -> str:
    return format_quantity(cell) if isinstance(cell, Decimal) else safe_cell(cell)


def _text(cell: Cell) -> str:
    if not isinstance(cell, Decimal):
        return "" if cell is None else str(cell)
    text = format_quantity(cell)
    # `7.125` alone in its column would be asked back when the file is imported: is it 7125?
    return f"{text}0" if _THREE_DECIMALS.fullmatch(text) else text

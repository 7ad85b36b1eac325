"""Workbooks (XLSX) as tables of text: bounded before anything is parsed.

A workbook is a ZIP of XML: eight megabytes of it unpack to gigabytes, and one cell in the last
column of the last row makes a parser reserve memory for all cells before it.
"""

import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final

from bot.domain.quantities import format_quantity
from bot.domain.sheets import (
    EXACT,
    MAX_COLUMNS,
    MAX_ROWS,
    UNREAD,
    Judge,
    Sheet,
    UnreadableSheet,
    make_sheet,
)
from bot.reports.unread_cells import find_unread

_MAX_UNPACKED_BYTES: Final = 32 * 1024 * 1024
_MAX_PARTS: Final = 2000
_CHUNK_BYTES: Final = 256 * 1024
# A row or a cell, and where it says it is; without that it is behind the one before.
_PLACED: Final = re.compile(
    rb"<(?:\w{1,8}:)?(row|c)(?=[\s/>])(?:[^>]{0,100}?\sr=[\"']([A-Za-z]{0,4})([0-9]{1,8})[\"'])?"
)
_OVERLAP: Final = 200
# Empty cells that were formatted may be beyond the table.
_MAX_SPAN: Final = 4_000_000
# What no program writes takes seconds to look at: a sheet ends at this row, and its table sooner.
_MAX_HEIGHT: Final = 1 << 20
_MAX_CELLS: Final = MAX_ROWS * MAX_COLUMNS
_EXACT_PLACES: Final = 3


def read_workbook(content: bytes, judge: Judge) -> Sheet:
    """Read the first sheet of a workbook; raises UnreadableSheet."""
    try:
        _require_bounded(content)
        rows = _read_rows(content)
    except UnreadableSheet:
        raise
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableSheet("broken") from error
    return make_sheet(rows, judge)


def _read_rows(content: bytes) -> list[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  # rarely needed

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.height > 2 * MAX_ROWS or sheet.width > MAX_COLUMNS:
            return _refuse_size(sheet.height)
        found: list[tuple[int, list[str]]] = []
        # Rows above the table are among those that the parser yields, columns before it are not.
        first = 1 + (sheet.start[1] if sheet.start else 0)
        unread = find_unread(content)
        for number, row in enumerate(sheet.iter_rows(), 1):
            if any(cell != "" for cell in row):
                cells = [_text(cell) for cell in row]
                if number in unread:
                    cells = _mark(cells, {column - first for column in unread[number]})
                found.append((number, cells))
    except (CalamineError, RuntimeError, IndexError) as error:
        raise UnreadableSheet("broken") from error
    except BaseException as error:
        # The parser is not Python: what it does not foresee is a panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableSheet("broken") from None
    return found


def _mark(cells: list[str], places: set[int]) -> list[str]:
    return [UNREAD if place in places else cell for place, cell in enumerate(cells)]


def _refuse_size(height: int) -> list[tuple[int, list[str]]]:
    if height > MAX_ROWS:
        raise UnreadableSheet("too_many_rows", MAX_ROWS)
    raise UnreadableSheet("too_many_columns", MAX_COLUMNS)


def _text(cell: Any) -> str:
    """Return a cell as text; numbers as they are shown, never in powers of ten."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell)


def _number(cell: float) -> str:
    """Write a number as it is shown; one of three decimals is marked as what it is."""
    if not math.isfinite(cell):
        return ""
    # As many digits as a spreadsheet shows: 0.1 + 0.2 is 0.30000000000000004 in the file.
    text = format_quantity(Decimal(format(cell, ".15g")))
    return f"{text}{EXACT}" if len(text.partition(".")[2]) == _EXACT_PLACES else text


def _require_bounded(content: bytes) -> None:
    """Raise UnreadableSheet for what would unpack to too much, whatever its directory says."""
    left = _MAX_UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        infos = parts.infolist()
        if len(infos) > _MAX_PARTS:
            raise UnreadableSheet("too_large_inside")
        for info in infos:
            if info.flag_bits & 1:
                raise UnreadableSheet("broken")  # under a password
            is_sheet = "worksheets/" in info.filename
            left -= _unpack(content, info, left, is_sheet=is_sheet)


def _unpack(content: bytes, info: zipfile.ZipInfo, most: int, *, is_sheet: bool) -> int:
    """Unpack one part to its real end, keep none of it, and look at how far its cells reach."""
    header = content[info.header_offset : info.header_offset + 30]
    name_length = int.from_bytes(header[26:28], "little")
    extra_length = int.from_bytes(header[28:30], "little")
    begin = info.header_offset + 30 + name_length + extra_length
    packed = memoryview(content)[begin : begin + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        pieces = _cut(bytes(packed))
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflate(bytes(packed))
    else:
        raise UnreadableSheet("broken")
    size, reach = 0, _Reach()
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise UnreadableSheet("too_large_inside")
        if is_sheet:
            reach.look(piece)
    return size


def _cut(data: bytes) -> Iterator[bytes]:
    yield from (data[at : at + _CHUNK_BYTES] for at in range(0, len(data), _CHUNK_BYTES))


def _inflate(data: bytes) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(-15)
    while data and not unpacking.eof:
        yield unpacking.decompress(data, _CHUNK_BYTES)
        data = unpacking.unconsumed_tail


class _Reach:
    """How far the cells of a sheet reach, looked at piece by piece."""

    def __init__(self) -> None:
        self._rest = b""
        self._width = self._height = self._column = self._cells = 0

    def look(self, piece: bytes) -> None:
        """Look at the next piece; raises UnreadableSheet when the cells reach too far."""
        text = self._rest + piece
        for name, column, row in _PLACED.findall(text):
            if name == b"row":
                self._column = 0
                self._height = max(self._height + 1, int(row or 0))
            else:
                self._cells += 1
                self._column = max(self._column + 1, _number_of(column))
                self._width = max(self._width, self._column)
        if (
            self._width * self._height > _MAX_SPAN
            or self._height > _MAX_HEIGHT
            or self._cells > _MAX_CELLS
        ):
            raise UnreadableSheet(
                *(
                    ("too_many_rows", MAX_ROWS)
                    if self._height > MAX_ROWS
                    else ("too_many_columns", MAX_COLUMNS)
                )
            )
        self._rest = text[-_OVERLAP:]


def _number_of(column: bytes) -> int:
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number

"""Cells of a workbook that have no value: errors, and formulas that nothing has calculated yet.

The parser calls them empty. An empty quantity is left as it is in the books, so that a count would
be lost without a word.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Final

# Milliseconds for an expression.
_PIECE: Final = 1 << 16
# Without a namespace or in one. Where two pieces divide it, they are read as one.
_ROW_ENDS: Final = (b"</row>", b":row>")
# No program that people count with writes one; it may be cut in a cell.
_LONGEST_ROW: Final = 1 << 20

_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\s[^>]{0,300}?\bid=[\"']([^\"']+)[\"']")
_PART: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^>]{0,200}>")
_ID: Final = re.compile(rb"\bId=[\"']([^\"']+)[\"']")
_TARGET: Final = re.compile(rb"\bTarget=[\"']([^\"']+)[\"']")
_ERROR: Final = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]{0,200}\st=[\"']e[\"'])[^>]{0,200}?\br=[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"'][^>]{0,200}>"
)
_FORMULA: Final = re.compile(
    # A text of no length is a value.
    rb"<(?:\w+:)?c\s(?![^>]{0,200}\st=[\"']str[\"'])[^>]{0,200}?\br=[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"'][^>]{0,200}>\s{0,9}"
    rb"<(?:\w+:)?f\b[^>]{0,200}?(?:/>|>[^<]{0,9000}</(?:\w+:)?f>)\s{0,40}"
    rb"(?:(?:<(?:\w+:)?v\s{0,9}/>|<(?:\w+:)?v>\s{0,40}</(?:\w+:)?v>)\s{0,40})?</(?:\w+:)?c>"
)


def find_unread(content: bytes) -> dict[int, set[int]]:
    """Return the columns of cells without a value by their rows, both from one on.

    To be asked once the workbook was found to be bounded. What it cannot find it leaves out.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        name = _first_sheet(parts)
        if name not in parts.namelist():
            return {}
        with parts.open(name) as sheet:
            found = [cell for piece in _read_rows(sheet) for cell in _list_unread(piece)]
    columns: dict[int, set[int]] = {}
    for column, row in found:
        columns.setdefault(int(row), set()).add(_number_of(column))
    return columns


def _read_rows(sheet: IO[bytes]) -> Iterator[bytes]:
    """Yield a sheet in pieces that end with a row, so that no cell is in two of them.

    An expression keeps the interpreter to itself as long as it looks: over all of a large sheet
    that would be seconds, in which no one is answered.
    """
    left = b""
    while piece := sheet.read(_PIECE):
        end = _find_end(piece)
        if end or len(left) > _LONGEST_ROW:
            yield left + piece[:end]
            left = piece[end:]
        else:
            left += piece
    yield left


def _find_end(piece: bytes) -> int:
    """Return where the last row of a piece ends, 0 if none does."""
    found = (piece.rfind(each) + len(each) for each in _ROW_ENDS if each in piece)
    return max(found, default=0)


def _list_unread(piece: bytes) -> Iterator[tuple[bytes, bytes]]:
    yield from _ERROR.findall(piece)
    yield from _FORMULA.findall(piece)


def _first_sheet(parts: zipfile.ZipFile) -> str:
    names = set(parts.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    sheet = _SHEET.search(_read_beginning(parts, "xl/workbook.xml"))
    for part in _PART.findall(_read_beginning(parts, "xl/_rels/workbook.xml.rels")):
        known, target = _ID.search(part), _TARGET.search(part)
        if sheet and known and target and known[1] == sheet[1]:
            return posixpath.normpath(posixpath.join("/xl", target[1].decode(errors="replace")))[1:]
    return ""


def _read_beginning(parts: zipfile.ZipFile, name: str) -> bytes:
    with parts.open(name) as part:
        return part.read(_PIECE)


def _number_of(column: bytes) -> int:
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number

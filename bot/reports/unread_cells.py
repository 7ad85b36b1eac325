"""Cells of a workbook that have no value: errors, and formulas that nothing has calculated yet.

The parser calls them empty. An empty quantity is left as it is in the books, so that a count would
be lost without a word.
"""

import io
import posixpath
import re
import zipfile
from typing import Final

_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\s[^>]{0,300}?\bid=[\"']([^\"']+)[\"']")
_PART: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^>]{0,200}>")
_ID: Final = re.compile(rb"\bId=[\"']([^\"']+)[\"']")
_TARGET: Final = re.compile(rb"\bTarget=[\"']([^\"']+)[\"']")
_ERROR: Final = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]{0,200}\st=[\"']e[\"'])[^>]{0,200}?\br=[\"']([A-Za-z]+)([0-9]+)[\"'][^>]{0,200}>"
)
_FORMULA: Final = re.compile(
    # A text of no length is a value.
    rb"<(?:\w+:)?c\s(?![^>]{0,200}\st=[\"']str[\"'])[^>]{0,200}?\br=[\"']([A-Za-z]+)([0-9]+)[\"'][^>]{0,200}>\s{0,9}"
    rb"<(?:\w+:)?f\b[^>]{0,200}?(?:/>|>[^<]{0,9000}</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def find_unread(content: bytes) -> dict[int, set[int]]:
    """Return the columns of cells without a value by their rows, both from one on.

    To be asked once the workbook was found to be bounded. What it cannot find it leaves out.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        name = _first_sheet(parts)
        if name not in parts.namelist():
            return {}
        text = parts.read(name)
    found = [*_ERROR.findall(text), *_FORMULA.findall(text)]
    columns: dict[int, set[int]] = {}
    for column, row in found:
        columns.setdefault(int(row), set()).add(_number_of(column))
    return columns


def _first_sheet(parts: zipfile.ZipFile) -> str:
    names = set(parts.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    sheet = _SHEET.search(parts.read("xl/workbook.xml"))
    for part in _PART.findall(parts.read("xl/_rels/workbook.xml.rels")):
        known, target = _ID.search(part), _TARGET.search(part)
        if sheet and known and target and known[1] == sheet[1]:
            return posixpath.normpath(posixpath.join("/xl", target[1].decode(errors="replace")))[1:]
    return ""


def _number_of(column: bytes) -> int:
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number

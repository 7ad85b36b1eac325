"""Reading the files that people send: separated values or workbooks, by what they contain."""

from collections.abc import Sequence
from functools import partial

from bot.domain.sheets import MAX_FILE_BYTES, UNREAD, Sheet, UnreadableSheet
from bot.domain.sheets.headings import find_columns, has_needed
from bot.domain.sheets.separated import read_separated

_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


def read_sheet(content: bytes, kind: str) -> Sheet:
    """Read a file as a table; raises UnreadableSheet. It takes seconds: run it in a thread."""
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableSheet("too_large")
    if content.startswith(_OLD_WORKBOOK):
        raise UnreadableSheet("old_workbook")
    if content.startswith(_WORKBOOK):
        from bot.reports.workbooks import read_workbook  # noqa: PLC0415  # rarely needed

        return _require_values(read_workbook(content, partial(_judge, kind)), kind)
    return read_separated(content, partial(_judge, kind))


def _require_values(sheet: Sheet, kind: str) -> Sheet:
    """Refuse a cell without a value in a column that is read: what it should say would be lost."""
    read = find_columns(kind, sheet.headings, (row.cells for row in sheet.rows)).values()
    for row in sheet.rows:
        if any(row.cells[place] == UNREAD for place in read if place < len(row.cells)):
            raise UnreadableSheet("no_value", row.line)
    return sheet


def _judge(kind: str, headings: Sequence[str]) -> tuple[int, bool]:
    columns = find_columns(kind, headings)
    return len(columns), has_needed(kind, columns)

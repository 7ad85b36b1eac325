"""Text files of separated values: the encoding and the delimiter are found, not asked for."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from bot.domain.sheets import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TITLES,
    Judge,
    Sheet,
    UnreadableSheet,
    find_headings,
    make_sheet,
)

_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS: Final = ";,\t|"
_SNIFFED_BYTES: Final = 1000
_SNIFFED_LINES: Final = 2 * MAX_TITLES
_MAX_CELL: Final = 100_000
# What no table has: the beginning of a picture, a PDF or a program.
_NO_TEXT: Final = re.compile(r"\A%PDF-|[\x00-\x08\x0e-\x19\x1b-\x1f]")
# What Excel writes on top of a file, and reads, to say what divides it.
_TOLD: Final = re.compile(r"sep=([;,\t|])(?=\r?\n|\r)", re.IGNORECASE)
# Empty lines between rows are no rows, but a file of nothing else is not read to its end.
_MAX_LINES: Final = 4 * MAX_ROWS


def read_separated(content: bytes, judge: Judge) -> Sheet:
    """Read a file of separated values; `judge` says how many headings are known.

    The delimiter is the one by which most headings are known, then by which the first lines have
    the most columns. Raises UnreadableSheet.
    """
    text = decode(content)
    told = _TOLD.match(text)
    if told is not None:
        # Its line stays, empty: the lines of the file are counted.
        rest = text[told.end() :]
        return make_sheet(list(_rows(rest, told[1], _MAX_LINES, is_strict=True)), judge)
    ranked = [(*_judge(text, each, judge), each) for each in _DELIMITERS]
    delimiter = max(ranked, key=lambda one: one[:2])[2]
    return make_sheet(list(_rows(text, delimiter, _MAX_LINES, is_strict=True)), judge)


def decode(content: bytes) -> str:
    """Return a file's text: UTF-8, UTF-16 or, failing these, Windows-1252."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    encoding = encoding or _guess_utf_16(content[:_SNIFFED_BYTES])
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding is not None:
            raise UnreadableSheet("broken") from None
        # Every byte means something in Latin-1, the five that Windows-1252 leaves out as well.
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    if not text.strip("\x00 \t\r\n"):
        raise UnreadableSheet("empty")
    if _NO_TEXT.search(text[:_SNIFFED_BYTES]):
        raise UnreadableSheet("broken")
    return text


def _guess_utf_16(start: bytes) -> str | None:
    """Return the encoding of a text in which every other byte is zero."""
    if len(start) < 2 or not start.count(0):  # noqa: PLR2004  # the bytes of one character
        return None
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > half // 2 and odd > even:
        return "utf-16-le"
    return "utf-16-be" if even > half // 2 else None


def _judge(text: str, delimiter: str, judge: Judge) -> tuple[int, int]:
    try:
        rows = [cells for _, cells in _rows(text, delimiter, _SNIFFED_LINES, is_strict=False)]
    except UnreadableSheet:
        return 0, 0
    used = [cells for cells in rows if any(cells)]
    if not used:
        return 0, 0
    table = used[find_headings(used, judge) :]
    return judge(table[0])[0], min(len(cells) for cells in table)


def _rows(
    text: str, delimiter: str, limit: int, *, is_strict: bool
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the lines they begin in, as many as the limit allows."""
    # The limit of a field is the interpreter's; ours only ever raises it.
    csv.field_size_limit(max(csv.field_size_limit(), _MAX_CELL))
    # Empty lines behind the last one end in a cell that is still in quotes there.
    table = csv.reader(io.StringIO(f"{text}\n\n", newline=""), delimiter=delimiter)
    begins, count, last = 1, 0, 1
    cells: list[str] = []
    try:
        for cells in table:
            if is_strict and count == limit:
                raise UnreadableSheet("too_many_rows", MAX_ROWS)
            if count == limit:
                return
            if is_strict and len(cells) > MAX_COLUMNS and not any(cells[MAX_COLUMNS:]):
                cells = cells[:MAX_COLUMNS]  # noqa: PLW2901  # empty cells behind the last one
            if is_strict and len(cells) > MAX_COLUMNS:
                raise UnreadableSheet("too_many_columns", MAX_COLUMNS)
            yield begins, cells
            begins, count, last = table.line_num + 1, count + 1, begins
        if is_strict and cells:
            # It took in every row behind it.
            raise UnreadableSheet("open_quotes", last)
    except csv.Error as error:
        raise UnreadableSheet("broken") from error

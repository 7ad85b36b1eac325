"""Tables that people send and get: what is in a file, as text by row and column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.errors import RuleBroken

MAX_FILE_BYTES: Final = 8 * 1024 * 1024
MAX_ROWS: Final = 10_000
MAX_COLUMNS: Final = 200
# Behind a number that a workbook keeps as a number: it has a decimal point, and no group of it.
# The character is private to programs: no name that people keep may contain it.
EXACT: Final = "\ue000"
# In place of a cell that has a formula or an error in it, and no value.
UNREAD: Final = "\ue001"
# Says how many of a line's cells are headings that are known, and whether they are enough.
Judge = Callable[[Sequence[str]], tuple[int, bool]]
# Behind how many lines of titles headings are looked for.
MAX_TITLES: Final = 10


@dataclass(eq=False)
class UnreadableSheet(RuleBroken):
    """A file is no table that can be read; `reason` is a code that the translator knows."""

    reason: str
    limit: int = 0


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a file, with the line it begins in."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file contains: its headings, and the rows that have anything in them."""

    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def find_headings(first: Sequence[Sequence[str]], judge: Judge) -> int:
    """Return which of the first lines has the headings.

    It is the first one that has all that is needed, failing that the one of which most is known.
    """
    judged = [judge([cell.strip().rstrip(EXACT) for cell in cells]) for cells in first]
    whole = next((place for place, (_, is_whole) in enumerate(judged) if is_whole), None)
    return judged.index(max(judged)) if whole is None else whole


def make_sheet(lines: list[tuple[int, list[str]]], judge: Judge) -> Sheet:
    """Return the table below its headings; titles above them are no part of it."""
    used = [(line, cells) for line, cells in lines if any(cell.strip() for cell in cells)]
    if not used:
        raise UnreadableSheet("empty")
    (_, headings), *rows = used[find_headings([cells for _, cells in used[:MAX_TITLES]], judge) :]
    while headings and not headings[-1].strip():
        headings = headings[:-1]
    if len(headings) > MAX_COLUMNS:
        raise UnreadableSheet("too_many_columns", MAX_COLUMNS)
    if not rows:
        raise UnreadableSheet("empty")
    if len(rows) > MAX_ROWS:
        raise UnreadableSheet("too_many_rows", MAX_ROWS)
    width = len(headings)
    return Sheet(
        tuple(heading.strip().rstrip(EXACT) for heading in headings),
        tuple(SheetRow(line, tuple(cells[:width])) for line, cells in rows),
    )

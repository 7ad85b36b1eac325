"""What a file says, as a preview keeps it: its rows, and how they are to be read."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from struct import Struct
from typing import Any, Final

import orjson

from bot.domain.imports import UnknownColumns
from bot.domain.sheets import EXACT, Sheet, SheetRow
from bot.domain.sheets.amounts import HeadingParts, number_in, split_amount, split_heading
from bot.domain.sheets.days import First, find_first, find_month, is_open
from bot.domain.sheets.headings import (
    AMOUNT,
    EXPIRY,
    LOCATION,
    MIN_QUANTITY,
    PRICE_UNIT,
    QUANTITY,
    REORDER_POINT,
    REORDER_TARGET,
    SUPPLIER,
    VALID_FROM,
    find_columns,
    missing_of,
)
from bot.domain.sheets.numbers import Mark, find_mark, is_ambiguous

_NUMBERS: Final = (QUANTITY, REORDER_POINT, REORDER_TARGET, AMOUNT, PRICE_UNIT, MIN_QUANTITY)


@dataclass(frozen=True)
class Content:
    """The rows of a file of one kind, and what its sender says of them.

    `mark` divides decimals, `first` comes first in days; `supplier_id` is whose prices these are,
    and `today` the day from which prices hold that name none: that of the first preview.
    """

    kind: str
    sheet: Sheet
    mark: Mark | None = None
    first: First | None = None
    supplier_id: int = 0
    today: str = ""

    @classmethod
    def of(cls, kind: str, sheet: Sheet) -> "Content":
        """Return what a file says; raises UnknownColumns if it says nothing of this kind."""
        made = cls(kind, sheet)
        missing = missing_of(kind, made.columns)
        if missing:
            raise UnknownColumns(kind, missing, sheet.headings)
        return made

    @cached_property
    def columns(self) -> dict[str, int]:
        """Where each column that is read is."""
        found = find_columns(self.kind, self.sheet.headings, (r.cells for r in self.sheet.rows))
        if QUANTITY in found and LOCATION not in found and self.kind != "bulk":
            del found[QUANTITY]
        return found

    @cached_property
    def ignored(self) -> list[str]:
        """The headings that are not read."""
        read = set(self.columns.values())
        return [
            heading
            for place, heading in enumerate(self.sheet.headings)
            if heading and place not in read
        ]

    @cached_property
    def marks(self) -> dict[str, Mark | None]:
        """What divides the decimals of each column of numbers."""
        # What divides amounts divides the other numbers of a price list as well.
        shared = find_mark(self._numbers(AMOUNT)) if AMOUNT in self.columns else None
        return {
            name: find_mark(self._numbers(name)) or shared or self.mark
            for name in _NUMBERS
            if name in self.columns
        }

    @cached_property
    def open_question(self) -> str | None:
        """A number that can be read in two ways, which nothing in its column decides."""
        for name, mark in self.marks.items():
            if mark is None:
                cell = next((cell for cell in self._numbers(name) if is_ambiguous(cell)), None)
                if cell is not None:
                    return cell.strip()
        return None

    @cached_property
    def days_begin_with(self) -> First | None:
        """What comes first in the days of the file."""
        return find_first(self._days()) or self.first

    @cached_property
    def open_day(self) -> str | None:
        """A day that can be read in two ways, which nothing in its column decides."""
        if self.days_begin_with is not None:
            return None
        return next((cell.strip() for cell in self._days() if is_open(cell)), None)

    @cached_property
    def month(self) -> str | None:
        """A month in the column of last good days, which is read as its last day."""
        return find_month(self.column(EXPIRY)) if EXPIRY in self.columns else None

    @property
    def lacks_supplier(self) -> bool:
        """Whether these are prices, and nothing says whose."""
        return self.kind == "prices" and SUPPLIER not in self.columns and not self.supplier_id

    @property
    def is_open(self) -> bool:
        """Whether something has to be asked before the rows can be planned."""
        return self.lacks_supplier or bool(self.open_question or self.open_day)

    @cached_property
    def priced(self) -> HeadingParts:
        """What the heading of the amounts says of them."""
        return split_heading(self.sheet.headings[self.columns[AMOUNT]])

    def _numbers(self, name: str) -> Iterator[str]:
        """Yield the numbers of a column, without what prices have around them."""
        for cell in self.column(name):
            if name == AMOUNT:
                parts = split_amount(cell)
                yield cell if parts is None else parts.number
            else:
                yield number_in(cell) if name in {PRICE_UNIT, MIN_QUANTITY} else cell

    def _days(self) -> Iterator[str]:
        for name in (VALID_FROM, EXPIRY):
            if name in self.columns:
                yield from self.column(name)

    def column(self, name: str) -> Iterator[str]:
        """Yield the cells of a column."""
        place = self.columns[name]
        return (self.cell_at(row, place) for row in self.sheet.rows)

    def cell(self, row: SheetRow, name: str) -> str | None:
        """Return what a row has in a column; None if the file has no such column."""
        place = self.columns.get(name)
        return None if place is None else self.cell_at(row, place).strip()

    def text(self, row: SheetRow, name: str) -> str:
        """Return what a row has in a column of texts."""
        return (self.cell(row, name) or "").rstrip(EXACT)

    def reading(self, **said: Any) -> "Content":
        """Return the same rows, with something decided: `mark`, `first`, `supplier_id`, `today`."""
        return replace(self, **said)

    def only(self, lines: set[int]) -> "Content":
        """Return the rows that begin in these lines."""
        kept = tuple(row for row in self.sheet.rows if row.line in lines)
        return replace(self, sheet=replace(self.sheet, rows=kept))

    @staticmethod
    def cell_at(row: SheetRow, place: int) -> str:
        """Return a cell; rows may be shorter than the headings."""
        return row.cells[place] if place < len(row.cells) else ""


# In front of what is compressed, which never begins so: the ids that are kept for its new items.
_IDS: Final = Struct(">cqq")
_MARK: Final = b"\0"
# Nothing else runs while JSON is read: of so many rows a millisecond, of a file's twenty.
_ROWS_OF_A_PART: Final = 500
IDS_BYTES: Final = _IDS.size


def pack(content: Content, prints: list[str]) -> bytes:
    """Write a preview's content: the rows, and what each was planned to do."""
    sheet = content.sheet
    rows = [(row.line, row.cells) for row in sheet.rows]
    said = (content.first, content.supplier_id, content.today)
    parts: list[Any] = [(content.kind, content.mark, sheet.headings, [], [], said)]
    for start in range(0, max(len(rows), len(prints)), _ROWS_OF_A_PART):
        here = slice(start, start + _ROWS_OF_A_PART)
        parts.append((rows[here], prints[here]))
    return zlib.compress(b"\n".join(map(orjson.dumps, parts)), 1)


def unpack(packed: bytes) -> tuple[Content, list[str]]:
    """Read a preview's content back; those of earlier versions are all in the first part."""
    first, *parts = zlib.decompress(without_ids(packed)).split(b"\n")
    kind, mark, headings, rows, prints, *more = orjson.loads(first)
    for part in parts:
        further_rows, further_prints = orjson.loads(part)
        rows += further_rows
        prints += further_prints
    made = tuple(SheetRow(line, tuple(cells)) for line, cells in rows)
    said = more[0] if more else ()  # previews of earlier versions say no more
    return Content(kind, Sheet(tuple(headings), made), mark, *said), prints


def with_ids(packed: bytes, ids: range) -> bytes:
    """Return a preview's content with the ids that are kept for its new items."""
    return _IDS.pack(_MARK, ids.start, ids.stop) + without_ids(packed)


def without_ids(packed: bytes) -> bytes:
    """Return a preview's content alone."""
    return packed if find_ids(packed) is None else packed[IDS_BYTES:]


def find_ids(packed: bytes) -> range | None:
    """Return the ids that are kept for a preview's new items; its first bytes are enough."""
    if not packed.startswith(_MARK):
        return None
    _, start, stop = _IDS.unpack(packed[:IDS_BYTES])
    return range(start, stop)


def print_of(facts: Any) -> str:
    """Return a short fingerprint of what a row was based on and would do."""
    return sha256(repr(facts).encode()).hexdigest()[:16]

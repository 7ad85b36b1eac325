"""Rows of exported tables, and numbers that a workbook keeps exactly."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

Cell = str | int | Decimal | None
Row = Sequence[Cell]

# Programs for workbooks compute with binary numbers, which keep fifteen digits.
_KEPT_DIGITS: Final = 15


def exactly(amount: Decimal) -> Decimal | str:
    """Return a price as a number, or as text where a workbook would round its digits."""
    written = amount.normalize()
    return amount if len(written.as_tuple().digits) <= _KEPT_DIGITS else f"{written:f}"

"""What is printed: a title, facts, a table and its totals, all of it words already."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedColumn:
    """A column: its heading, its share of the width, and whether it has figures."""

    heading: str
    share: int
    is_figure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A document as it is printed; the same words make the same file."""

    file_name: str
    title: str
    facts: tuple[str, ...]
    columns: tuple[PrintedColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...]
    page: str  # "Page {number}"

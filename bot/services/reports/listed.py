"""Reports that are one list: its rows in their order, of which the first are shown."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias, get_type_hints

from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.services.exports.rows import exactly
from bot.services.reports.kinds import (
    SHOWN_ROWS,
    Cell,
    ReportKind,
    ReportScope,
    ReportType,
    Tables,
    declare_report,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a list is read with."""

    db: DatabaseService
    actor: Actor
    scope: ReportScope


# Yields the rows of a list, all of one type, in pieces and in the order in which they are shown.
ReadRows: TypeAlias = Callable[[Reading], AsyncIterator[list[Any]]]


@dataclass(kw_only=True)
class ListedReport:
    """A list in the making: its first rows, and how many there are of each sort."""

    kind: ReportKind
    scope: ReportScope
    headings: tuple[str, ...]
    read: ReadRows
    sort_of: Callable[[Any], str]
    kept_rows: int = SHOWN_ROWS
    rows: list[Any] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def tables(self, db: DatabaseService, actor: Actor) -> Tables:
        """Return the list as the one table of a file."""
        reading = Reading(db=db, actor=actor, scope=self.scope)
        return {self.kind: (self.headings, self._read(reading))}

    async def _read(self, reading: Reading) -> AsyncIterator[list[Sequence[Cell]]]:
        async for piece in self.read(reading):
            self.rows += piece[: self.kept_rows - len(self.rows)]
            self.counts.update(map(self.sort_of, piece))
            yield [tuple(map(_cell, row[: len(self.headings)])) for row in piece]


def declare_list(
    kind: ReportKind,
    row: Any,
    read: ReadRows,
    *,
    sort_of: Callable[[Any], str] = lambda _row: "all",
    needs: tuple[str, ...] = (),
    has_day: bool = False,
    has_location: bool = False,
    kept_rows: int = SHOWN_ROWS,
) -> ReportType:
    """Declare a report that is one list; the fields of its rows are the headings of its file.

    Ids come last: they are for buttons and not in the file. The message says how many rows there
    are of each sort; its picture shows those that are kept.
    """
    fields = [name for name in get_type_hints(row) if not name.endswith("_id")]
    headings = tuple(name.replace("_", " ") for name in fields)

    def begin(scope: ReportScope) -> ListedReport:
        return ListedReport(
            kind=kind,
            scope=scope,
            headings=headings,
            read=read,
            sort_of=sort_of,
            kept_rows=kept_rows,
        )

    return declare_report(
        ReportType(kind=kind, begin=begin, needs=needs, has_day=has_day, has_location=has_location)
    )


def _cell(value: Cell | date) -> Cell:
    if isinstance(value, date):
        return value.isoformat()
    return exactly(value) if isinstance(value, Decimal) else value

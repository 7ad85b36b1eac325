"""Kinds of reports: what each takes, who may ask for it, and what has to be known to read it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, Protocol, TypeAlias

from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.stock import Reference
from bot.errors import InvalidValue
from bot.services.valuation import MAY_REPORT, MAY_SEE_PRICES, FindLedger, Ledger, find_ledger

ReportKind = Literal[
    "stock", "value", "low", "expiry", "abc", "idle", "cover", "moves", "orders", "requests"
]
Cell = str | int | Decimal | None
Tables: TypeAlias = dict[str, tuple[Sequence[str], AsyncIterator[list[Sequence[Cell]]]]]
# The first rows, which the message shows; all of them are in the file.
SHOWN_ROWS: Final = 15


class ReportInMaking(Protocol):
    """A report that is read once, by what writes its file; the message is made behind that."""

    def tables(self, db: DatabaseService, actor: Actor) -> Tables:
        """Return it as tables of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScope:
    """How far and where a report looks, and what its reader may see."""

    ledger: Ledger
    sees_prices: bool
    warning_days: int
    """Within how many days lots are said to expire soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportType:
    """A kind of report: how it is begun, and what it takes beside `report.view`.

    `needs` are further permissions. What is not kept for the past takes no day, and what is of
    all locations at once takes no location.
    """

    kind: ReportKind
    begin: Callable[[ReportScope], ReportInMaking]
    needs: tuple[str, ...] = ()
    has_day: bool = False
    has_location: bool = False


REPORTS: Final[dict[str, ReportType]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindReport:
    """Ask what has to be known to make a report as of a day (empty: now), at a location or all.

    `until` is an instant instead of a day that was typed.
    """

    kind: ReportKind
    as_of: str = ""
    until: datetime | None = None
    location: Reference | None = None


def without_prices(scope: ReportScope) -> ReportScope:
    """Return what is known of a report for readers who may not see prices."""
    return replace(scope, sees_prices=False)


def declare_report(declared: ReportType) -> ReportType:
    """Declare a kind of report; its words are in `bot/views/reports`."""
    assert declared.kind not in REPORTS
    REPORTS[declared.kind] = declared
    return declared


@query(permission=MAY_REPORT, is_shown=False, is_heavy=True)
async def find_report(books: Books, request: FindReport) -> ReportScope:
    """Find what has to be known before a report is read; raises NotFound and InvalidValue."""
    declared = REPORTS[request.kind]
    for permission in declared.needs:
        books.require_permission(permission)
    if (request.as_of.strip() or request.until) and not declared.has_day:
        raise InvalidValue(field="as_of", reason="now_only", value=request.kind)
    if request.location is not None and not declared.has_location:
        raise InvalidValue(field="location", reason="all_locations", value=request.kind)
    # Whether prices are seen is asked above: the ledger is read for quantities as well.
    wanted = FindLedger(
        as_of=request.as_of, until=request.until, location=request.location, has_prices=False
    )
    return ReportScope(
        ledger=await find_ledger(books, wanted),
        sees_prices=books.rights.holds(MAY_SEE_PRICES),
        warning_days=(await books.guilds.require()).expiry_warning_days,
    )

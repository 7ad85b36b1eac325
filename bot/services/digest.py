"""The digest of a day: what expires soon, and what else has to be looked at.

Each part is found by a function of its noun, which registers it with `contributes`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from bot.database.controllers.lots import ListedLotRow
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.periods import day_of

MAX_ROWS: Final = 20

# Finds what a day's digest says of one kind of thing; None if there is nothing to say.
Contribution: TypeAlias = Callable[[Books, date], Awaitable[Any | None]]
_PARTS: Final[list[Contribution]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDigest:
    """Ask what today's digest says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFound:
    """What a guild's digest says of a day; nothing without parts."""

    day: date
    timezone: str
    parts: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringLots:
    """The first lots with stock that expire soon, or that have expired."""

    today: date
    days: int
    rows: tuple[ListedLotRow, ...]
    has_more: bool


def contributes(find: Contribution) -> Contribution:
    """Declare a part of digests; `bot/views/digest.py` has its words by its type."""
    _PARTS.append(find)
    return find


@query(permission="stock.view", is_shown=False)
async def get_digest(books: Books, request: GetDigest) -> DigestFound:
    """Find what the digest of today says."""
    del request
    zone = (await books.guilds.require()).timezone
    today = day_of(books.now, zone)
    found = [await find(books, today) for find in _PARTS]
    parts = tuple(part for part in found if part is not None)
    return DigestFound(day=today, timezone=zone, parts=parts)


@contributes
async def find_expiring(books: Books, today: date) -> ExpiringLots | None:
    """Find the lots with stock that expire within the guild's `expiry_warning_days`."""
    days = (await books.guilds.require()).expiry_warning_days
    until = today + timedelta(days=days)
    page = await books.lots.paginate_expiring(until=until, limit=MAX_ROWS)
    if not page.rows:
        return None
    return ExpiringLots(today=today, days=days, rows=tuple(page.rows), has_more=page.has_next)

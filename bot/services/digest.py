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
# Lots without a day expire on the very last one.
_LAST_DAY: Final = date.max - timedelta(days=1)

# Finds what a day's digest says of one kind of thing; None if there is nothing to say.
Contribution: TypeAlias = Callable[[Books, date], Awaitable[Any | None]]
# Finds the first day on which there will be something to say, if nothing is written until then.
FirstDay: TypeAlias = Callable[[Books, date], Awaitable[date | None]]
_PARTS: Final[list[tuple[Contribution, FirstDay]]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDigest:
    """Ask what today's digest says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFound:
    """What a guild's digest says of a day; nothing without parts.

    `next_day` is the first one after it with anything to say unless something is written; `record`
    is the last one that was seen.
    """

    day: date
    timezone: str
    parts: tuple[Any, ...]
    next_day: date | None
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringLots:
    """The first lots with stock that expire soon, or that have expired."""

    today: date
    days: int
    rows: tuple[ListedLotRow, ...]
    has_more: bool


def contributes(find_first_day: FirstDay) -> Callable[[Contribution], Contribution]:
    """Declare a part of digests; `bot/views/digest.py` has its words by its type."""

    def declare(find: Contribution) -> Contribution:
        _PARTS.append((find, find_first_day))
        return find

    return declare


@query(permission="stock.view", is_shown=False)
async def get_digest(books: Books, request: GetDigest) -> DigestFound:
    """Find what the digest of today says."""
    del request
    zone = (await books.guilds.require()).timezone
    today = day_of(books.now, zone)
    found = [await find(books, today) for find, _ in _PARTS]
    parts = tuple(part for part in found if part is not None)
    return DigestFound(
        day=today,
        timezone=zone,
        parts=parts,
        next_day=await _find_next_day(books, today, has_parts=bool(parts)),
        record=books.head.last_record,
    )


async def _find_next_day(books: Books, today: date, *, has_parts: bool) -> date | None:
    tomorrow = today + timedelta(days=1)
    if has_parts:
        return tomorrow
    found = [await find_first_day(books, today) for _, find_first_day in _PARTS]
    days = [day for day in found if day is not None]
    return max(tomorrow, min(days)) if days else None


async def find_first_expiring_day(books: Books, today: date) -> date | None:
    """Find the day on which the next lot with stock will be warned of."""
    del today
    page = await books.lots.paginate_expiring(until=_LAST_DAY, limit=1)
    expires_on = page.rows[0].expires_on if page.rows else None
    days = (await books.guilds.require()).expiry_warning_days
    return None if expires_on is None else expires_on - timedelta(days=days)


@contributes(find_first_expiring_day)
async def find_expiring(books: Books, today: date) -> ExpiringLots | None:
    """Find the lots with stock that expire within the guild's `expiry_warning_days`."""
    days = (await books.guilds.require()).expiry_warning_days
    until = today + timedelta(days=days)
    page = await books.lots.paginate_expiring(until=until, limit=MAX_ROWS)
    if not page.rows:
        return None
    return ExpiringLots(today=today, days=days, rows=tuple(page.rows), has_more=page.has_next)

"""Requests past their date, as the digest of a day says them."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.database.unit import Books
from bot.domain.documents import REQUEST
from bot.services.digest import MAX_ROWS, contributes


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRequest:
    """A request under way, and the day before today on which it was needed."""

    label: str
    wanted_for: str
    needed_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRequests:
    """The first requests that are late, the oldest first."""

    rows: tuple[LateRequest, ...]
    has_more: bool


async def find_first_late_day(books: Books, today: date) -> date | None:
    """Find the day after the first on which something is needed."""
    del today
    needed_by = await books.requests.find_first_needed()
    return None if needed_by is None else needed_by + timedelta(days=1)


@contributes(find_first_late_day)
async def find_late(books: Books, today: date) -> LateRequests | None:
    """Find the requests under way whose day is over."""
    found = await books.requests.list_late(today, limit=MAX_ROWS + 1)
    rows = tuple(
        LateRequest(
            label=REQUEST.label(request.number),
            wanted_for=request.wanted_for,
            needed_by=request.needed_by,
        )
        for request in found[:MAX_ROWS]
        if request.needed_by is not None
    )
    return LateRequests(rows=rows, has_more=len(found) > MAX_ROWS) if rows else None

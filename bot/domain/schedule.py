"""What is repeated for each guild, by kinds; `bot/jobs` has a handler for each."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.periods import day_of, start_of

DAY: Final = "day"
RECEIPTS: Final = "receipts"
ROLE_DEFAULTS: Final = "role_defaults"
DIGEST: Final = "digest"
# Reservations of requests that end by themselves.
LAPSES: Final = "lapses"
# Reports that are posted to channels.
REPORTS: Final = "reports"
# Days of tracked items; guilds without such have none.
ITEM_DAYS: Final = "item_days"
KINDS: Final = (DAY, RECEIPTS, ROLE_DEFAULTS, DIGEST, LAPSES, REPORTS, ITEM_DAYS)

_FIRST_ZONE: Final = "UTC"
_FIRST_RECEIPTS: Final = timedelta(days=7)


def first_due_times(now: datetime, zone: str = _FIRST_ZONE) -> dict[str, datetime]:
    """Return what is due for books that something is written in for the first time, and when.

    The same after they rested: in quiet books none of it is due.
    """
    midnight = next_midnight(now, zone)
    return {DAY: midnight, DIGEST: midnight, RECEIPTS: now + _FIRST_RECEIPTS}


def next_midnight(now: datetime, zone: str) -> datetime:
    """Return when the next day begins somewhere."""
    return start_of(day_of(now, zone) + timedelta(days=1), zone)

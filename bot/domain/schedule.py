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
KINDS: Final = (DAY, RECEIPTS, ROLE_DEFAULTS, DIGEST, LAPSES)

_FIRST_ZONE: Final = "UTC"
_FIRST_RECEIPTS: Final = timedelta(days=7)


def first_due_times(now: datetime) -> dict[str, datetime]:
    """Return what is due for new books, and when."""
    tomorrow = day_of(now, _FIRST_ZONE) + timedelta(days=1)
    midnight = start_of(tomorrow, _FIRST_ZONE)
    return {DAY: midnight, DIGEST: midnight, RECEIPTS: now + _FIRST_RECEIPTS}

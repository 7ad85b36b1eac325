"""Counts: their statuses and steps, what people type for them, and what their rules refuse."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.domain.approvals import Effect, StatusTable, Step
from bot.domain.documents import COUNT
from bot.domain.stock import InsufficientStock
from bot.errors import RuleBroken

COUNTING, SUBMITTED, POSTED, DISCARDED = COUNT.statuses
OPEN: Final = "open"
COUNTED: Final = "counted"
SKIPPED: Final = "skipped"

# As many as a form takes.
LINES_AT_ONCE: Final = 5
MAX_LINES: Final = 1000
MAX_FOUND: Final = 20

_BETWEEN: Final = re.compile(r"[\s,;]+")

# It does not bar from deciding: a line that is skipped stays as the books have it.
SKIP: Final = Step(past="skipped", effect=Effect.KEEP, leads={COUNTING: COUNTING})
ENTER: Final = Step(past="counted", effect=Effect.TOUCH, leads={COUNTING: COUNTING})
ADD: Final = Step(past="added", effect=Effect.TOUCH, leads={COUNTING: COUNTING})
SUBMIT: Final = Step(past="submitted", effect=Effect.ASK, leads=COUNT.steps["submit"])
POST: Final = Step(past="posted", effect=Effect.APPROVE, leads=COUNT.steps["post"])
# A post that found no difference moves nothing; reversed, it holds for nothing any longer.
CONFIRM: Final = Step(past="confirmed", effect=Effect.APPROVE, leads=COUNT.steps["post"])
RECOUNT: Final = Step(past="recounted", effect=Effect.REJECT, leads=COUNT.steps["recount"])
DISCARD: Final = Step(
    past="discarded", effect=Effect.REJECT, leads=COUNT.steps["discard"], needs_reason=True
)

COUNT_STATUSES: Final = StatusTable(
    (SKIP, ENTER, ADD, SUBMIT, POST, CONFIRM, RECOUNT, DISCARD),
    first=COUNTING,
    pending=SUBMITTED,
    opened="started",
    is_opener_barred=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """A line that was not taken as it was entered, and why.

    `reason` is one of: counted (meanwhile), later (it was counted later than this), moved (since
    the form was opened), barred (the actor counted it before), unreadable, ambiguous, unit, whole,
    serial (one is one piece).
    """

    line: int
    sku: str
    location: str
    reason: str
    typed: str = ""
    unit: str = ""
    by: int | None = None


@dataclass(eq=False)
class NothingToCount(RuleBroken):
    """There is no stock at a location or inside it, and no items were named."""

    location: str


@dataclass(eq=False)
class TooMuchToCount(RuleBroken):
    """More lines than a count may have."""

    location: str
    limit: int = MAX_LINES


@dataclass(eq=False)
class LinesOpen(RuleBroken):
    """Lines of the count are neither counted nor skipped."""

    label: str
    count: int


@dataclass(eq=False)
class CountUnderWay(RuleBroken):
    """The location is being counted already."""

    count_id: int
    label: str
    location: str


@dataclass(eq=False)
class NothingCounted(RuleBroken):
    """Every line of the count is skipped."""

    label: str


@dataclass(eq=False)
class NothingEntered(RuleBroken):
    """None of the lines was taken; `again` says why, for each that was filled in."""

    label: str
    count_id: int
    again: tuple[AskedAgain, ...] = ()


@dataclass(eq=False)
class NothingLeft(RuleBroken):
    """No line is left that this person could count; `is_barred` if others have to."""

    label: str
    is_barred: bool


@dataclass(eq=False)
class AlreadyListed(RuleBroken):
    """The item is on the list of the count already."""

    label: str
    item: str
    location: str


@dataclass(eq=False)
class OutsideCount(RuleBroken):
    """A location that is not inside the one that is counted."""

    location: str
    counted: str


@dataclass(eq=False)
class LotUnnamed(RuleBroken):
    """The item is tracked by lots, so a line needs one."""

    item: str


@dataclass(eq=False)
class CountBlocked(RuleBroken):
    """A difference cannot be posted: less is there by now than was missing."""

    label: str
    missing: Decimal
    cause: InsufficientStock = field(repr=False)


@dataclass(eq=False)
class CorrectedSince(RuleBroken):
    """A line was corrected after it was counted: posting its difference would correct it twice."""

    label: str
    item: str
    location: str
    record: int


def read_skus(typed: str) -> list[str]:
    """Read SKUs that are separated by commas, spaces, `;` or line breaks."""
    return list(dict.fromkeys(part for part in _BETWEEN.split(typed) if part))

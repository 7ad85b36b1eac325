"""What sync refuses beside what the operations themselves refuse, and the words for reasons."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.errors import (
    AlreadyExists,
    Conflict,
    InvalidValue,
    KeyReused,
    RuleBroken,
    TallymanError,
    TooManyAtOnce,
    Unavailable,
)

_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(eq=False)
class TooOld(RuleBroken):
    """It happened longer ago than the books look back to put it where it belongs."""

    age: timedelta
    limit: timedelta


@dataclass(eq=False)
class AlreadyApplied(Conflict):
    """What another operation is to take the place of has been done after all."""

    record: int


@dataclass(eq=False)
class AlreadyCorrected(Conflict):
    """Another correction took the place of the same operation before."""

    record: int


@dataclass(eq=False)
class ChangedSince(Conflict):
    """The fields were changed later than the device changed them; `record` did it last."""

    fields: tuple[str, ...]
    record: int


@dataclass(eq=False)
class MergedSince(RuleBroken):
    """Another item was merged into this one after it happened: it is not known what was counted."""

    sku: str


@dataclass(eq=False)
class NotDone(RuleBroken):
    """An operation that is not known of this table, such as deleting a move."""

    table: str
    verb: str


@dataclass(eq=False)
class RightsUnknown(Unavailable):
    """Discord cannot be asked what the member may do now."""


# What many refusals are to a device; the others have names of their own.
_REASONS: Final[tuple[tuple[tuple[type[TallymanError], ...], str], ...]] = (
    ((InvalidValue, NotDone), "invalid_data"),
    ((AlreadyExists,), "already_exists"),
    ((KeyReused,), "id_reused"),
    ((RightsUnknown,), "rights_unknown"),
    ((Unavailable, TooManyAtOnce), "busy"),
)


def reason_of(error: TallymanError) -> str:
    """Return the word of the protocol for why something was refused or held."""
    for kinds, reason in _REASONS:
        if isinstance(error, kinds):
            return reason
    return _WORDS.sub("_", type(error).__name__).lower()

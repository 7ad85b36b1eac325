"""Record numbers as people write them, and what the rules about records refuse."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.domain.names import key_of
from bot.errors import InvalidValue, NotFound, NothingToDo, RuleBroken

# More than any guild will ever have, and still exact in JSON and in Discord's options.
MAX_RECORD: Final = 2**53 - 1

_NUMBER: Final = re.compile(r"#?\s*([0-9]{1,16})")


def parse_record(typed: str) -> int:
    """Read `41` or `#41` in any width, as typed or copied; raises InvalidValue."""
    match = _NUMBER.fullmatch(key_of(typed))
    number = int(match[1]) if match else 0
    if not 0 < number <= MAX_RECORD:
        raise InvalidValue(field="record", reason="not_a_record", value=typed.strip()[:40])
    return number


@dataclass(eq=False)
class NotRepeatable(NotFound):
    """There is no request to repeat for the record `wanted`, or it belongs to another actor."""

    noun: str = field(default="record", init=False)


@dataclass(eq=False)
class DoneBefore(RuleBroken):
    """The same person did the same a moment ago and may not have seen the answer."""

    record: int
    age: timedelta


@dataclass(eq=False)
class ExportTooLarge(RuleBroken):
    """The file exceeds what Discord accepts; it was full at this record."""

    last: int


@dataclass(eq=False)
class DayClosed(NothingToDo):
    """The day is closed, or has no records."""

    noun: str = field(default="day", init=False)

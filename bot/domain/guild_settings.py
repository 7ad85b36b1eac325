"""A guild's settings: their names and what each accepts."""

import zoneinfo
from dataclasses import dataclass, field
from functools import cache

from bot.domain.money import CURRENCIES
from bot.errors import InvalidValue, NothingToDo, RuleBroken

SETTING_NAMES = ("default_role", "undo_minutes", "timezone", "currency")
MAX_UNDO_MINUTES = 7 * 24 * 60
NO_ROLE = "none"


def parse_undo_minutes(text: str) -> int:
    """Read the time in which people may take back their own records, in minutes."""
    typed = text.strip()
    if not typed.isascii() or not typed.isdigit() or int(typed[:9]) > MAX_UNDO_MINUTES:
        raise InvalidValue(field="undo_minutes", reason="not_minutes", limit=MAX_UNDO_MINUTES)
    return int(typed)


def parse_timezone(text: str) -> str:
    """Read a time zone's name, such as `Europe/Berlin`, in any case."""
    found = _timezones().get(text.strip().casefold())
    if found is None:
        raise InvalidValue(field="timezone", reason="unknown_timezone", value=text.strip()[:40])
    return found


def parse_currency(text: str) -> str:
    """Read an ISO 4217 code, in any case."""
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise InvalidValue(field="currency", reason="unknown_currency", value=text.strip()[:40])
    return code


def suggest_values(name: str, typed: str) -> list[str]:
    """Return what a setting's value may be meant to be, at most 25."""
    key = typed.strip().casefold()
    match name:
        case "timezone":
            values = sorted(_timezones().values())
        case "currency":
            values = sorted(CURRENCIES)
        case "undo_minutes":
            values = ["0", "5", "15", "60", "1440"]
        case _:
            values = []
    return [value for value in values if key in value.casefold()][:25]


@cache
def _timezones() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones()}


@dataclass(eq=False)
class SettingUnchanged(NothingToDo):
    """The setting already has this value; `label` is its name."""

    noun: str = field(default="setting", init=False)
    value: str


class SetUpUnchanged(RuleBroken):
    """Everything that `/setup` was given is as it was."""


@dataclass(eq=False)
class NotSetUp(RuleBroken):
    """The guild was never set up, so nothing can be done in it; `may_set_up` is the person."""

    may_set_up: bool

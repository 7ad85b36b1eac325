"""A guild's settings: their names and what each accepts."""

import zoneinfo
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Final

from bot.domain.money import CURRENCIES
from bot.domain.money_text import read_total
from bot.domain.quantities import PLACES, read_number
from bot.errors import Candidate, InvalidValue, NotFound, NothingToDo, RuleBroken

SETTING_NAMES = (
    "default_role",
    "undo_minutes",
    "timezone",
    "currency",
    "expiry_warning_days",
    "order_approval_above",
    "over_delivery_percent",
    "match_tolerance_percent",
)
MAX_PERCENT: Final = Decimal(100)
MAX_UNDO_MINUTES = 7 * 24 * 60
NO_ROLE = "none"

_MAX_TYPED = 40
_LEAST_TYPED = 3
_MAX_ALIKE = 5
# One letter wrong of five, not Dublin for Berlin.
_LIKENESS = 0.84


def parse_undo_minutes(text: str) -> int:
    """Read the time in which people may take back their own records, in minutes."""
    typed = text.strip()
    if not typed.isascii() or not typed.isdigit() or int(typed[:9]) > MAX_UNDO_MINUTES:
        raise InvalidValue(field="undo_minutes", reason="not_minutes", limit=MAX_UNDO_MINUTES)
    return int(typed)


def parse_timezone(text: str) -> str:
    """Read a time zone's name, such as `Europe/Berlin`, in any case; raises NotFound."""
    typed = text.strip()[:_MAX_TYPED]
    found = _timezones().get(_zone_key(typed))
    if not typed:
        raise InvalidValue(field="timezone", reason="empty")
    if found is None:
        alike = tuple(Candidate("time zone", 0, name) for name in _resembling(typed))
        raise NotFound("time zone", typed, alike)
    return found


def parse_currency(text: str) -> str:
    """Read an ISO 4217 code, in any case."""
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise InvalidValue(field="currency", reason="unknown_currency", value=text.strip()[:40])
    return code


def parse_percent(name: str, text: str) -> Decimal:
    """Read a share in percent, to three places: `5`, `2.5 %`."""
    read = read_number(text, field=name, allow_zero=True, places=PLACES, limit=MAX_PERCENT)
    if read.unit not in {"", "%"}:
        raise InvalidValue(field=name, reason="not_a_number", value=text.strip()[:_MAX_TYPED])
    return read.value


def parse_approval_limit(text: str, currency: str) -> Decimal:
    """Read up to which total, in the guild's currency, orders need no approval."""
    total = read_total(text, currency, field="order_approval_above")
    if total.currency != currency:
        raise InvalidValue(field="order_approval_above", reason="other_currency", value=currency)
    return total.amount


def suggest_values(name: str, typed: str) -> list[str]:
    """Return what a setting's value may be meant to be, at most 25."""
    key = typed.strip().casefold()
    match name:
        case "timezone":
            key, values = _zone_key(typed), sorted(_timezones().values())
        case "currency":
            values = sorted(CURRENCIES)
        case "undo_minutes":
            values = ["0", "5", "15", "60", "1440"]
        case "order_approval_above":
            values = ["0", "100", "500", "1000"]
        case "over_delivery_percent" | "match_tolerance_percent":
            values = ["0", "1", "2", "5", "10"]
        case "expiry_warning_days":
            values = ["0", "7", "14", "30", "60", "90"]
        case _:
            values = []
    return [value for value in values if key in value.casefold()][:25]


@cache
def _timezones() -> dict[str, str]:
    return {_zone_key(name): name for name in zoneinfo.available_timezones()}


def _zone_key(typed: str) -> str:
    return typed.strip().casefold().replace(" ", "_")


def _resembling(typed: str) -> list[str]:
    """Return time zones that have what was typed in them, or else are spelt nearly so."""
    zones, key = _timezones(), _zone_key(typed)
    if len(key) < _LEAST_TYPED:
        return []
    inside = sorted(name for known, name in zones.items() if key in known)
    cities = {known.rpartition("/")[2]: name for known, name in sorted(zones.items())}
    alike = [
        names[each]
        for names in (zones, cities)
        for each in get_close_matches(key, names, cutoff=_LIKENESS)
    ]
    return (inside or list(dict.fromkeys(alike)))[:_MAX_ALIKE]


@dataclass(eq=False)
class SettingUnchanged(NothingToDo):
    """The setting already has this value; `label` is its name."""

    noun: str = field(default="setting", init=False)
    value: str


@dataclass(eq=False)
class RatesInUse(RuleBroken):
    """Orders that goods may still come in of have rates to the currency of the books."""

    currency: str
    orders: tuple[str, ...]


class SetUpUnchanged(RuleBroken):
    """Everything that `/setup` was given is as it was."""


@dataclass(eq=False)
class NotSetUp(RuleBroken):
    """The guild was never set up, so nothing can be done in it; `may_set_up` is the person."""

    may_set_up: bool

"""A guild's settings: their names and what each accepts."""

import zoneinfo
from dataclasses import dataclass, field
from functools import cache

from bot.errors import InvalidValue, NothingToDo, RuleBroken

SETTING_NAMES = ("default_role", "undo_minutes", "timezone", "currency")
MAX_UNDO_MINUTES = 7 * 24 * 60
NO_ROLE = "none"

# The active codes of ISO 4217 that stand for money (no metals, no test codes).
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())


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


@dataclass(eq=False)
class ChannelsForbidden(RuleBroken):
    """Discord does not let the bot create the missing channel."""

    channel: str

"""Contact data: what is accepted, and how little of it is shown to those who need not know it."""

import re
from typing import Final

from bot.domain.names import clean_text
from bot.errors import InvalidValue

MAX_EMAIL: Final = 254
MAX_PHONE: Final = 40
MAX_TAX_ID: Final = 40

# What stands for an encrypted value whose key is missing, in rows and records: no address, number
# or tax id looks like it.
UNREADABLE: Final = "(unreadable)"
# And for one that its own key does not decrypt, where rows are verified.
DAMAGED: Final = "(damaged)"

_STAND_INS: Final = {UNREADABLE, DAMAGED}

_MASK: Final = "***"
_LEAST_DIGITS: Final = 4
_SHORTEST: Final = 5  # of less, two characters would give away too much

# The shape alone, in any script: whether mail arrives is only known once it is sent, and no list
# of countries' numbers is whole. Beyond ASCII any sign counts as a letter, since some are marks;
# the others are named, because Python takes a tenth of a second to compile a class of the rest.
_NO_LETTER = r"\x00-,./:-@\[-`{-\u00a0"
_LABEL = rf"[^{_NO_LETTER}\-](?:[^{_NO_LETTER}]{{0,61}}[^{_NO_LETTER}\-])?"
_EMAIL = re.compile(rf"[^\s@<>(),;:\\\"\[\]]{{1,64}}@(?:{_LABEL}\.)+(?![0-9]){_LABEL}(?<![@.].)")
_PHONE = re.compile(r"[+*(\d][\w ()/.,;:#*\-\u2010-\u2015]{2,39}#?")
_TAX_ID = re.compile(r"[\w&][\w ./&+*:\-\u2010-\u2015]{2,38}[^\W_]")


def check_email(text: str) -> str:
    """Return an e-mail address as typed; raises InvalidValue if it does not look like one."""
    clean = clean_text(text, field="email", limit=MAX_EMAIL, required=True)
    local = clean.partition("@")[0]
    is_dotted_badly = local.startswith(".") or local.endswith(".") or ".." in clean
    if is_dotted_badly or not _EMAIL.fullmatch(clean):
        raise InvalidValue(field="email", reason="not_an_email")
    return clean


def check_phone(text: str) -> str:
    """Return a phone number as typed; raises InvalidValue if it does not look like one."""
    clean = clean_text(text, field="phone", limit=MAX_PHONE, required=True)
    # Companies write letters for digits, and name what a call asks for: 1-800-BOLTS, ext. 12.
    if not _PHONE.fullmatch(clean) or sum(map(str.isdecimal, clean)) < _LEAST_DIGITS:
        raise InvalidValue(field="phone", reason="not_a_phone")
    return clean


def check_tax_id(text: str) -> str:
    """Return a tax id as typed; raises InvalidValue if it does not look like any country's."""
    clean = clean_text(text, field="tax_id", limit=MAX_TAX_ID, required=True)
    if not _TAX_ID.fullmatch(clean) or "_" in clean or not re.search(r"\d", clean):
        raise InvalidValue(field="tax_id", reason="not_a_tax_id")
    return clean


def mask_email(email: str) -> str:
    """Return what distinguishes two addresses and is no address: `a***@e***.com`."""
    if email in _STAND_INS:
        return email
    local, _, domain = email.rpartition("@")
    name, _, ending = domain.rpartition(".")
    if not local or not name or not ending:
        return _MASK if email else ""
    return f"{local[0]}{_MASK}@{name[0]}{_MASK}.{ending}"


def mask_phone(phone: str) -> str:
    """Return the last two digits."""
    if phone in _STAND_INS:
        return phone
    digits = "".join(character for character in phone if character.isdigit())
    return _mask(digits) if phone else ""


def mask_tax_id(tax_id: str) -> str:
    """Return the last two characters."""
    if tax_id in _STAND_INS:
        return tax_id
    return _mask(tax_id.strip()) if tax_id else ""


def _mask(text: str) -> str:
    return _MASK + text[-2:] if len(text) >= _SHORTEST else _MASK

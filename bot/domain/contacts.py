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

_MASK: Final = "***"
_SHORTEST: Final = 5  # of less, two characters would give away too much

# The shape alone: whether mail arrives is only known once it is sent.
_EMAIL = re.compile(
    r"[^\s@<>(),;:\\\"\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_PHONE = re.compile(r"\+?[0-9(][0-9 ()/.\-]{2,30}[0-9](?: ?(?:x|ext\.?) ?[0-9]{1,6})?", re.ASCII)
_TAX_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./\-]{2,38})[A-Za-z0-9]", re.ASCII)


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
    if not _PHONE.fullmatch(clean):
        raise InvalidValue(field="phone", reason="not_a_phone")
    return clean


def check_tax_id(text: str) -> str:
    """Return a tax id as typed; raises InvalidValue if it does not look like any country's."""
    clean = clean_text(text, field="tax_id", limit=MAX_TAX_ID, required=True)
    if not _TAX_ID.fullmatch(clean) or not re.search(r"[0-9]", clean):
        raise InvalidValue(field="tax_id", reason="not_a_tax_id")
    return clean


def mask_email(email: str) -> str:
    """Return what distinguishes two addresses and is no address: `a***@e***.com`."""
    if email == UNREADABLE:
        return email
    local, _, domain = email.rpartition("@")
    name, _, ending = domain.rpartition(".")
    if not local or not name or not ending:
        return _MASK if email else ""
    return f"{local[0]}{_MASK}@{name[0]}{_MASK}.{ending}"


def mask_phone(phone: str) -> str:
    """Return the last two digits."""
    if phone == UNREADABLE:
        return phone
    digits = "".join(character for character in phone if character.isdigit())
    return _mask(digits) if phone else ""


def mask_tax_id(tax_id: str) -> str:
    """Return the last two characters."""
    if tax_id == UNREADABLE:
        return tax_id
    return _mask(tax_id.strip()) if tax_id else ""


def _mask(text: str) -> str:
    return _MASK + text[-2:] if len(text) >= _SHORTEST else _MASK

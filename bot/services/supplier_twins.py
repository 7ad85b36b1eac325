"""Suppliers that may be one: the same tax id or e-mail address, or nearly the same name.

Contact data is encrypted, so that the database cannot compare it: the suppliers are read and
compared here, a bounded number, and only for those that someone proposes or decides about.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.database.unit import Books
from bot.domain.contacts import UNREADABLE
from bot.domain.words import fold, squeeze
from bot.services.approvals.kinds import Resemblance

MAX_COMPARED: Final = 2000
_ROWS_AT_ONCE: Final = 250
_ALIKE: Final = 0.88
_COUNTRY: Final = re.compile("[a-z]{2}")
# What a company is in law says nothing about which one it is.
_LEGAL_FORM: Final = re.compile(
    "ab|ag|aps|as|bv|co|company|corp|corporation|doo|ek|gmbh|inc|incorporated|kft|kg|limited|llc|"
    "llp|ltd|mbh|nv|ohg|oy|oyj|plc|pte|pty|sa|sarl|sas|sl|spa|spol|srl|sro|ug"
)


@dataclass(frozen=True, slots=True)
class _Traits:
    """What tells one supplier from another."""

    tax_id: str
    email: str
    name: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "_Traits":
        words = [
            word for word in fold(row["name"]).split() if not _LEGAL_FORM.fullmatch(squeeze(word))
        ]
        readable = {
            name: "" if row[name] == UNREADABLE else row[name] or "" for name in ("tax_id", "email")
        }
        tax_id, email = squeeze(fold(readable["tax_id"])), fold(readable["email"])
        return cls(tax_id, email, squeeze("".join(words)))

    def resembles(self, other: "_Traits") -> str:
        """Return by what two suppliers resemble each other, nothing if they do not."""
        if _is_same_number(self.tax_id, other.tax_id):
            return "tax id"
        if self.email and self.email == other.email:
            return "email"
        return "name" if _is_nearly(self.name, other.name) else ""


async def find_twins(books: Books, ids: Iterable[int]) -> dict[int, tuple[Resemblance, ...]]:
    """Return the other suppliers that each of some may be, the surest first."""
    wanted = set(ids)
    traits: dict[int, tuple[str, _Traits]] = {}
    after: tuple[int, ...] | None = None
    while wanted and len(traits) < MAX_COMPARED:
        rows = await books.suppliers.page_stored(after, _ROWS_AT_ONCE)
        traits |= {row["id"]: (row["name"], _Traits.of(row)) for row in rows}
        if len(rows) < _ROWS_AT_ONCE:
            break
        after = (rows[-1]["id"],)
    for row in (await books.suppliers.get_many(sorted(wanted - traits.keys()))).values():
        traits[row.id] = (row.name, _Traits.of(row.model_dump()))
    return {each: _twins_of(each, traits) for each in wanted & traits.keys()}


async def twins_of(books: Books, supplier_id: int) -> tuple[Resemblance, ...]:
    """Return the other suppliers that this one may be, the surest first."""
    return (await find_twins(books, [supplier_id])).get(supplier_id, ())


def _twins_of(
    supplier_id: int, traits: Mapping[int, tuple[str, _Traits]]
) -> tuple[Resemblance, ...]:
    own = traits[supplier_id][1]
    found = [
        Resemblance(by, name)
        for other, (name, its) in traits.items()
        if other != supplier_id and (by := own.resembles(its))
    ]
    return tuple(sorted(found, key=lambda each: _ORDER.index(each.by)))


_ORDER: Final = ("tax id", "email", "name")


def _is_same_number(one: str, other: str) -> bool:
    """Return True if two tax ids are equal, one of them perhaps without its country."""
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    prefix = long.removesuffix(short)
    return not prefix or bool(_COUNTRY.fullmatch(prefix))


def _is_nearly(one: str, other: str) -> bool:
    if not one or not other:
        return False
    if one == other:
        return True
    matcher = difflib.SequenceMatcher(a=one, b=other, autojunk=False)
    return (
        matcher.real_quick_ratio() > _ALIKE
        and matcher.quick_ratio() > _ALIKE
        and matcher.ratio() > _ALIKE
    )

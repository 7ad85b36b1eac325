"""Cursors of the feed: how far a device has come, and of which books.

`r.<record>.<hash>` has all up to a record; `s.<record>.<hash>.<table>.<key>` is on its way through
a first copy that began at that record. The hash is the chain's at the record: the books of another
guild, or those that a backup was restored into, have another one there.
"""

import base64
import re
from dataclasses import dataclass
from typing import Final, get_args

from bot.domain.sync import PullTable

TABLES: Final[tuple[PullTable, ...]] = get_args(PullTable)
_HASH_DIGITS: Final = 16
_CURSOR: Final = re.compile(
    r"(?:r|s)\.([0-9]{1,18})\.([0-9a-f]{16})(?:\.([a-z_]+)\.([A-Za-z0-9_-]{0,2000}))?", re.ASCII
)
_MAX_LENGTH: Final = 2100


@dataclass(frozen=True, slots=True)
class Cursor:
    """All up to a record, or with a table: a first copy up to the key of a row of it."""

    record: int
    hash: str
    table: PullTable | None = None
    key: str = ""

    @classmethod
    def at(cls, record: int, link: str) -> "Cursor":
        """Return the cursor of all up to a record, whose hash in the chain is given."""
        return cls(record, link[:_HASH_DIGITS])

    def is_in(self, link: str) -> bool:
        """Whether a chain has this hash at the cursor's record."""
        return link[:_HASH_DIGITS] == self.hash

    def write(self) -> str:
        """Return the cursor as devices keep it."""
        if self.table is None:
            return f"r.{self.record}.{self.hash}"
        key = base64.urlsafe_b64encode(self.key.encode()).decode().rstrip("=")
        return f"s.{self.record}.{self.hash}.{self.table}.{key}"


def read_cursor(text: str) -> Cursor | None:
    """Read a cursor; None for what is none."""
    match = _CURSOR.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if match is None or (text[0] == "s") != (match[3] is not None):
        return None
    record, link = int(match[1]), match[2]
    if match[3] is None:
        return Cursor(record, link)
    table = next((each for each in TABLES if each == match[3]), None)
    key = _read_key(table, match[4]) if table is not None else None
    return None if key is None else Cursor(record, link, table, key)


def _read_key(table: PullTable, text: str) -> str | None:
    """Return the key of a row of a table; None if no row can have it."""
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True).decode()
    except ValueError:
        return None
    if not key:
        return key
    if table == "barcodes":
        return key if "\0" not in key else None
    parts = 3 if table == "stock_levels" else 1
    return key if re.fullmatch(rf"[0-9]{{1,18}}(/[0-9]{{1,18}}){{{parts - 1}}}", key) else None

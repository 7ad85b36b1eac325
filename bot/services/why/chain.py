"""What is known of the chain without verifying it: how far the newest closed day vouches for it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.database.controllers.audit import FURTHEST
from bot.database.unit import Books
from bot.domain.anchors import DAY_CLOSED, SIGNATURE
from bot.domain.record_detail import RecordDetail

_HEAD: Final = re.compile(r"\(#(\d+)\)$")


@dataclass(frozen=True, slots=True)
class ChainState:
    """The books' newest record, and the newest day line: its record, its day and the chain's head.

    Without a closed day `closed` is None.
    """

    last_record: int
    closed: int | None = None
    day: str = ""
    head: int = 0
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """When the books were verified last, how far, and whether they were intact."""

    last_record: int
    at: datetime
    is_intact: bool


async def read_chain_state(books: Books) -> ChainState:
    """Return how far the newest day line vouches for the records; one step in an index."""
    found = await books.audit.search(above=-1, below=FURTHEST, limit=1, action=DAY_CLOSED)
    last = books.head.last_record
    if not found:
        return ChainState(last)
    changes = {each.field: each.after for each in RecordDetail.load(found[0].detail).changes}
    head = _HEAD.search(changes.get("chain", ""))
    return ChainState(
        last,
        closed=found[0].record,
        day=found[0].subject,
        head=int(head[1]) if head else 0,
        is_signed=bool(changes.get(SIGNATURE)),
    )

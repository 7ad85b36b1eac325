"""What is made of an import's rows before its guild's turn: new items, and moves of counts.

It takes nothing that the books could change meanwhile but what `apply_import` looks at. All of it
is made on the loop, a few rows at a time: beside a thread that computes, others wait longer.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from bot.domain.imports.contents import Pair, pair_of
from bot.domain.imports.plan import PlannedRow
from bot.domain.lookalikes import plain_code, skeleton_of
from bot.domain.names import key_of
from bot.domain.posting import Posting
from bot.domain.stock import LineEnd
from bot.services.imports.count_lines import Count, list_counts, new_line

T = TypeVar("T")
# Of so many it is a millisecond, then others have their turn.
MADE_AT_ONCE: Final = 10


@dataclass(slots=True)
class MadeItems:
    """New items as they are written, with their ids by the keys of their SKUs."""

    ids: dict[str, int] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)
    # What their names look like, where that is not what they are.
    looks: set[tuple[str, int]] = field(default_factory=set)
    # What the record says of each.
    pairs: dict[int, Pair] = field(default_factory=dict)

    def add(self, row: PlannedRow, number: int) -> None:
        """Make one item with an id."""
        self.ids[row.key] = number
        self.columns.append(columns_of(row) | {"id": number})
        self.looks |= {(look, number) for look in _looks(row)}
        self.pairs[number] = pair_of(None, row.after)


@dataclass(frozen=True, slots=True)
class MadeRows:
    """The rows that one mode writes, and what was made of them; no posting if that has to wait."""

    mode: str
    rows: list[PlannedRow]
    changed: list[PlannedRow]
    items: MadeItems
    posting: Posting | None


async def make_rows(
    mode: str,
    rows: list[PlannedRow],
    changed: list[PlannedRow],
    kept: Mapping[str, int],
    ends: Mapping[int, LineEnd],
) -> MadeRows:
    """Make what can be made ahead; `kept` are the ids of new items, `ends` locations by id."""
    items = MadeItems()
    new = [row for row in changed if row.before is None]
    await _in_turns(new, lambda row: items.add(row, kept[row.key]))
    posting = None
    if not any(_has_to_wait(row) for row in rows):
        posting = Posting()
        counts = await asyncio.to_thread(list_counts, rows, {}, {})
        await _in_turns(counts, lambda each: _post(posting, each, items.ids, ends))
    return MadeRows(mode, rows, changed, items, posting)


def _has_to_wait(row: PlannedRow) -> bool:
    """Whether it takes the lock to post a row: levels are read, locations or lots are added."""
    level = row.level
    if level is None or not level.moves:
        return False
    return row.item_id is not None or level.location_id is None or level.lot is not None


def _post(
    posting: Posting, count: Count, added: Mapping[str, int], ends: Mapping[int, LineEnd]
) -> None:
    posting.post(new_line(count, added, ends), abs(count.difference))


async def _in_turns(each: Iterable[T], do: Callable[[T], None]) -> None:
    for at, one in enumerate(each, 1):
        do(one)
        if not at % MADE_AT_ONCE:
            await asyncio.sleep(0)


def make_items(rows: Sequence[PlannedRow], numbers: Sequence[int]) -> MadeItems:
    """Make new items at once, where nothing was made of them ahead."""
    made = MadeItems()
    for row, number in zip(rows, numbers, strict=True):
        made.add(row, number)
    return made


def columns_of(row: PlannedRow) -> dict[str, Any]:
    """Return the columns of an item that a file sets."""
    facts = row.after
    assert facts is not None
    return {
        "sku": facts.sku,
        "sku_key": row.key,
        "name": facts.name,
        "name_key": row.name_key or key_of(facts.name),
        "unit": facts.unit,
        "reorder_point": facts.reorder_point,
        "reorder_target": facts.reorder_target,
        "tracking": facts.tracking,
        "whole": facts.whole,
    }


def _looks(row: PlannedRow) -> Iterator[str]:
    """Yield what the names of a new item look like; plain names have no rows."""
    assert row.after is not None
    for key in (row.key, row.name_key or key_of(row.after.name)):
        if not key.isascii():
            skeleton = skeleton_of(key)
            if skeleton != key:
                yield skeleton
    plain = plain_code(row.key)
    if plain != row.key:
        yield plain

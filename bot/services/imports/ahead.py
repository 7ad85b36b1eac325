"""What of an import is done before its guild's turn, so that its unit only has to write."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.database.controllers.words import MadeWords, make_words
from bot.database.delivery.import_words import ImportWords
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.imports import MAX_NAMED, ImportLapsed, ImportOutdated, Outcome
from bot.domain.imports.content import Content
from bot.domain.imports.plan import ImportPlan, PlannedRow
from bot.domain.imports.planning import plan_import
from bot.errors import TallymanError
from bot.services.imports.kept import unpack_kept
from bot.services.imports.reading import (
    BooksForImport,
    GetPreview,
    ReadForImport,
    get_preview,
    read_for_import,
)

Mode = Literal["all", "good", "adding"]

# So many new items have their words inserted ahead; fewer are a moment.
_WORTH_IT: Final = 200
# A transaction of these takes a fifth of a second: other guilds' writes on SQLite go between.
_WORDED_AT_ONCE: Final = 1000
# While the database inserts some, the next ones are made.
_TRANSACTIONS: Final = 2


@dataclass(frozen=True, slots=True)
class PlannedAhead:
    """A plan as of a record; `ids` are kept for its new items, whose words are there already."""

    plan: ImportPlan
    as_of: int
    item_ids: frozenset[int]
    words: dict[tuple[str, ...], MadeWords]
    ids: range | None = None


def choose_rows(plan: ImportPlan, mode: Mode) -> list[PlannedRow]:
    """Return the rows to be written; with `all`, none if any is refused or waits."""
    if mode == "all" and (plan.counts[Outcome.REFUSED] or plan.counts[Outcome.WAITING]):
        return []
    wanted = {Outcome.NEW, Outcome.CHANGED}
    if mode == "adding":
        wanted.add(Outcome.WAITING)
    return list(plan.of(*wanted))


def changed_items(rows: Iterable[PlannedRow]) -> list[PlannedRow]:
    """Return a row of each item that is added or changed, in an order that stays."""
    items = {row.key: row for row in rows if row.after is not None and row.before != row.after}
    return list(items.values())


def require_current(plan: ImportPlan, prints: list[str]) -> None:
    """Raise ImportOutdated if the books no longer say what the preview was based on."""
    now = plan.fingerprints()
    if len(now) != len(prints):
        raise ImportLapsed  # something was asked first, so that nothing was shown
    differing = [
        row for row, was, is_now in zip(plan.rows, prints, now, strict=True) if was != is_now
    ]
    if differing:
        names = dict.fromkeys(row.label for row in differing)
        raise ImportOutdated(len(differing), tuple(names)[:MAX_NAMED])


async def plan_ahead(db: DatabaseService, token: str, actor: Actor) -> PlannedAhead:
    """Plan an import once more, and make the words of what it adds or renames."""
    kept = await db.query(get_preview, GetPreview(token=token), actor)
    content, prints = await asyncio.to_thread(unpack_kept, db.encryption, kept)
    books = await db.query(read_for_import, ReadForImport(content, kept.file_hash), actor)
    return await asyncio.to_thread(_plan, content, prints, books)


async def keep_words(
    words: ImportWords, planned: PlannedAhead, rows: Iterable[PlannedRow]
) -> PlannedAhead:
    """Insert the words of new items, in short transactions; nothing is found by them yet."""
    new = [row for row in changed_items(rows) if row.before is None]
    ids = await words.keep_ids(len(new)) if len(new) >= _WORTH_IT else None
    if ids is None:
        made = await asyncio.to_thread(_make_words, new)
        return replace(
            planned, words=planned.words | dict(zip(map(_texts, new), made, strict=True))
        )
    places = asyncio.Semaphore(_TRANSACTIONS)

    async def insert(start: int) -> bool:
        part = new[start : start + _WORDED_AT_ONCE]
        async with places:
            made = await asyncio.to_thread(_make_words, part)
            return await words.insert(ids, list(zip(ids[start:], made, strict=False)))

    are_kept = await asyncio.gather(*map(insert, range(0, len(new), _WORDED_AT_ONCE)))
    return replace(planned, ids=ids) if all(are_kept) else planned


async def give_back(words: ImportWords, planned: PlannedAhead | None) -> None:
    """Delete words that no unit took over; what cannot be now goes with the preview."""
    if planned is not None and planned.ids is not None:
        with suppress(TallymanError):
            await words.give_back(planned.ids)


def _plan(content: Content, prints: list[str], books: BooksForImport) -> PlannedAhead:
    plan = plan_import(content, books.catalogue)
    require_current(plan, prints)
    ids = frozenset(row.item_id for row in plan.rows if row.item_id is not None)
    renamed = [row for row in changed_items(plan.rows) if row.before is not None]
    words = dict(zip(map(_texts, renamed), _make_words(renamed), strict=True))
    return PlannedAhead(plan, books.as_of, ids, words)


def _make_words(rows: Iterable[PlannedRow]) -> list[MadeWords]:
    return [make_words(_texts(row)) for row in rows]


def _texts(row: PlannedRow) -> tuple[str, ...]:
    assert row.after is not None
    return row.after.sku, row.after.name

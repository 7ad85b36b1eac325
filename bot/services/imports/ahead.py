"""What of an import is done before its guild's turn, so that its unit only has to write."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from bot.database.controllers.words import MadeWords, make_words
from bot.database.delivery.import_words import ImportWords
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.imports import MAX_NAMED, ImportLapsed, ImportOutdated, Outcome
from bot.domain.imports.content import Content
from bot.domain.imports.plan import ImportPlan, PlannedRow
from bot.domain.imports.planning import plan_import
from bot.domain.stock import LineEnd
from bot.errors import Conflict, NotFound, RuleBroken, Unavailable
from bot.memory import without_collecting
from bot.services.imports.kept import unpack_kept
from bot.services.imports.making import MADE_AT_ONCE, MadeRows, make_rows
from bot.services.imports.previewing import ImportPreviewed
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
# A transaction of these takes a twentieth of a second: other guilds' writes on SQLite go between,
# and one after the other keeps one of a server's processors busy, not all of them.
_WORDED_AT_ONCE: Final = 250


@dataclass(frozen=True, slots=True)
class PlannedAhead:
    """A plan as of a record; `kept` are ids whose words are there already, by key of the item."""

    plan: ImportPlan
    as_of: int
    item_ids: frozenset[int]
    words: dict[tuple[str, ...], MadeWords]
    ends: Mapping[int, LineEnd] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    made: MadeRows | None = None
    # The items of which another unit or tracking is written.
    counted_otherwise: tuple[int, ...] = ()


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


async def prepare_words(db: DatabaseService, guild_id: int, previewed: ImportPreviewed) -> None:
    """Insert the words of a preview's new items while people read it.

    Only time is lost if that ends early: applying it goes on with what is missing.
    """
    if previewed.plan is not None:
        with suppress(Conflict, NotFound, RuleBroken, Unavailable), without_collecting():
            words = ImportWords(db, guild_id, previewed.token)
            await _insert_words(words, await asyncio.to_thread(_new_items, previewed.plan))


async def keep_words(words: ImportWords, planned: PlannedAhead) -> PlannedAhead:
    """Insert the words of new items that are not there yet; nothing is found by them before."""
    new = await asyncio.to_thread(_new_items, planned.plan)
    ids = await _insert_words(words, new)
    if ids is not None:
        return replace(planned, kept=dict(zip((row.key for row in new), ids, strict=True)))
    made = dict(zip(map(_texts, new), await _make_words(new), strict=True))
    return replace(planned, words=planned.words | made)


async def make_ahead(planned: PlannedAhead, mode: Mode) -> PlannedAhead:
    """Make what a mode writes of a plan whose new items have their ids."""
    if not planned.kept:
        return planned
    rows = await asyncio.to_thread(choose_rows, planned.plan, mode)
    changed = await asyncio.to_thread(changed_items, rows)
    made = await make_rows(mode, rows, changed, planned.kept, planned.ends)
    return replace(planned, made=made)


def _new_items(plan: ImportPlan) -> list[PlannedRow]:
    """Return a row of each item that the file adds, also of those that a mode leaves out."""
    rows = plan.of(Outcome.NEW, Outcome.CHANGED, Outcome.WAITING)
    return [row for row in changed_items(rows) if row.before is None]


async def _insert_words(words: ImportWords, new: Sequence[PlannedRow]) -> range | None:
    """Insert what is missing in short transactions; None if these few are the unit's to insert."""
    ids = await words.keep_ids(len(new)) if len(new) >= _WORTH_IT else None
    if ids is None:
        return None
    missing = await words.find_missing(ids)
    for start in range(0, len(missing), _WORDED_AT_ONCE):
        here = missing[start : start + _WORDED_AT_ONCE]
        made = await _make_words([new[number - ids[0]] for number in here])
        if not await words.insert(ids, list(zip(here, made, strict=True))):
            return None
    return ids


def _plan(content: Content, prints: list[str], books: BooksForImport) -> PlannedAhead:
    plan = plan_import(content, books.catalogue)
    require_current(plan, prints)
    ids = frozenset(row.item_id for row in plan.rows if row.item_id is not None)
    renamed = [row for row in changed_items(plan.rows) if row.before is not None]
    words = {texts: make_words(texts) for texts in map(_texts, renamed)}
    otherwise = tuple(sorted({row.item_id or 0 for row in renamed if _is_counted_otherwise(row)}))
    return PlannedAhead(plan, books.as_of, ids, words, books.ends, counted_otherwise=otherwise)


def _is_counted_otherwise(row: PlannedRow) -> bool:
    before, after = row.before, row.after
    assert before is not None
    assert after is not None
    is_other = (before.unit, before.tracking) != (after.unit, after.tracking)
    return is_other and not row.faults


async def _make_words(rows: Sequence[PlannedRow]) -> list[MadeWords]:
    """Make the words of rows on the loop: beside a thread that computes, others wait longer."""
    made = []
    for at, row in enumerate(rows, 1):
        made.append(make_words(_texts(row)))
        if not at % MADE_AT_ONCE:
            await asyncio.sleep(0)
    return made


def _texts(row: PlannedRow) -> tuple[str, ...]:
    assert row.after is not None
    return row.after.sku, row.after.name

"""Applying an import: one record with many lines, all or nothing."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from bot.database.controllers.words import MadeWords, make_words
from bot.database.models import ImportPreview
from bot.database.operations import operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.actors import Actor
from bot.domain.changes import Change
from bot.domain.imports import (
    MAX_NAMED,
    ImportApplied,
    ImportLapsed,
    ImportOutdated,
    Outcome,
)
from bot.domain.imports.content import Content, unpack
from bot.domain.imports.plan import ImportPlan, PlannedRow
from bot.domain.imports.planning import plan_import
from bot.domain.record_detail import MAX_KEPT_LINES
from bot.domain.stock import LowStock, MovedLine
from bot.errors import NothingToDo, TallymanError
from bot.services.imports.catalogue import read_catalogue
from bot.services.imports.reading import (
    RIGHTS,
    BooksForImport,
    GetPreview,
    ReadForImport,
    get_preview,
    read_for_import,
)
from bot.services.imports.writing import Written, write_rows
from bot.services.low_stock import note_low_stock

APPLIED: Final = "import.applied"
Mode = Literal["all", "good", "adding"]

declare_actions(APPLIED, reversal=Reversal.RESTORED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyImport:
    """Apply a preview: all of it, only its good rows, or these and what locations they lack."""

    token: str
    mode: Mode = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDone:
    """What an import changed; the ledger has all of its `move_count` lines, this the first ten."""

    record: int
    kind: str
    file_name: str
    added: int
    changed: int
    locations: int
    left_out: int
    move_count: int
    lines: tuple[MovedLine, ...] = ()
    low: tuple[LowStock, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What was planned ahead of a unit, as of a record, and the words that it will keep."""

    plan: ImportPlan
    as_of: int
    item_ids: frozenset[int]
    words: Mapping[tuple[str, ...], MadeWords]


# By the tokens of previews, for as long as they are being applied.
_AHEAD: Final[dict[str, _Ahead]] = {}


@operation("import.apply", permission=tuple(RIGHTS.values()))
async def apply_import(uow: UnitOfWork, request: ApplyImport) -> ImportDone:
    """Do what a preview showed, if the books still say what it was based on."""
    preview = await require_open(uow, request.token)
    uow.require_permission(RIGHTS[preview.kind])
    ahead = _AHEAD.get(request.token)
    if ahead is None or await uow.import_previews.has_changed_since(ahead.as_of, ahead.item_ids):
        plan = await _plan(uow, preview)
    else:
        plan = ahead.plan
        uow.items.made_ahead = ahead.words
    rows = _choose(plan, request.mode)
    if not rows:
        raise NothingToDo("import", preview.file_name)
    missing = _paths_of(plan, rows) if request.mode == "adding" or plan.kind == "locations" else ()
    _require_rights(uow, plan, rows, missing)
    written = await write_rows(uow, rows, missing, preview.file_hash)
    low = await note_low_stock(uow) if uow.posting.watched else ()
    record = _record(uow, preview, written)
    await uow.import_previews.update_by_id(
        preview.token, applied_record=record, content=b"", expires_at=uow.now
    )
    lines = uow.posting.lines
    return ImportDone(
        record=record,
        kind=preview.kind,
        file_name=preview.file_name,
        added=written.added,
        changed=written.changed,
        locations=len(written.contents.locations),
        left_out=len(plan.rows) - len(rows) - plan.counts[Outcome.UNCHANGED],
        move_count=len(lines),
        lines=tuple(lines[:MAX_KEPT_LINES]),
        low=low,
    )


async def apply_ahead(
    db: DatabaseService, request: ApplyImport, actor: Actor, key: str
) -> ImportDone:
    """Plan an import once more before the guild's turn, so that its unit only has to write.

    The unit looks whether anything changed since, and plans again if so.
    """
    async with db.reads.heavy_work(actor.guild_id):
        with suppress(TallymanError):  # the unit refuses it, or finds its answer
            _AHEAD[request.token] = await _plan_ahead(db, request.token, actor)
        try:
            async with db.turns.first_in_line(actor.guild_id):
                return await db.run(apply_import, request, actor, key)
        finally:
            _AHEAD.pop(request.token, None)


async def _plan_ahead(db: DatabaseService, token: str, actor: Actor) -> _Ahead:
    kept = await db.query(get_preview, GetPreview(token=token), actor)
    content, prints = await asyncio.to_thread(unpack, kept.content)
    books = await db.query(read_for_import, ReadForImport(content, kept.file_hash), actor)
    return await asyncio.to_thread(_make_ahead, content, prints, books)


def _make_ahead(content: Content, prints: list[str], books: BooksForImport) -> _Ahead:
    plan = plan_import(content, books.catalogue)
    _require_current(plan, prints)
    ids = frozenset(row.item_id for row in plan.rows if row.item_id is not None)
    named = [row.after for row in plan.rows if row.after is not None and row.before != row.after]
    words: dict[tuple[str, ...], MadeWords] = {
        (each.sku, each.name): make_words((each.sku, each.name)) for each in named
    }
    return _Ahead(plan, books.as_of, ids, words)


async def _plan(uow: UnitOfWork, preview: ImportPreview) -> ImportPlan:
    """Plan an import under the lock; raises ImportOutdated."""
    content, prints = await asyncio.to_thread(unpack, preview.content)
    catalogue = await read_catalogue(uow, content)
    plan = await asyncio.to_thread(plan_import, content, catalogue)
    await asyncio.to_thread(_require_current, plan, prints)
    return plan


async def require_open(uow: UnitOfWork, token: str) -> ImportPreview:
    """Return a preview that can be applied; raises ImportApplied or ImportLapsed."""
    preview = await uow.import_previews.get_by_id(token)
    if preview is None:
        raise ImportLapsed
    if preview.applied_record is not None:
        event = await uow.audit.require(preview.applied_record)
        raise ImportApplied(label=preview.file_name, record=event.record, at=event.at)
    if preview.expires_at <= uow.now:
        raise ImportLapsed(label=preview.file_name)
    return preview


def _require_current(plan: ImportPlan, prints: list[str]) -> None:
    """Raise ImportOutdated if the books no longer say what the preview was based on."""
    now = plan.fingerprints()
    differing = [
        row for row, was, is_now in zip(plan.rows, prints, now, strict=True) if was != is_now
    ]
    if differing:
        names = dict.fromkeys(row.label for row in differing)
        raise ImportOutdated(len(differing), tuple(names)[:MAX_NAMED])


def _choose(plan: ImportPlan, mode: Mode) -> list[PlannedRow]:
    """Return the rows to be written; with `all`, none if any is refused or waits."""
    if mode == "all" and (plan.counts[Outcome.REFUSED] or plan.counts[Outcome.WAITING]):
        return []
    wanted = {Outcome.NEW, Outcome.CHANGED}
    if mode == "adding":
        wanted.add(Outcome.WAITING)
    return list(plan.of(*wanted))


def _paths_of(plan: ImportPlan, rows: list[PlannedRow]) -> tuple[str, ...]:
    return plan.missing if rows else ()


def _require_rights(
    uow: UnitOfWork, plan: ImportPlan, rows: list[PlannedRow], missing: tuple[str, ...]
) -> None:
    if missing:
        uow.require_permission(RIGHTS["locations"])
    if plan.kind == "locations":
        return
    if any(row.before != row.after for row in rows):
        uow.require_permission(RIGHTS["items"])
    if any(row.level is not None and row.level.moves for row in rows):
        uow.require_permission(RIGHTS["stock"])


def _record(uow: UnitOfWork, preview: ImportPreview, written: Written) -> int:
    counts = {
        "items added": written.added,
        "items changed": written.changed,
        "locations": len(written.contents.locations),
        "moves": len(uow.posting.lines),
    }
    changes = [Change("kind", "", preview.kind)]
    changes += [Change(name, "", str(count)) for name, count in counts.items() if count]
    return uow.record(
        APPLIED,
        subject_type="import",
        subject_id=None,
        subject=preview.file_name,
        changes=changes,
        contents=written.contents,
    )

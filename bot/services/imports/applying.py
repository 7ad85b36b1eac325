"""Applying an import: one record with many lines, all or nothing."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from bot.database.delivery.import_words import ImportWords
from bot.database.models import ImportPreview
from bot.database.operations import operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.actions import Reversal, declare_actions
from bot.domain.actors import Actor
from bot.domain.changes import Change
from bot.domain.imports import IMPORT_APPLIED, Outcome
from bot.domain.imports.content import find_ids
from bot.domain.imports.plan import ImportPlan, PlannedRow
from bot.domain.imports.planning import plan_import
from bot.domain.record_detail import MAX_KEPT_LINES
from bot.domain.stock import LowStock, MovedLine
from bot.errors import NothingToDo, TallymanError
from bot.memory import without_collecting
from bot.services.imports.ahead import (
    Mode,
    PlannedAhead,
    choose_rows,
    keep_words,
    make_ahead,
    plan_ahead,
    require_current,
)
from bot.services.imports.catalogue import read_catalogue
from bot.services.imports.former import FORMER_LIFE, pack_former
from bot.services.imports.kept import unpack_kept
from bot.services.imports.making import MadeRows
from bot.services.imports.prices import subjects_of_prices
from bot.services.imports.reading import RIGHTS, require_open
from bot.services.imports.suppliers import subjects_of
from bot.services.imports.writing import Written, write_rows
from bot.services.low_stock import note_low_stock
from bot.threads import in_unit_thread

declare_actions(IMPORT_APPLIED, reversal=Reversal.RESTORED)


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
    suppliers: int = 0
    prices: int = 0


@operation("import.apply", permission=tuple(RIGHTS.values()))
async def apply_import(uow: UnitOfWork, request: ApplyImport) -> ImportDone:
    """Do what a preview showed, if the books still say what it was based on."""
    preview = await require_open(uow, request.token)
    plan, kept, made = await _plan(uow, preview, request.mode)
    rows = choose_rows(plan, request.mode) if made is None else made.rows
    if not rows:
        raise NothingToDo("import", preview.file_name)
    missing = _paths_of(plan, rows) if request.mode == "adding" or plan.kind == "locations" else ()
    _require_rights(uow, plan, rows, missing)
    written = await write_rows(uow, rows, missing, kept, preview.file_hash, made)
    low = await note_low_stock(uow)
    await asyncio.sleep(0)  # a few milliseconds each: others have their turn in between
    record = _record(uow, preview, written, rows)
    await uow.import_previews.update_by_id(
        preview.token,
        applied_record=record,
        content=pack_former(uow, preview.token, written.former),
        expires_at=uow.now + FORMER_LIFE if written.former else uow.now,
    )
    # Behind the end of the preview, so that nothing inserts them again.
    await uow.items.delete_words(sorted(kept.values() - written.contents.items.keys()))
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
        suppliers=len(written.contents.suppliers),
        prices=len(written.contents.prices),
    )


async def apply_ahead(
    db: DatabaseService, request: ApplyImport, actor: Actor, key: str
) -> ImportDone:
    """Plan an import once more before the guild's turn, so that its unit only has to write.

    The unit looks whether anything changed since, and plans again if so.
    """
    async with db.reads.heavy_work(actor.guild_id):
        with without_collecting():
            return await _apply_ahead(db, request, actor, key)


async def _apply_ahead(
    db: DatabaseService, request: ApplyImport, actor: Actor, key: str
) -> ImportDone:
    planned = None
    with suppress(TallymanError):  # the unit refuses it, or finds its answer
        planned = await plan_ahead(db, request.token, actor)
        planned = await keep_words(ImportWords(db, actor.guild_id, request.token), planned)
        planned = await make_ahead(planned, request.mode)
    async with db.turns.first_in_line(actor.guild_id):
        return await db.run(apply_import, request, actor, key, ahead=planned)


async def _plan(
    uow: UnitOfWork, preview: ImportPreview, mode: Mode
) -> tuple[ImportPlan, Mapping[str, int], MadeRows | None]:
    """Return the plan that was made ahead, or make one under the lock; raises ImportOutdated.

    With it are ids whose words are there already, by the keys of new items, and what was made.
    """
    ahead, ids = uow.ahead, find_ids(preview.content)
    # Whether suppliers or prices have changed is not looked for: nothing at all may have.
    is_ahead = isinstance(ahead, PlannedAhead) and (
        preview.kind not in {"suppliers", "prices"} or ahead.as_of == uow.scope.record - 1
    )
    if (
        isinstance(ahead, PlannedAhead)
        and is_ahead
        and not await uow.file_rows.has_changed_since(ahead.as_of, ahead.item_ids)
        # Documents that others began meanwhile may keep a unit from changing.
        and not await uow.file_rows.list_documented(ahead.counted_otherwise)
    ):
        plan, uow.items.made_ahead = ahead.plan, ahead.words
        if list(ids or ()) == list(ahead.kept.values()):
            made = ahead.made
            return plan, ahead.kept, made if made is not None and made.mode == mode else None
    else:
        content, prints = await in_unit_thread(unpack_kept, uow.scope.encryption, preview)
        catalogue = await read_catalogue(uow, content)
        plan = await in_unit_thread(plan_import, content, catalogue)
        await in_unit_thread(require_current, plan, prints)
    if ids is not None:
        # Of another process, or of one that died: this unit ends the preview, and them with it.
        await uow.items.delete_words(ids)
    return plan, {}, None


def _paths_of(plan: ImportPlan, rows: list[PlannedRow]) -> tuple[str, ...]:
    return plan.missing if rows else ()


def _require_rights(
    uow: UnitOfWork, plan: ImportPlan, rows: list[PlannedRow], missing: tuple[str, ...]
) -> None:
    if missing:
        uow.require_permission(RIGHTS["locations"])
    if plan.kind in {"locations", "suppliers", "prices"}:
        return
    if any(row.before != row.after or row.beside for row in rows):
        uow.require_permission(RIGHTS["items"])
    if any(row.level is not None and row.level.changes for row in rows):
        uow.require_permission(RIGHTS["stock"])


def _record(
    uow: UnitOfWork, preview: ImportPreview, written: Written, rows: list[PlannedRow]
) -> int:
    counts = {
        "items added": written.added,
        "items changed": written.changed,
        "locations": len(written.contents.locations),
        "lots": len(written.contents.lots),
        "suppliers": len(written.contents.suppliers),
        "prices": len(written.contents.prices),
        "moves": len(uow.posting.lines),
    }
    prices = [row.price for row in rows if row.price is not None]
    changes = [Change("kind", "", preview.kind)]
    changes += [Change(name, "", str(count)) for name, count in counts.items() if count]
    return uow.record(
        IMPORT_APPLIED,
        subject_type="import",
        subject_id=None,
        subject=preview.file_name,
        changes=changes,
        subjects=[*subjects_of(written.contents.suppliers), *subjects_of_prices(prices)],
        contents=written.contents,
    )

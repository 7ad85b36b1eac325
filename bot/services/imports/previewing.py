"""Previews of imports: what a file would change, shown before anything is."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.database.delivery.import_previews import KeptPreviews
from bot.database.models import ImportPreview
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.imports import PREVIEW_LIFE, Catalogue, NotImported
from bot.domain.imports.content import Content
from bot.domain.imports.plan import ImportPlan
from bot.domain.imports.planning import plan_import
from bot.domain.imports.suppliers import MAX_SUPPLIERS
from bot.domain.sheets import Sheet, UnreadableSheet
from bot.domain.sheets.headings import COLUMNS
from bot.domain.sheets.numbers import Mark
from bot.services.imports.kept import pack_kept, unpack_kept
from bot.services.imports.reading import (
    RIGHTS,
    GetPreview,
    ReadForImport,
    get_preview,
    read_for_import,
)

_MAX_FILE_NAME: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewImport:
    """Ask what a file would change; `file_hash` tells the same file from another."""

    kind: str
    file_name: str
    file_hash: str
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreviewed:
    """What a file would change; without a plan, a number in it has to be explained first."""

    token: str
    file_name: str
    content: Content
    plan: ImportPlan | None
    may_add_locations: bool = False
    applied: tuple[int, datetime] | None = None


def require_kind(kind: str) -> str:
    """Return a kind that can be imported; raises NotImported."""
    if kind not in COLUMNS or kind not in RIGHTS:
        raise NotImported(kind)
    return kind


async def preview_import(
    db: DatabaseService, request: PreviewImport, actor: Actor
) -> ImportPreviewed:
    """Plan a file and keep the plan for a day; raises UnknownColumns."""
    content = Content.of(require_kind(request.kind), request.sheet)
    if content.kind == "suppliers" and len(content.sheet.rows) > MAX_SUPPLIERS:
        raise UnreadableSheet("too_many_rows", MAX_SUPPLIERS)
    return await _preview(db, content, request.file_name, request.file_hash, actor)


async def preview_again(
    db: DatabaseService, token: str, mark: Mark, actor: Actor
) -> ImportPreviewed:
    """Plan a file whose numbers were explained."""
    kept = await db.query(get_preview, GetPreview(token=token), actor)
    content, _ = await asyncio.to_thread(unpack_kept, db.encryption, kept)
    await KeptPreviews(db).cancel(actor.guild_id, token)
    return await _preview(db, content.reading(mark), kept.file_name, kept.file_hash, actor)


async def cancel_import(db: DatabaseService, token: str, actor: Actor) -> None:
    """Delete a preview; raises ImportLapsed if there is none to be applied."""
    await db.query(get_preview, GetPreview(token=token), actor)
    await KeptPreviews(db).cancel(actor.guild_id, token)


async def _preview(
    db: DatabaseService, content: Content, file_name: str, file_hash: str, actor: Actor
) -> ImportPreviewed:
    books = await db.query(read_for_import, ReadForImport(content, file_hash), actor)
    now, token = db.clock(), secrets.token_urlsafe(12)
    plan, prints = await asyncio.to_thread(_plan, content, books.catalogue)
    place = actor.guild_id, token
    packed = await asyncio.to_thread(pack_kept, db.encryption, place, content, prints)
    preview = ImportPreview(
        guild_id=actor.guild_id,
        token=token,
        kind=content.kind,
        file_name=file_name[:_MAX_FILE_NAME],
        file_hash=file_hash,
        made_by=actor.user_id,
        made_at=now,
        expires_at=now + PREVIEW_LIFE,
        based_on=books.as_of,
        content=packed,
        applied_record=None,
    )
    if plan is None or plan.has_changes:
        await KeptPreviews(db).keep(preview)
    return ImportPreviewed(
        token=preview.token,
        file_name=preview.file_name,
        content=content,
        plan=plan,
        may_add_locations=books.may_add_locations,
        applied=books.applied,
    )


def _plan(content: Content, catalogue: Catalogue) -> tuple[ImportPlan | None, list[str]]:
    if content.open_question is not None:
        return None, []
    plan = plan_import(content, catalogue)
    return plan, plan.fingerprints()

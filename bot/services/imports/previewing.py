"""Previews of imports: what a file would change, shown before anything is."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.database.controllers.base import Page
from bot.database.delivery.import_previews import KeptPreviews
from bot.database.models import ImportPreview, Supplier
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.imports import PREVIEW_LIFE, Catalogue, NotImported
from bot.domain.imports.content import Content
from bot.domain.imports.plan import ImportPlan
from bot.domain.imports.planning import plan_import
from bot.domain.imports.suppliers import MAX_SUPPLIERS
from bot.domain.sheets import Sheet, UnreadableSheet
from bot.domain.sheets.headings import COLUMNS
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
    """What a file would change; without a plan, something has to be said of it first.

    `suppliers` are those to choose from whose prices these are.
    """

    token: str
    file_name: str
    content: Content
    plan: ImportPlan | None
    may_add_locations: bool = False
    applied: tuple[int, datetime] | None = None
    suppliers: Page[Supplier] | None = None


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
    wanted = ReadForImport(content, request.file_hash)
    return await _preview(db, wanted, request.file_name, actor)


async def preview_again(
    db: DatabaseService,
    token: str,
    actor: Actor,
    *,
    after: int | None = None,
    before: int | None = None,
    **said: Any,
) -> ImportPreviewed:
    """Plan a file of which something was said: `mark`, `first` or `supplier_id`.

    Cursors are suppliers to choose from.
    """
    kept = await db.query(get_preview, GetPreview(token=token), actor)
    content, _ = await asyncio.to_thread(unpack_kept, db.encryption, kept)
    await KeptPreviews(db).cancel(actor.guild_id, token)
    request = ReadForImport(content.reading(**said), kept.file_hash, after, before)
    return await _preview(db, request, kept.file_name, actor)


async def cancel_import(db: DatabaseService, token: str, actor: Actor) -> None:
    """Delete a preview; raises ImportApplied or ImportLapsed if there is none to be applied."""
    await db.query(get_preview, GetPreview(token=token), actor)
    await KeptPreviews(db).cancel(actor.guild_id, token)


async def _preview(
    db: DatabaseService, request: ReadForImport, file_name: str, actor: Actor
) -> ImportPreviewed:
    books, content = await db.query(read_for_import, request, actor), request.content
    now, token = db.clock(), secrets.token_urlsafe(12)
    if books.catalogue.pricing is not None:
        # Prices that name no day hold from this one on, whenever they are applied.
        content = content.reading(today=books.catalogue.pricing.today.isoformat())
    plan, prints = await asyncio.to_thread(_plan, content, books.catalogue)
    place = actor.guild_id, token
    packed = await asyncio.to_thread(pack_kept, db.encryption, place, content, prints)
    preview = ImportPreview(
        guild_id=actor.guild_id,
        token=token,
        kind=content.kind,
        file_name=file_name[:_MAX_FILE_NAME],
        file_hash=request.file_hash,
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
        suppliers=books.suppliers,
    )


def _plan(content: Content, catalogue: Catalogue) -> tuple[ImportPlan | None, list[str]]:
    if content.is_open:
        return None, []
    plan = plan_import(content, catalogue)
    return plan, plan.fingerprints()

"""Files in and out: imports with their previews, and exports."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import discord
from aiohttp import ClientError
from discord import app_commands

from bot.cogs.base import BaseCog
from bot.cogs.files import read_file
from bot.domain.actors import Actor
from bot.errors import StaleControl, Unavailable
from bot.interactions import Interaction, handles
from bot.interactions.look_ups import Work
from bot.services.exports.tables import (
    read_headings,
    read_piece,
    read_table,
    require_tables,
)
from bot.services.imports.ahead import prepare_words
from bot.services.imports.applying import ApplyImport, apply_ahead, apply_import
from bot.services.imports.previewing import (
    ImportPreviewed,
    PreviewImport,
    cancel_import,
    preview_again,
    preview_import,
    require_kind,
)
from bot.services.imports.reading import read_for_import
from bot.threads import in_file_thread
from bot.views import import_questions as questions
from bot.views import imports as views
from bot.views.command_rights import help_topic, needs
from bot.views.components import number
from bot.views.pages import Turn
from bot.views.replies import Reply, render

_PROGRESS_SECONDS: Final = 2.0
_LONGEST_SECONDS: Final = 14 * 60.0
ExportKind = Literal[
    "items", "stock", "moves", "suppliers", "prices", "orders", "requests", "everything"
]
ImportKind = Literal["items", "stock", "locations", "suppliers", "prices"]


@help_topic("data")
class DataCog(BaseCog):
    """Commands about files."""

    @needs("item.manage or stock.bulk or location.manage or supplier.propose or price.edit")
    @app_commands.command(name="import", description="Import a file (CSV or XLSX), after a preview")
    @app_commands.describe(kind="What its rows are", file="CSV or XLSX, up to 10,000 rows and 8 MB")
    async def import_file(
        self, interaction: Interaction, kind: ImportKind, file: discord.Attachment
    ) -> None:
        async def plan(actor: Actor) -> ImportPreviewed:
            await self.db.reads.require_right(read_for_import, None, actor, str(interaction.id))
            require_kind(kind)
            async with self.db.reads.in_file_line(actor.guild_id):
                content = await read_file(file)
            async with self.db.reads.heavy_work(actor.guild_id):
                from bot.reports.sheets import read_sheet  # noqa: PLC0415

                sheet = await in_file_thread(read_sheet, content, kind)
                request = PreviewImport(
                    kind=kind,
                    file_name=file.filename,
                    file_hash=hashlib.sha256(content).hexdigest(),
                    sheet=sheet,
                )
                return await preview_import(self.db, request, actor)

        await show_preview(interaction, plan)

    @needs("stock.export")
    @app_commands.command(description="Export a table as a file")
    @app_commands.describe(kind="Which table", format="XLSX if omitted")
    async def export(
        self,
        interaction: Interaction,
        kind: ExportKind,
        format: Literal["xlsx", "csv"] = "xlsx",
    ) -> None:
        async def work(actor: Actor) -> Reply:
            await self.db.reads.require_right(read_piece, None, actor, str(interaction.id))
            wanted = require_tables(kind)
            from bot.reports.tables import write_csv, write_workbook  # noqa: PLC0415

            async with self.db.reads.heavy_work(actor.guild_id):
                tables = {
                    name: (
                        await self.db.query(read_headings, name, actor),
                        read_table(self.db, name, actor),
                    )
                    for name in wanted
                }
                write = write_csv if format == "csv" else write_workbook
                file = await write(kind, tables)
            return views.exported_page(file.name, file.content, file.rows)

        await self.desk.read(interaction, saying(interaction, work, views.writing_page))


@handles(views.APPLY)
async def apply_preview(interaction: Interaction, token: str, mode: str) -> None:
    """Apply a preview; two clicks of one person count once, another person is told of the first."""
    if mode not in {"all", "good", "adding"}:
        raise StaleControl
    request = ApplyImport(token=token, mode=mode)  # type: ignore[arg-type]  # checked above
    desk = interaction.client.desk
    key = f"import-{token}-{mode}-{interaction.user.id}"

    async def work(actor: Actor) -> Reply:
        return render(await apply_ahead(desk.db, request, actor, key))

    said = saying(interaction, work, views.applying_page)
    await desk.change(interaction, said, apply_import, key=key, is_update=True)


async def show_preview(
    interaction: Interaction,
    plan: Callable[[Actor], Awaitable[ImportPreviewed]],
    *,
    is_update: bool = False,
) -> None:
    """Show what a file would change, and prepare to apply it while people read that."""
    desk, planned = interaction.client.desk, list[ImportPreviewed]()

    async def work(actor: Actor) -> Reply:
        planned.append(await plan(actor))
        return render(planned[-1])

    said = work if is_update else saying(interaction, work, views.reading_page)
    await desk.read(interaction, said, is_update=is_update)
    for each in planned:
        await prepare_words(desk.db, interaction.guild_id or 0, each)


def saying(interaction: Interaction, work: Work[Reply], page: Callable[[], Reply]) -> Work[Reply]:
    """Return work that says what it does when it takes a while, and ends before Discord forgets it.

    Discord takes no answer to what is older than a quarter of an hour.
    """

    async def said(actor: Actor) -> Reply:
        task = asyncio.ensure_future(work(actor))
        try:
            done, _ = await asyncio.wait({task}, timeout=_PROGRESS_SECONDS)
            if not done:
                await _show_progress(interaction, page())
            async with asyncio.timeout(_LONGEST_SECONDS):
                return await task
        except TimeoutError as error:
            raise Unavailable from error
        finally:
            task.cancel()

    return said


async def _show_progress(interaction: Interaction, page: Reply) -> None:
    """Say that it takes a while; the answer follows, so that this may fail."""
    shown = page.for_editing()
    try:
        await interaction.edit_original_response(**shown)
    except (discord.HTTPException, ClientError, OSError):
        return


@handles(questions.CANCEL)
async def cancel_preview(interaction: Interaction, token: str) -> None:
    """Delete a preview."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        await cancel_import(desk.db, token, actor)
        return views.cancelled_page()

    await desk.read(interaction, work, is_update=True)


@handles(questions.READ_AS)
async def read_again(interaction: Interaction, token: str, mark: str) -> None:
    """Read a file again whose numbers were explained."""
    if mark not in questions.MARKS:
        raise StaleControl
    db = interaction.client.desk.db

    async def plan(actor: Actor) -> ImportPreviewed:
        return await preview_again(db, token, actor, mark=questions.MARKS[mark])

    await show_preview(interaction, plan, is_update=True)


@handles(questions.DAYS_AS)
async def read_days_again(interaction: Interaction, token: str, first: str) -> None:
    """Read a file again whose days were explained."""
    if first not in questions.FIRSTS:
        raise StaleControl
    db = interaction.client.desk.db

    async def plan(actor: Actor) -> ImportPreviewed:
        return await preview_again(db, token, actor, first=questions.FIRSTS[first])

    await show_preview(interaction, plan, is_update=True)


@handles(questions.SUPPLIED_BY)
async def choose_supplier(interaction: Interaction, token: str, chosen: tuple[str, ...]) -> None:
    """Plan a price list whose supplier was chosen."""
    supplier_id = number(chosen[0])
    db = interaction.client.desk.db

    async def plan(actor: Actor) -> ImportPreviewed:
        return await preview_again(db, token, actor, supplier_id=supplier_id)

    await show_preview(interaction, plan, is_update=True)


@handles(questions.SUPPLIERS_PAGE)
async def turn_suppliers(interaction: Interaction, turn: Turn, token: str) -> None:
    """Turn a page of the suppliers to choose from."""
    db = interaction.client.desk.db

    async def plan(actor: Actor) -> ImportPreviewed:
        return await preview_again(db, token, actor, after=turn.after, before=turn.before)

    await show_preview(interaction, plan, is_update=True)

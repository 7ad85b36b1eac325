"""Many lines at once, from a form or a file."""

from typing import Any

import discord
from discord import app_commands

from bot.cogs.autocomplete import suggest_locations, suggest_targets
from bot.cogs.base import BaseCog
from bot.cogs.files import file_line, read_file
from bot.domain.actors import Actor
from bot.domain.imports.bulk import read_bulk_lines
from bot.domain.lines import LinesRefused, read_lines
from bot.errors import StaleControl
from bot.interactions import Interaction, handles
from bot.services.bulk.lines import (
    ACTIONS,
    WITH_NEW_LOTS,
    BulkAction,
    BulkLine,
    MoveInBulk,
    PrepareBulk,
    prepare_bulk,
    require_target,
)
from bot.services.bulk.moving import move_in_bulk
from bot.threads import in_file_thread
from bot.views import bulk as views
from bot.views.command_rights import help_topic, needs

_MAX_TYPED_LINES = 500


@help_topic("data")
class BulkCog(BaseCog):
    """The command about many lines."""

    @needs("stock.bulk")
    @app_commands.command(description="Take, put, move or count many lines as one record")
    @app_commands.rename(target="to")
    @app_commands.describe(
        action="What to do with the lines",
        location="Where, for lines that do not say it",
        target="Where to, of a move",
        file="CSV or XLSX: sku, quantity, location, lot, expiry (else a form asks)",
    )
    @app_commands.autocomplete(location=suggest_locations, target=suggest_targets)
    async def bulk(
        self,
        interaction: Interaction,
        action: BulkAction,
        location: str | None = None,
        target: str | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        if file is None:
            wanted = PrepareBulk(action=action, location=location, target=target)

            async def form(actor: Actor) -> discord.ui.Modal:
                ids = await self.db.query(prepare_bulk, wanted, actor)
                return views.lines_form(action, *ids)

            await self.desk.ask(interaction, form)
            return
        attached = file

        async def request() -> MoveInBulk:
            require_target(action, target)
            async with file_line(interaction):
                content = await read_file(attached)
                lines = await in_file_thread(_read_file_lines, content, action)
            return MoveInBulk(
                action=action,
                location=location,
                target=target,
                lines=lines,
                source=attached.filename[:80],
            )

        await self.desk.write(interaction, move_in_bulk, request)


def _read_file_lines(content: bytes, action: BulkAction) -> tuple[BulkLine, ...]:
    from bot.reports.sheets import read_sheet  # noqa: PLC0415  # rarely needed

    sheet = read_sheet(content, "bulk")
    lines, faults = read_bulk_lines(
        sheet, allow_zero=action == "count", has_days=action in WITH_NEW_LOTS
    )
    if faults:
        raise LinesRefused(tuple(faults))
    return tuple(
        BulkLine(
            number=line.number,
            item=line.item,
            quantity=line.quantity,
            unit=line.unit,
            location=line.location,
            lot=line.lot,
            expires_on=line.expires_on,
        )
        for line in lines
    )


@handles(views.FORM)
async def fill(
    interaction: Interaction, action: str, location_id: int, target_id: int, values: Any
) -> None:
    """Move the lines that were typed."""
    if action not in ACTIONS:
        raise StaleControl

    def request() -> MoveInBulk:
        typed = values.get("lines", "")
        lines, faults = read_lines(
            typed, has_third=True, limit=_MAX_TYPED_LINES, allow_zero=action == "count"
        )
        if faults:
            raise LinesRefused(tuple(faults))
        return MoveInBulk(
            action=action,  # type: ignore[arg-type]  # it was checked above
            location=location_id or None,
            target=target_id or None,
            lines=tuple(
                BulkLine(
                    number=line.number,
                    item=line.name,
                    quantity=line.quantity.value,
                    unit=line.quantity.unit,
                    behind=line.third,
                )
                for line in lines
            ),
        )

    await interaction.client.desk.write(interaction, move_in_bulk, request)

"""The floor: take, put, move, adjust, undo, and the buttons under their answers."""

from decimal import Decimal
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_items, suggest_locations
from bot.domain.actors import Actor
from bot.domain.quantities import parse_quantity
from bot.errors import DoneBefore
from bot.interactions.desk import Desk
from bot.interactions.dispatch import on_control
from bot.services.receipts import FindRequest, find_request
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    PutStock,
    ReverseRecord,
    TakeStock,
    adjust_stock,
    move_stock,
    put_stock,
    reverse_record,
    take_stock,
)
from bot.views.components import number
from bot.views.replies import Reply, render

Note = app_commands.Range[str, 0, 200]
RecordNumber = app_commands.Range[int, 1, 2**53 - 1]


class StockCog(commands.Cog):
    """What warehouse people do all day."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Take stock out of the warehouse")
    @app_commands.describe(
        item="SKU or name",
        quantity="How much, such as 3 or 2.5 (1 if left out)",
        location="From where (where you last took it if left out)",
        note="Anything worth remembering",
    )
    @app_commands.autocomplete(item=suggest_items, location=suggest_locations)
    async def take(
        self,
        interaction: discord.Interaction[Any],
        item: str,
        quantity: str = "1",
        location: str | None = None,
        note: Note = "",
    ) -> None:
        await self.desk.write(
            interaction,
            take_stock,
            lambda: TakeStock(
                item=item, quantity=parse_quantity(quantity), location=location, note=note
            ),
        )

    @app_commands.command(description="Put stock into the warehouse")
    @app_commands.describe(
        item="SKU or name",
        quantity="How much, such as 3 or 2.5 (1 if left out)",
        location="Where to (where you last put it if left out)",
        note="Anything worth remembering",
    )
    @app_commands.autocomplete(item=suggest_items, location=suggest_locations)
    async def put(
        self,
        interaction: discord.Interaction[Any],
        item: str,
        quantity: str = "1",
        location: str | None = None,
        note: Note = "",
    ) -> None:
        await self.desk.write(
            interaction,
            put_stock,
            lambda: PutStock(
                item=item, quantity=parse_quantity(quantity), location=location, note=note
            ),
        )

    @app_commands.command(description="Carry stock from one place to another")
    @app_commands.rename(source="from", target="to")
    @app_commands.describe(
        item="SKU or name",
        quantity="How much, such as 3 or 2.5",
        source="From where",
        target="Where to",
        note="Anything worth remembering",
    )
    @app_commands.autocomplete(
        item=suggest_items, source=suggest_locations, target=suggest_locations
    )
    async def move(
        self,
        interaction: discord.Interaction[Any],
        item: str,
        quantity: str,
        source: str,
        target: str,
        note: Note = "",
    ) -> None:
        await self.desk.write(
            interaction,
            move_stock,
            lambda: MoveStock(
                item=item,
                quantity=parse_quantity(quantity),
                source=source,
                target=target,
                note=note,
            ),
        )

    @app_commands.command(description="Set a level to what you counted")
    @app_commands.describe(
        item="SKU or name",
        location="Where you counted",
        counted="What lies there now, such as 3 or 2.5",
        reason="Why the books were wrong",
    )
    @app_commands.autocomplete(item=suggest_items, location=suggest_locations)
    async def adjust(
        self,
        interaction: discord.Interaction[Any],
        item: str,
        location: str,
        counted: str,
        reason: Note,
    ) -> None:
        await self.desk.write(
            interaction,
            adjust_stock,
            lambda: AdjustStock(
                item=item,
                location=location,
                counted=parse_quantity(counted, field="counted", allow_zero=True),
                reason=reason,
            ),
        )

    @app_commands.command(description="Undo a record (your newest if left out)")
    @app_commands.describe(record="The record's number, such as 41")
    async def undo(
        self, interaction: discord.Interaction[Any], record: RecordNumber | None = None
    ) -> None:
        await self.desk.write(interaction, reverse_record, lambda: ReverseRecord(record=record))


@on_control("record", "undo", number)
async def undo_record(interaction: discord.Interaction[Any], record: int) -> None:
    """Undo the record that the message is about."""
    desk: Desk = interaction.client.desk
    await desk.write(interaction, reverse_record, lambda: ReverseRecord(record=record))


@on_control("record", "again", number)
async def repeat_record(interaction: discord.Interaction[Any], record: int) -> None:
    """Do once more what made the record; whoever presses this has seen that it was done."""
    desk: Desk = interaction.client.desk

    key = _key_of(interaction, "again")

    async def work(actor: Actor) -> Reply:
        found = await desk.db.query(find_request, FindRequest(record=record, key=key), actor)
        if found.repeated_as is not None:
            raise DoneBefore(found.repeated_as, found.age)
        return render(await desk.db.run(found.operation, found.request, actor, key))

    await desk.change(interaction, work, key=key)


@on_control("stock", "take", number, parse_quantity, number)
async def take_from(
    interaction: discord.Interaction[Any], item_id: int, quantity: Decimal, location_id: int
) -> None:
    """Take from the place that was chosen."""
    desk: Desk = interaction.client.desk
    request = TakeStock(
        item=item_id, quantity=quantity, location=location_id, note=_note_of(interaction)
    )
    key = _key_of(interaction, "where")
    await desk.write(interaction, take_stock, lambda: request, key=key, is_update=True)


@on_control("stock", "put", number, parse_quantity, number)
async def put_to(
    interaction: discord.Interaction[Any], item_id: int, quantity: Decimal, location_id: int
) -> None:
    """Put to the place that was chosen."""
    desk: Desk = interaction.client.desk
    request = PutStock(
        item=item_id, quantity=quantity, location=location_id, note=_note_of(interaction)
    )
    key = _key_of(interaction, "where")
    await desk.write(interaction, put_stock, lambda: request, key=key, is_update=True)


def _key_of(interaction: discord.Interaction[Any], what: str) -> str:
    """Return the key that makes all clicks on one message one: a question is answered once."""
    message = interaction.message
    return f"{what}-{message.id if message else interaction.id}"


def _note_of(interaction: discord.Interaction[Any]) -> str:
    """Return the note that waits in the message whose button was pressed."""
    message = interaction.message
    if message is None or not message.embeds:
        return ""
    return message.embeds[0].footer.text or ""


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(StockCog(bot.desk))

"""The floor: take, put, move, adjust, and the buttons under their answers."""

from decimal import Decimal

from discord import app_commands

from bot.cogs.autocomplete import (
    suggest_items,
    suggest_locations,
    suggest_targets,
)
from bot.cogs.base import BaseCog
from bot.cogs.lot_choices import suggest_lots, suggest_stocked_lots
from bot.cogs.options import NoteOption
from bot.domain.lots import read_expiry
from bot.domain.quantities import read_count, read_quantity
from bot.interactions import Interaction, click_key, handles
from bot.services.low_stock import AnswerAlert, decline_reorder, snooze_item
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    PutStock,
    TakeStock,
    adjust_stock,
    move_stock,
    put_stock,
    take_stock,
)
from bot.views.alerts import NOT_NEEDED, SNOOZE
from bot.views.command_rights import help_topic, needs
from bot.views.follow_ups import MOVE_FROM, PUT_TO, TAKE_FROM


@help_topic("floor")
class StockCog(BaseCog):
    """Commands of the warehouse floor."""

    @needs("stock.move")
    @app_commands.command(description="Take stock out of the warehouse")
    @app_commands.describe(
        item="SKU or name",
        quantity="Quantity, such as 3, 2.5 or 3 pcs (1 if omitted)",
        location="Where from (where you last took it if omitted)",
        lot="Lot or serial number (what expires first if omitted)",
        note="Note for the record",
    )
    @app_commands.autocomplete(
        item=suggest_items, location=suggest_locations, lot=suggest_stocked_lots
    )
    async def take(
        self,
        interaction: Interaction,
        item: str,
        quantity: str = "1",
        location: str | None = None,
        lot: str | None = None,
        note: NoteOption = "",
    ) -> None:
        def request() -> TakeStock:
            typed = read_quantity(quantity)
            return TakeStock(
                item=item,
                quantity=typed.value,
                unit=typed.unit,
                location=location,
                note=note,
                lot=lot,
            )

        await self.desk.write(interaction, take_stock, request)

    @needs("stock.move")
    @app_commands.command(description="Put stock into the warehouse")
    @app_commands.describe(
        item="SKU or name",
        quantity="Quantity, such as 3, 2.5 or 3 pcs (1 if omitted)",
        location="Where to (where you last put it if omitted)",
        lot="Lot or serial number, of items that are kept by them",
        expiry="Last good day of the lot, such as 2027-03-01",
        note="Note for the record",
    )
    @app_commands.autocomplete(item=suggest_items, location=suggest_locations, lot=suggest_lots)
    async def put(
        self,
        interaction: Interaction,
        item: str,
        quantity: str = "1",
        location: str | None = None,
        lot: str | None = None,
        expiry: str | None = None,
        note: NoteOption = "",
    ) -> None:
        def request() -> PutStock:
            typed = read_quantity(quantity)
            return PutStock(
                item=item,
                quantity=typed.value,
                unit=typed.unit,
                location=location,
                note=note,
                lot=lot,
                **read_expiry(expiry),
            )

        await self.desk.write(interaction, put_stock, request)

    @needs("stock.move")
    @app_commands.command(description="Move stock from one location to another")
    @app_commands.rename(source="from", target="to")
    @app_commands.describe(
        item="SKU or name",
        quantity="Quantity, such as 3, 2.5 or 3 pcs",
        source="Where from",
        target="Where to",
        lot="Lot or serial number (what expires first if omitted)",
        note="Note for the record",
    )
    @app_commands.autocomplete(
        item=suggest_items,
        source=suggest_locations,
        target=suggest_targets,
        lot=suggest_stocked_lots,
    )
    async def move(
        self,
        interaction: Interaction,
        item: str,
        quantity: str,
        source: str,
        target: str,
        lot: str | None = None,
        note: NoteOption = "",
    ) -> None:
        def request() -> MoveStock:
            typed = read_quantity(quantity)
            return MoveStock(
                item=item,
                quantity=typed.value,
                unit=typed.unit,
                source=source,
                target=target,
                note=note,
                lot=lot,
            )

        await self.desk.write(interaction, move_stock, request)

    @needs("stock.adjust")
    @app_commands.command(description="Set the stock at a location to what you counted")
    @app_commands.describe(
        item="SKU or name",
        location="Where you counted",
        counted="Quantity there now, such as 3, 2.5 or 3 pcs",
        reason="Why the stock differs",
        lot="Lot or serial number that you counted",
    )
    @app_commands.autocomplete(
        item=suggest_items, location=suggest_locations, lot=suggest_stocked_lots
    )
    async def adjust(
        self,
        interaction: Interaction,
        item: str,
        location: str,
        counted: str,
        reason: NoteOption,
        lot: str | None = None,
    ) -> None:
        def request() -> AdjustStock:
            typed = read_count(counted)
            return AdjustStock(
                item=item,
                location=location,
                counted=typed.value,
                unit=typed.unit,
                reason=reason,
                lot=lot,
            )

        await self.desk.write(interaction, adjust_stock, request)


@handles(SNOOZE)
async def snooze_alert(interaction: Interaction, item_id: int, record: int) -> None:
    """Leave the item of an alert alone for a week."""
    request = AnswerAlert(item_id=item_id, record=record)
    await interaction.client.desk.write(interaction, snooze_item, request, is_update=True)


@handles(NOT_NEEDED)
async def dismiss_alert(interaction: Interaction, item_id: int, record: int) -> None:
    """Say that the item of an alert need not be reordered."""
    request = AnswerAlert(item_id=item_id, record=record)
    await interaction.client.desk.write(interaction, decline_reorder, request, is_update=True)


@handles(MOVE_FROM)
async def move_from(
    interaction: Interaction, item_id: int, quantity: Decimal, source_id: int, target_id: int
) -> None:
    """Move from the location that has enough."""
    request = MoveStock(
        item=item_id,
        quantity=quantity,
        source=source_id,
        target=target_id,
        note=_note_of(interaction),
    )
    key = click_key(interaction, "where")
    desk = interaction.client.desk
    await desk.write(interaction, move_stock, lambda: request, key=key, is_update=True)


@handles(TAKE_FROM)
async def take_from(
    interaction: Interaction, item_id: int, quantity: Decimal, location_id: int
) -> None:
    """Take from the chosen location."""
    desk = interaction.client.desk
    request = TakeStock(
        item=item_id, quantity=quantity, location=location_id, note=_note_of(interaction)
    )
    key = click_key(interaction, "where")
    await desk.write(interaction, take_stock, lambda: request, key=key, is_update=True)


@handles(PUT_TO)
async def put_to(
    interaction: Interaction, item_id: int, quantity: Decimal, location_id: int
) -> None:
    """Put to the chosen location."""
    desk = interaction.client.desk
    request = PutStock(
        item=item_id, quantity=quantity, location=location_id, note=_note_of(interaction)
    )
    key = click_key(interaction, "where")
    await desk.write(interaction, put_stock, lambda: request, key=key, is_update=True)


def _note_of(interaction: Interaction) -> str:
    """Return the note that the pressed button's message contains."""
    message = interaction.message
    if message is None or not message.embeds:
        return ""
    return message.embeds[0].footer.text or ""

"""Shifts: begin and end one's work."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_locations
from bot.cogs.base import BaseCog
from bot.domain.shifts import MAX_HOURS
from bot.interactions import Interaction
from bot.services.shifts import EndShift, StartShift, end_shift, start_shift
from bot.views.command_rights import help_topic, needs


@help_topic("floor", 4)
class ShiftCog(BaseCog, commands.GroupCog, name="shift", description="When you work"):
    """Commands about one's own shift."""

    @needs("stock.move")
    @app_commands.command(description="Start your shift: alerts that you can act on mention you")
    @app_commands.describe(location="Where you work", hours="How long (8 if omitted)")
    @app_commands.autocomplete(location=suggest_locations)
    async def start(
        self,
        interaction: Interaction,
        location: str | None = None,
        hours: app_commands.Range[int, 1, MAX_HOURS] = 8,
    ) -> None:
        await self.desk.write(interaction, start_shift, StartShift(location=location, hours=hours))

    @needs("stock.move")
    @app_commands.command(description="End your shift")
    async def end(self, interaction: Interaction) -> None:
        await self.desk.write(interaction, end_shift, EndShift())

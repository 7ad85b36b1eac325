"""Forms that a command shows instead of an answer."""

import discord

from bot.errors import TallymanError
from bot.interactions.clients import Interaction
from bot.interactions.look_ups import Work


async def show_form(interaction: Interaction, work: Work[discord.ui.Modal]) -> None:
    """Show a form, or the refusal: one that left a command would be an error to discord.py."""
    desk = interaction.client.desk
    try:
        await desk.ask(interaction, work)
    except TallymanError as error:
        await desk.refuse(interaction, error)

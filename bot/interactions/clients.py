"""The Discord client as handlers see it: typed, so that `interaction.client.desk` is known."""

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

if TYPE_CHECKING:
    from bot.interactions.desk import Desk


class DeskClient(commands.AutoShardedBot):
    """A client that carries the desk; `bot.client.TallymanBot` is the one that runs."""

    desk: "Desk"


Interaction = discord.Interaction[DeskClient]

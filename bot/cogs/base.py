"""BaseCog: what every cog has."""

from discord.ext import commands

from bot.interactions import DeskClient


class BaseCog(commands.Cog):
    """A cog: the desk carries out what people ask for, `db` is the door to the books.

    The client makes one of every subclass that a module of `bot/cogs` defines. Groups of commands
    inherit from `commands.GroupCog` as well, behind this class.
    """

    def __init__(self, client: DeskClient) -> None:
        self.client = client
        self.desk = client.desk
        self.db = client.desk.db

"""Founding: before a guild was set up, every command but a few says so."""

from typing import Final

import discord
from discord import app_commands

from bot.database.service import DatabaseService
from bot.domain.guild_settings import NotSetUp
from bot.errors import Unavailable
from bot.interactions.actors import actor_of
from bot.interactions.clients import Interaction
from bot.interactions.limits import Limits
from bot.services.setup import GetSetup, is_set_up

# What works before: setting up, and saying how.
WORKS_BEFORE: Final = frozenset({"setup", "help"})


class Founding:
    """Knows which guilds are set up; that they are is never undone, so it is asked once of each."""

    def __init__(self, db: DatabaseService, limits: Limits) -> None:
        self._db = db
        self._limits = limits
        self._set_up: set[int] = set()

    async def require_set_up(self, interaction: Interaction) -> None:
        """Raise NotSetUp for a command in a guild that was never set up, or NoPrivateMessage.

        Or TooManyAtOnce: a guild that no one sets up is looked at for each command of a flood.
        """
        guild_id = interaction.guild_id
        if guild_id is None:
            raise app_commands.NoPrivateMessage
        if interaction.type is not discord.InteractionType.application_command:
            return
        if guild_id in self._set_up or _name_of(interaction) in WORKS_BEFORE:
            return
        actor = actor_of(interaction)
        try:
            with self._limits.entered(guild_id, actor.user_id):
                is_known = await self._db.query(is_set_up, GetSetup(), actor)
        except Unavailable:
            return  # the command itself says what is wrong
        if is_known:
            self._set_up.add(guild_id)
            return
        raise NotSetUp(may_set_up=actor.is_owner or actor.is_administrator)


def _name_of(interaction: Interaction) -> str | None:
    """Return the first word of the command."""
    command = interaction.command
    if isinstance(command, app_commands.Command):
        return (command.root_parent or command).name
    return None

"""Options that several commands share."""

from typing import Any

import discord
from discord import app_commands

from bot.domain.names import MAX_NOTE, NOTHING, key_of

NoteOption = app_commands.Range[str, 0, MAX_NOTE]
ReasonOption = app_commands.Range[str, 1, MAX_NOTE]
# Text, because people copy `#41` from an answer; `parse_record` reads it.
RecordOption = app_commands.Range[str, 1, 20]


def is_none(typed: str | None) -> bool:
    """Whether what was typed into an option empties its field."""
    return typed is not None and key_of(typed) == NOTHING


class _TextChannel(app_commands.Transformer):
    """A text channel, also one that the bot cannot see (so that it can say so)."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord lets people pick."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Only channels that hold messages."""
        return [discord.ChannelType.text]

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Any:
        """Keep what Discord sent: an id and a name."""
        del interaction
        return value


TextChannelOption = app_commands.Transform[Any, _TextChannel]

"""Guilds whose channels or rights changed: what waited there for people is tried at once."""

from collections.abc import Set as AbstractSet
from typing import Final

import discord

from bot.database.delivery.leased_lanes import LeasedLane
from bot.jobs.delivery.owner_notices import missing_permissions

_MOST_GUILDS: Final = 1000


class RepairedGuilds:
    """Notes which guilds changed, and lets each of their lanes be tried once for that."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._new: set[int] = set()
        # The newest last, with the lanes that were tried since.
        self._tried: dict[int, set[str]] = {}

    def note(self, guild_id: int) -> None:
        """Note that something changed in a guild."""
        self._new.add(guild_id)
        self._tried.pop(guild_id, None)
        self._tried[guild_id] = set()
        while len(self._tried) > _MOST_GUILDS:
            del self._tried[next(iter(self._tried))]

    def take(self, guild_ids: AbstractSet[int]) -> set[int]:
        """Return those of some guilds whose waits end now; they are not returned again."""
        taken = self._new & guild_ids
        self._new -= taken
        return taken

    def give_back(self, guild_ids: AbstractSet[int]) -> None:
        """Have guilds returned again."""
        self._new |= guild_ids

    def allow(self, held: LeasedLane) -> bool:
        """Whether a lane may be tried though many others were refused.

        Nothing may be missing there by what Discord has told: who turns roles on and off uses up
        nothing of what others need.
        """
        tried, guild = self._tried.get(held.guild_id), self._client.get_guild(held.guild_id)
        if tried is None or held.lane in tried or guild is None or held.channel_id is None:
            return False
        tried.add(held.lane)
        is_there = guild.get_channel(held.channel_id) is not None
        return is_there and not missing_permissions(guild, held.channel_id)

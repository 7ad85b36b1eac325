"""Visibility: the channels that Tallyman made are seen by exactly the roles that may read them.

Who may read follows from bindings and permissions, so it is looked at again whenever those
change, at `/setup`, and when the bot comes back. What Discord refuses is shown by `/setup` and
`/settings show`, and tried again at the next of these occasions.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from weakref import WeakValueDictionary

import discord
from aiohttp import ClientError
from discord.ext import commands
from loguru import logger

from bot.cogs.base import BaseCog
from bot.cogs.channels import (
    Overwrites,
    by_id,
    is_own,
    kept_targets,
    list_troubles,
    targets_for,
)
from bot.database.delivery.discord_access import DiscordAccess, list_access
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.purposes import PURPOSES, Purpose
from bot.errors import Unavailable
from bot.interactions import DeskClient
from bot.pacing.requests import in_background
from bot.services.setup import GetSetup, SetupFound, get_setup
from bot.views.channels import ChannelTrouble

_STOP_SECONDS = 2.0


class ChannelKeeper:
    """Keeps who sees the bot's channels, one change of a guild's at a time.

    `/setup` takes the same lock, so that two that overlap make each channel once.
    """

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._client = client
        self._db = db
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        # Overwrites as they were written, until Discord's event updates the cache.
        self._written: dict[int, Overwrites] = {}
        self._awaited: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        db.on_rights_change.append(self.wake)

    def lock(self, guild_id: int) -> asyncio.Lock:
        """Return the lock of a guild's channels."""
        return self._locks.setdefault(guild_id, asyncio.Lock())

    def wake(self, guild_id: int) -> None:
        """Look at a guild's channels soon: bindings or permissions changed."""
        if guild_id in self._awaited:
            return
        self._awaited.add(guild_id)
        task = asyncio.get_running_loop().create_task(self._look(guild_id), name="visibility")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Let what has begun end."""
        if self.wake in self._db.on_rights_change:
            self._db.on_rights_change.remove(self.wake)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_STOP_SECONDS)
        for task in self._tasks:
            task.cancel()

    def note_updated(self, channel_id: int) -> None:
        """Trust the cache again: it holds what Discord says of the channel."""
        self._written.pop(channel_id, None)

    async def look_at(self, guild: discord.Guild) -> bool:
        """Show a guild's channels to their readers; return False if the database was away."""
        async with self.lock(guild.id):
            self._awaited.discard(guild.id)
            try:
                found = await self.find(guild.id)
            except Unavailable:
                logger.warning("The database is away; who sees the channels is looked at later")
                return False
            with in_background():
                await self.keep(guild, found)
        return True

    async def find(self, guild_id: int) -> SetupFound:
        """Return a guild's channels and their readers."""
        return await self._db.query(get_setup, GetSetup(), system_actor(guild_id, "job"))

    async def keep(self, guild: discord.Guild, found: SetupFound) -> None:
        """Show the bot's channels to their readers alone; the caller holds the lock."""
        self._awaited.discard(guild.id)
        for channel, purpose in _list_own(guild, found.channel_ids):
            await self._keep(guild, channel, purpose, found.readers[purpose.name])

    def is_kept(self, guild: discord.Guild, access: DiscordAccess) -> bool:
        """Whether the bot's channels are seen by their readers alone, as far as the cache knows."""
        readers = access.readers
        return all(
            by_id(targets_for(guild, purpose, readers[purpose.name]) | kept_targets(guild, channel))
            == by_id(channel.overwrites)
            for channel, purpose in _list_own(guild, access.channel_ids)
        )

    def troubles(self, guild: discord.Guild, found: SetupFound) -> list[ChannelTrouble]:
        """List what is wrong with a guild's channels, each thing once."""
        said: dict[ChannelTrouble, None] = {}
        places: dict[tuple[int, str], set[str]] = defaultdict(set)
        for purpose in PURPOSES:
            channel_id = found.channel_ids.get(purpose.name)
            if channel_id is None:
                continue
            for trouble in list_troubles(
                guild,
                purpose,
                channel_id,
                readers=found.readers[purpose.name],
                overwrites=self._written.get(channel_id),
            ):
                known = places[channel_id, trouble.reason]
                if not known or trouble.reason == "unseen":
                    said[trouble] = None
                known.add(purpose.name)
        return list(said)

    async def _look(self, guild_id: int) -> None:
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            self._awaited.discard(guild_id)
            return
        # What `/setup` under way looks at anyway is done by it, and not wanted here any more.
        async with self.lock(guild_id):
            is_done = guild_id not in self._awaited
        if not is_done:
            await self.look_at(guild)

    async def _keep(
        self,
        guild: discord.Guild,
        channel: discord.TextChannel,
        purpose: Purpose,
        readers: frozenset[int],
    ) -> None:
        targets = targets_for(guild, purpose, readers) | kept_targets(guild, channel)
        wanted = by_id(targets)
        if wanted == self._written.get(channel.id, by_id(channel.overwrites)):
            return
        try:
            await channel.edit(overwrites=targets, reason="Tallyman: who may read the books")
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.warning(
                "Who sees #{} of guild {} could not be changed: {}",
                channel.name,
                guild.id,
                type(error).__name__,
            )
            return
        self._written[channel.id] = wanted


class VisibilityCog(BaseCog):
    """What happens to channels, roles and guilds, for the one who keeps the channels."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self.keeper = ChannelKeeper(client, self.db)

    async def cog_unload(self) -> None:
        """Let what has begun end."""
        await self.keeper.stop()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look at the channels that others see than should, by what Discord said of them.

        Bindings may have changed while the bot was away.
        """
        guilds = {guild.id: guild for guild in self.client.guilds if not guild.unavailable}
        try:
            async for access in list_access(self.db, list(guilds)):
                guild = guilds[access.guild_id]
                if self.keeper.is_kept(guild, access):
                    continue
                if not await self.keeper.look_at(guild):
                    return
        except Unavailable:
            logger.warning("The database is away; who sees the channels is looked at later")

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Look at the channels of a guild that Discord serves again."""
        if self.client.is_ready():
            await self.keeper.look_at(guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Look at the channels of a guild that the bot was invited to again."""
        await self.keeper.look_at(guild)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Trust the cache again about a channel that Discord has just described."""
        del before
        self.keeper.note_updated(after.id)


def _list_own(
    guild: discord.Guild, channel_ids: Mapping[str, int]
) -> Iterator[tuple[discord.TextChannel, Purpose]]:
    """List the channels that the bot made, with what they are for."""
    for purpose in PURPOSES:
        channel = guild.get_channel(channel_ids.get(purpose.name, 0))
        if isinstance(channel, discord.TextChannel) and is_own(channel, purpose):
            yield channel, purpose


def keeper_of(client: DeskClient) -> ChannelKeeper:
    """Return the client's keeper of channels."""
    cog = client.get_cog(VisibilityCog.__name__)
    assert isinstance(cog, VisibilityCog)
    return cog.keeper

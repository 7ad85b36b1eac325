"""Notices to the owner of a guild, once for each lane that waits for people to fix something."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

import discord
from aiohttp import ClientError
from loguru import logger

from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.leased_lanes import LeasedLane
from bot.domain.lanes import board_of, is_personal, purpose_of
from bot.domain.purposes import NEEDED_PERMISSIONS
from bot.locales import use_locale
from bot.views.channels import board_trouble, lane_trouble

# Says what of a lane is not posted, where and why; None for lanes of other kinds.
Describe: TypeAlias = Callable[[LeasedLane, discord.Guild | None, str], Awaitable[str | None]]


class OwnerNotices:
    """Tells owners why nothing is posted; `describing` has the words of further kinds of lanes."""

    def __init__(self, client: discord.Client, lanes: OutboxLanes) -> None:
        self._client = client
        self._lanes = lanes
        self.describing: list[Describe] = []

    async def notify(self, held: LeasedLane, reason: str) -> None:
        """Notify the owner of a lane's guild once, and note that they were."""
        guild = self._client.get_guild(held.guild_id)
        owner_id = guild.owner_id if guild is not None else held.owner_id
        if owner_id is None or is_personal(held.lane):
            return
        if not await self._lanes.note_owner_told(held):
            return
        try:
            with use_locale(held.language):
                text = await self._describe(held, guild, reason)
            if text is None:
                return  # what was to be posted is no more
            owner = await self._client.create_dm(discord.Object(owner_id))
            await owner.send(text)
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.info("The owner could not be notified: {}", type(error).__name__)

    async def _describe(
        self, held: LeasedLane, guild: discord.Guild | None, reason: str
    ) -> str | None:
        name = guild.name if guild is not None else held.guild_name
        missing, purpose = missing_permissions(guild, held.channel_id), purpose_of(held.lane)
        if purpose is not None:
            return lane_trouble(name, purpose, reason, missing)
        if board_of(held.lane) is not None:
            return board_trouble(name, held.channel_id, reason, missing)
        for describe in self.describing:
            text = await describe(held, guild, reason)
            if text is not None:
                return text
        return None


def missing_permissions(
    guild: discord.Guild | None,
    channel_id: int | None,
    needed: Mapping[str, str] = NEEDED_PERMISSIONS,
) -> tuple[str, ...]:
    """Return what the bot lacks in a channel, as Discord calls it."""
    channel = guild.get_channel(channel_id or 0) if guild is not None else None
    if guild is None or channel is None:
        return ()
    own = channel.permissions_for(guild.me)
    return tuple(words for name, words in needed.items() if not getattr(own, name))

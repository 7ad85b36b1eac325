"""Joining a guild: one sentence where people can read it, on what this is and how it begins."""

from typing import cast

import discord
from aiohttp import ClientError
from discord.ext import commands
from loguru import logger

from bot.cogs.base import BaseCog
from bot.domain.actors import system_actor
from bot.errors import Unavailable
from bot.locales import use_locale
from bot.services.setup import GetSetup, is_set_up
from bot.views.setup import welcome


class WelcomeCog(BaseCog):
    """What is said in a guild that the bot has just joined."""

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say what this is and what to type."""
        channel = find_public_channel(guild)
        if channel is None:
            return
        try:
            actor = system_actor(guild.id, "job")
            is_back = await self.db.query(is_set_up, GetSetup(), actor)
            with use_locale(guild.preferred_locale.value):
                text = welcome(is_back=is_back)
            await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
        except (Unavailable, discord.HTTPException, ClientError, OSError) as error:
            logger.info("A new guild could not be greeted: {}", type(error).__name__)


def find_public_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Return where news is posted, or else the first channel that everyone sees, if the bot may."""
    me = cast("discord.Member | None", guild.me)
    everyone = cast("discord.Role | None", guild.default_role)
    if me is None or everyone is None:
        logger.warning("A frame from Discord could not be read: a guild without the bot or roles")
        return None
    candidates = [guild.system_channel, *sorted(guild.text_channels, key=lambda c: c.position)]
    for channel in candidates:
        if channel is None:
            continue
        own = channel.permissions_for(me)
        is_seen = channel.permissions_for(everyone).view_channel
        if own.view_channel and own.send_messages and (is_seen or channel == guild.system_channel):
            return channel
    return None

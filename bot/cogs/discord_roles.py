"""Deleted Discord roles: their links to app roles are removed, also of those deleted meanwhile."""

from uuid import uuid4

import discord
from aiohttp import ClientError
from discord.ext import commands
from loguru import logger

from bot.cogs.base import BaseCog
from bot.database.delivery.discord_access import list_access
from bot.domain.actors import system_actor
from bot.errors import NotFound, Unavailable
from bot.interactions import Desk
from bot.pacing.requests import in_background
from bot.services.roles import ForgetDiscordRole, ListRoles, forget_discord_role, list_roles

_LATER = "Links of deleted Discord roles are removed later: {}"


class DiscordRoleCog(BaseCog):
    """Reactions to changes of Discord roles."""

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Remove the links of a Discord role as soon as it is deleted."""
        try:
            if role.id in await _list_bound(self.desk, role.guild.id):
                await _forget(self.desk, role.guild.id, role.id, f"role-deleted-{role.id}")
        except Unavailable:
            logger.warning(_LATER, "Unavailable")

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Remove the links of roles deleted while the bot was away, one guild after the other.

        Guilds all of whose roles are there are not looked at.
        """
        guilds = {guild.id: guild for guild in self.client.guilds if not guild.unavailable}
        try:
            async for access in list_access(self.desk.db, list(guilds)):
                guild = guilds[access.guild_id]
                if all(guild.get_role(role_id) for role_id in access.discord_role_ids):
                    continue
                with in_background():
                    if not await forget_missing(self.desk, guild):
                        return
        except Unavailable:
            logger.warning(_LATER, "Unavailable")

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Remove the links of roles deleted while Discord could not serve the guild."""
        if self.client.is_ready():
            await forget_missing(self.desk, guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Remove the links of roles deleted while the bot was not in the guild."""
        await forget_missing(self.desk, guild)


async def forget_missing(desk: Desk, guild: discord.Guild | None) -> bool:
    """Remove the links of deleted roles; return False if the database was away.

    What cannot be looked up now is left to the next time. Discord is asked about a role that the
    bot's cache lacks, because a wrong guess would take permissions from its members.
    """
    if guild is None or guild.unavailable:
        return True
    try:
        bound = await _list_bound(desk, guild.id)
        missing = [role_id for role_id in bound if guild.get_role(role_id) is None]
        there = {role.id for role in await guild.fetch_roles()} if missing else set()
        for role_id in missing:
            if role_id not in there:
                # A binding that was made too late may have used up the key of its event.
                key = f"role-deleted-{role_id}-{uuid4().hex}"
                await _forget(desk, guild.id, role_id, key)
    except Unavailable:
        logger.warning(_LATER, "Unavailable")
        return False
    except (discord.HTTPException, ClientError, OSError) as error:
        logger.warning(_LATER, type(error).__name__)
    return True


async def _list_bound(desk: Desk, guild_id: int) -> list[int]:
    listed = await desk.db.query(list_roles, ListRoles(), system_actor(guild_id, "job"))
    return sorted({role_id for shown in listed.roles for role_id in shown.discord_role_ids})


async def _forget(desk: Desk, guild_id: int, role_id: int, key: str) -> None:
    request = ForgetDiscordRole(discord_role_id=role_id)
    try:
        await desk.db.run(forget_discord_role, request, system_actor(guild_id, "job"), key)
    except NotFound:
        logger.debug("Another process was quicker to forget the role")

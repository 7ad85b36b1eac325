"""App roles: which Discord roles bring them."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.suggestions import suggest_roles
from bot.domain.actors import Actor
from bot.errors import NotFound
from bot.services.roles import (
    BindRole,
    ListRoles,
    UnbindRole,
    bind_role,
    list_roles,
    unbind_role,
)
from bot.views.desk import Desk
from bot.views.guilds import show_roles
from bot.views.replies import Reply


class RoleCog(commands.GroupCog, name="role", description="Who may do what"):
    """Commands about roles."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Look at the roles and what brings them")
    async def list(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            listed = await self.desk.db.read(list_roles, ListRoles(), actor)
            return show_roles(listed, actor.guild_id)

        await self.desk.read(interaction, work)

    @app_commands.command(description="Let a Discord role bring a role of these books")
    @app_commands.describe(discord_role="Whoever holds this ...", role="... holds this as well")
    @app_commands.autocomplete(role=suggest_roles)
    async def bind(
        self, interaction: discord.Interaction[Any], discord_role: discord.Role, role: str
    ) -> None:
        await self.desk.write(
            interaction,
            bind_role,
            lambda: BindRole(discord_role_id=require_role(interaction, discord_role), role=role),
        )

    @app_commands.command(description="Let a Discord role no longer bring a role of these books")
    @app_commands.describe(discord_role="Whoever holds this ...", role="... no longer holds this")
    @app_commands.autocomplete(role=suggest_roles)
    async def unbind(
        self, interaction: discord.Interaction[Any], discord_role: discord.Role, role: str
    ) -> None:
        await self.desk.write(
            interaction,
            unbind_role,
            lambda: UnbindRole(discord_role_id=discord_role.id, role=role),
        )


def require_role(interaction: discord.Interaction[Any], role: discord.Role) -> int:
    """Return the id of a Discord role; raises NotFound if it was deleted meanwhile."""
    if interaction.guild is not None and interaction.guild.get_role(role.id) is None:
        raise NotFound("Discord role")
    return role.id


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(RoleCog(bot.desk))

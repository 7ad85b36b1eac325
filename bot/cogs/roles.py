"""App roles: what they hold, and which Discord roles bring them."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_roles
from bot.cogs.discord_roles import forget_missing
from bot.domain.actors import Actor
from bot.errors import NotFound
from bot.interactions.desk import Desk
from bot.interactions.dispatch import on_control, on_menu
from bot.services.role_deletion import (
    DeleteRole,
    PreviewRoleDeletion,
    delete_role,
    preview_role_deletion,
)
from bot.services.role_permissions import (
    SetPermissions,
    ShowPermissions,
    set_permissions,
    show_permissions,
)
from bot.services.roles import (
    BindRole,
    CreateRole,
    ListRoles,
    RolesListed,
    UnbindRole,
    bind_role,
    create_role,
    list_roles,
    unbind_role,
)
from bot.views import roles as views
from bot.views.components import number
from bot.views.replies import Reply


class RoleCog(commands.GroupCog, name="role", description="Who may do what"):
    """Commands about roles."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Look at the roles and what brings them")
    async def list(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            listed = await self.desk.db.query(list_roles, ListRoles(), actor)
            if is_any_missing(interaction.guild, listed):
                await forget_missing(self.desk, interaction.guild)
                listed = await self.desk.db.query(list_roles, ListRoles(), actor)
            return views.show_roles(listed, actor.guild_id)

        await self.desk.read(interaction, work)

    @app_commands.command(description="Make a role, then choose what it lets people do")
    @app_commands.describe(name="What it is called", description="What it is for")
    async def create(
        self, interaction: discord.Interaction[Any], name: str, description: str = ""
    ) -> None:
        await self.desk.write(
            interaction, create_role, lambda: CreateRole(name=name, description=description)
        )

    @app_commands.command(description="Choose what a role lets people do")
    @app_commands.describe(role="Its name")
    @app_commands.autocomplete(role=suggest_roles)
    async def permissions(self, interaction: discord.Interaction[Any], role: str) -> None:
        async def work(actor: Actor) -> Reply:
            request = ShowPermissions(role=role)
            return views.show_permissions(
                await self.desk.db.query(show_permissions, request, actor)
            )

        await self.desk.read(interaction, work)

    @app_commands.command(description="Delete a role; asks first, with what goes with it")
    @app_commands.describe(role="Its name")
    @app_commands.autocomplete(role=suggest_roles)
    async def delete(self, interaction: discord.Interaction[Any], role: str) -> None:
        async def work(actor: Actor) -> Reply:
            request = PreviewRoleDeletion(role=role)
            doomed = await self.desk.db.query(preview_role_deletion, request, actor)
            return views.ask_deletion(doomed, actor.guild_id)

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
        # It may have been deleted just now, before the binding was there to be forgotten.
        await forget_missing(self.desk, interaction.guild)

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


@on_menu("role", "permit", number, views.parse_area)
async def permit(
    interaction: discord.Interaction[Any], role_id: int, area: str, chosen: tuple[str, ...]
) -> None:
    """Let a role hold what was chosen in one area, and what it holds now in all others."""
    await interaction.client.desk.write(
        interaction,
        set_permissions,
        lambda: SetPermissions(role=role_id, permissions=chosen, area=area),
        is_update=True,
    )


@on_control("role", "delete", number, str)
async def delete(interaction: discord.Interaction[Any], role_id: int, seal: str) -> None:
    """Delete the role that was asked about, if nothing about it has changed."""
    await interaction.client.desk.write(
        interaction,
        delete_role,
        lambda: DeleteRole(role_id=role_id, seal=seal),
        is_update=True,
    )


def is_any_missing(guild: discord.Guild | None, listed: RolesListed) -> bool:
    """Tell whether a bound Discord role is not among those that the bot knows."""
    return guild is not None and any(
        guild.get_role(role_id) is None
        for shown in listed.roles
        for role_id in shown.discord_role_ids
    )


def require_role(interaction: discord.Interaction[Any], role: discord.Role) -> int:
    """Return the id of a Discord role; raises NotFound if it was deleted meanwhile."""
    if interaction.guild is not None and interaction.guild.get_role(role.id) is None:
        raise NotFound("Discord role")
    return role.id


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(RoleCog(bot.desk))

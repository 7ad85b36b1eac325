"""App roles: their permissions, and the Discord roles that grant them."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_roles
from bot.cogs.base import BaseCog
from bot.cogs.discord_roles import forget_missing
from bot.domain.actors import Actor
from bot.errors import NotFound
from bot.interactions import Interaction, handles
from bot.services.role_deletion import (
    DeleteRole,
    GetDeletionPreview,
    delete_role,
    get_deletion_preview,
)
from bot.services.role_permissions import (
    GetRolePermissions,
    SetPermissions,
    get_role_permissions,
    set_permissions,
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
from bot.views import role_permissions
from bot.views import roles as views
from bot.views.command_rights import help_topic, needs
from bot.views.replies import Reply, render


@help_topic("setup", 3)
class RoleCog(BaseCog, commands.GroupCog, name="role", description="Roles and permissions"):
    """Commands about roles."""

    @needs("people.view or role.manage")
    @app_commands.command(description="List roles, their permissions and where they come from")
    async def list(self, interaction: Interaction) -> None:
        async def work(actor: Actor) -> Reply:
            listed = await self.db.query(list_roles, ListRoles(), actor)
            if is_any_missing(interaction.guild, listed):
                await forget_missing(self.desk, interaction.guild)
                listed = await self.db.query(list_roles, ListRoles(), actor)
            return render(listed)

        await self.desk.read(interaction, work)

    @needs("role.manage")
    @app_commands.command(description="Create a role, then choose its permissions")
    @app_commands.describe(name="Name", description="What it is for")
    async def create(self, interaction: Interaction, name: str, description: str = "") -> None:
        await self.desk.write(
            interaction, create_role, CreateRole(name=name, description=description)
        )

    @needs("role.manage")
    @app_commands.command(description="Choose the permissions of a role")
    @app_commands.describe(role="The role")
    @app_commands.autocomplete(role=suggest_roles)
    async def permissions(self, interaction: Interaction, role: str) -> None:
        await self.desk.show(interaction, get_role_permissions, GetRolePermissions(role=role))

    @needs("role.manage")
    @app_commands.command(description="Delete a role (asks first)")
    @app_commands.describe(role="The role")
    @app_commands.autocomplete(role=suggest_roles)
    async def delete(self, interaction: Interaction, role: str) -> None:
        await self.desk.show(interaction, get_deletion_preview, GetDeletionPreview(role=role))

    @needs("role.manage")
    @app_commands.command(description="Link a Discord role and an app role")
    @app_commands.describe(discord_role="The Discord role", role="The app role")
    @app_commands.autocomplete(role=suggest_roles)
    async def bind(self, interaction: Interaction, discord_role: discord.Role, role: str) -> None:
        await self.desk.write(
            interaction,
            bind_role,
            lambda: BindRole(discord_role_id=require_role(interaction, discord_role), role=role),
        )
        # It may have been deleted just now, before there was a link to remove.
        await forget_missing(self.desk, interaction.guild)

    @needs("role.manage")
    @app_commands.command(description="Unlink a Discord role and an app role")
    @app_commands.describe(discord_role="The Discord role", role="The app role")
    @app_commands.autocomplete(role=suggest_roles)
    async def unbind(self, interaction: Interaction, discord_role: discord.Role, role: str) -> None:
        await self.desk.write(
            interaction,
            unbind_role,
            UnbindRole(discord_role_id=discord_role.id, role=role),
        )


@handles(views.ROLES_PAGE)
async def turn_roles(interaction: Interaction, first: int) -> None:
    """Turn a page of the list."""
    await interaction.client.desk.show(
        interaction,
        list_roles,
        ListRoles(),
        view=lambda listed: views.roles_from(listed, first),
        is_update=True,
    )


@handles(views.OPEN_ROLE)
async def open_role(interaction: Interaction, first: int, role_id: int) -> None:
    """Show a role of the list; of one with many Discord roles, those from one on."""
    await interaction.client.desk.show(
        interaction,
        list_roles,
        ListRoles(),
        view=lambda listed: views.role_page(listed, role_id, first),
    )


@handles(role_permissions.AREA)
async def choose_area(interaction: Interaction, role_id: int, chosen: tuple[str, ...]) -> None:
    """Show what a role grants, with the menu of the chosen area."""
    request = GetRolePermissions(role=role_id, area=chosen[0])
    await interaction.client.desk.show(interaction, get_role_permissions, request, is_update=True)


@handles(role_permissions.PERMIT)
async def permit(
    interaction: Interaction, role_id: int, area: str, chosen: tuple[str, ...]
) -> None:
    """Replace the permissions of a role in one area by the chosen ones."""
    await interaction.client.desk.write(
        interaction,
        set_permissions,
        SetPermissions(role=role_id, permissions=chosen, area=area),
        is_update=True,
    )


@handles(views.DELETE)
async def delete(interaction: Interaction, role_id: int, preview_token: str) -> None:
    """Delete the role that the question was about, if nothing about it has changed."""
    await interaction.client.desk.write(
        interaction,
        delete_role,
        DeleteRole(role_id=role_id, preview_token=preview_token),
        is_update=True,
    )


def is_any_missing(guild: discord.Guild | None, listed: RolesListed) -> bool:
    """Whether a bound Discord role is not among those that the bot knows."""
    return guild is not None and any(
        guild.get_role(role_id) is None
        for shown in listed.roles
        for role_id in shown.discord_role_ids
    )


def require_role(interaction: Interaction, role: discord.Role) -> int:
    """Return the id of a Discord role; raises NotFound if it was deleted meanwhile."""
    if interaction.guild is not None and interaction.guild.get_role(role.id) is None:
        raise NotFound("Discord role")
    return role.id

"""People: who is known, what roles they were given, who is shut out."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.suggestions import suggest_roles
from bot.domain.actors import Actor
from bot.services.people import (
    DeactivateMember,
    ListPeople,
    ReactivateMember,
    SetRoles,
    ShowMember,
    deactivate_member,
    list_people,
    reactivate_member,
    set_roles,
    show_member,
)
from bot.views import people as views
from bot.views.controls import number, on_control, on_menu
from bot.views.desk import Desk, member_actor
from bot.views.pages import Turn
from bot.views.replies import Reply

Reason = app_commands.Range[str, 1, 200]


class PeopleCog(commands.GroupCog, name="people", description="Who works with these books"):
    """Commands about people."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Look at the people who are known")
    @app_commands.describe(role="Only those who were given this role by name")
    @app_commands.autocomplete(role=suggest_roles)
    async def list(self, interaction: discord.Interaction[Any], role: str | None = None) -> None:
        await _show_page(self.desk, interaction, ListPeople(role=role))

    @app_commands.command(description="Look at somebody and what they may do")
    @app_commands.describe(member="Whom it is about")
    async def show(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        async def work(actor: Actor) -> Reply:
            request = _about(interaction, member)
            shown = await self.desk.db.read(show_member, request, actor)
            return views.show_member(shown, actor.guild_id)

        await self.desk.read(interaction, work)

    @app_commands.command(description="Choose the roles that somebody has by name")
    @app_commands.describe(member="Whom it is about")
    async def roles(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        async def work(actor: Actor) -> Reply:
            async with self.desk.db.reading(actor) as books:
                books.require_permission("people.manage")
            request = _about(interaction, member)
            return views.roles_menu(await self.desk.db.read(show_member, request, actor))

        await self.desk.read(interaction, work)

    @app_commands.command(description="Take every right from somebody, at once")
    @app_commands.describe(member="Whom it is about", reason="Why they are shut out")
    async def deactivate(
        self, interaction: discord.Interaction[Any], member: discord.User, reason: Reason
    ) -> None:
        guild = interaction.guild
        request = DeactivateMember(
            user_id=member.id,
            reason=reason,
            name=member.display_name,
            is_owner=guild is not None and guild.owner_id == member.id,
        )
        await self.desk.write(interaction, deactivate_member, lambda: request)

    @app_commands.command(description="Give somebody back what their roles bring")
    @app_commands.describe(member="Whom it is about")
    async def reactivate(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        request = ReactivateMember(user_id=member.id)
        await self.desk.write(interaction, reactivate_member, lambda: request)


@on_menu("people", "roles", number)
async def choose_roles(
    interaction: discord.Interaction[Any], user_id: int, chosen: tuple[str, ...]
) -> None:
    """Give somebody just the roles that were chosen."""
    desk: Desk = interaction.client.desk
    await desk.write(
        interaction, set_roles, lambda: SetRoles(user_id=user_id, roles=chosen), is_update=True
    )


@on_control("people", "page", Turn.parse, number)
async def turn_page(interaction: discord.Interaction[Any], turn: Turn, role_id: int) -> None:
    """Turn a page of the list."""
    request = ListPeople(role=role_id or None, after=turn.after, before=turn.before)
    await _show_page(interaction.client.desk, interaction, request, is_update=True)


def _about(interaction: discord.Interaction[Any], member: discord.User) -> ShowMember:
    """Describe somebody as this very interaction names them; a user only has left."""
    has_left = not isinstance(member, discord.Member)
    return ShowMember(person=member_actor(interaction, member), has_left=has_left)


async def _show_page(
    desk: Desk,
    interaction: discord.Interaction[Any],
    request: ListPeople,
    *,
    is_update: bool = False,
) -> None:
    async def work(actor: Actor) -> Reply:
        return views.show_people(await desk.db.read(list_people, request, actor))

    await desk.read(interaction, work, is_update=is_update)


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(PeopleCog(bot.desk))

"""People: who is known, which roles they were given, whose access is off."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_roles
from bot.domain.actors import Actor
from bot.errors import StaleControl
from bot.interactions.actors import member_actor
from bot.interactions.desk import Desk
from bot.interactions.dispatch import on_control, on_menu
from bot.services.people import (
    DeactivatePerson,
    ListPeople,
    PrepareRoles,
    ReactivatePerson,
    SetRoles,
    ShowPerson,
    deactivate_person,
    list_people,
    prepare_roles,
    reactivate_person,
    set_roles,
    show_person,
)
from bot.views import people as views
from bot.views.components import number
from bot.views.pages import Turn
from bot.views.replies import Reply

Reason = app_commands.Range[str, 1, 200]


class PeopleCog(commands.GroupCog, name="people", description="Who works with these books"):
    """Commands about people."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Look at the people by name")
    @app_commands.describe(role="Only those who were given this role by name")
    @app_commands.autocomplete(role=suggest_roles)
    async def list(self, interaction: discord.Interaction[Any], role: str | None = None) -> None:
        await _show_page(self.desk, interaction, Turn(), role)

    @app_commands.command(description="Look at somebody and what brings them their roles")
    @app_commands.describe(member="Whom it is about")
    async def show(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        async def work(actor: Actor) -> Reply:
            # With the option Discord sends how the member stands at this moment; whoever left
            # is a user only.
            request = ShowPerson(
                person=member_actor(interaction, member),
                has_left=not isinstance(member, discord.Member),
            )
            shown = await self.desk.db.query(show_person, request, actor)
            return views.show_person(shown, actor.guild_id)

        await self.desk.read(interaction, work)

    @app_commands.command(description="Choose the roles that somebody has by name")
    @app_commands.describe(member="Whom it is about")
    async def roles(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        async def work(actor: Actor) -> Reply:
            person = member_actor(interaction, member)
            prepared = await self.desk.db.query(prepare_roles, PrepareRoles(person=person), actor)
            return views.show_roles(prepared, person, member.display_name)

        await self.desk.read(interaction, work)

    @app_commands.command(description="Switch somebody's access off, whatever roles they hold")
    @app_commands.describe(member="Whom it is about", reason="Why; the record keeps it")
    async def deactivate(
        self, interaction: discord.Interaction[Any], member: discord.User, reason: Reason
    ) -> None:
        await self.desk.write(
            interaction,
            deactivate_person,
            lambda: DeactivatePerson(
                user_id=member.id,
                reason=reason,
                name=member.display_name,
                is_owner=member_actor(interaction, member).is_owner,
            ),
        )

    @app_commands.command(description="Switch somebody's access on again")
    @app_commands.describe(member="Whom it is about")
    async def reactivate(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        await self.desk.write(
            interaction, reactivate_person, lambda: ReactivatePerson(user_id=member.id)
        )


@on_menu("people", "roles", number, views.Joined.parse, str)
async def choose_roles(
    interaction: discord.Interaction[Any],
    user_id: int,
    joined: views.Joined,
    name: str,
    chosen: tuple[str, ...],
) -> None:
    """Let somebody have the roles that were chosen, and no others."""

    def request() -> SetRoles:
        try:
            roles = tuple(sorted(map(number, chosen)))
        except ValueError as error:
            raise StaleControl from error
        return SetRoles(user_id=user_id, roles=roles, name=name, joined_at=joined.at)

    await interaction.client.desk.write(interaction, set_roles, request, is_update=True)


@on_control("people", "page", Turn.parse, number)
async def turn_page(interaction: discord.Interaction[Any], turn: Turn, role_id: int) -> None:
    """Turn a page of the list."""
    role = None if role_id == views.ANY_ROLE else role_id
    await _show_page(interaction.client.desk, interaction, turn, role, is_update=True)


async def _show_page(
    desk: Desk,
    interaction: discord.Interaction[Any],
    turn: Turn,
    role: int | str | None,
    *,
    is_update: bool = False,
) -> None:
    async def work(actor: Actor) -> Reply:
        request = ListPeople(role=role, after=turn.after, before=turn.before)
        return views.show_people(await desk.db.query(list_people, request, actor))

    await desk.read(interaction, work, is_update=is_update)


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(PeopleCog(bot.desk))

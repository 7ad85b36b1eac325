"""People: list, show, assign roles, deactivate, reactivate."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_roles
from bot.cogs.base import BaseCog
from bot.cogs.options import ReasonOption
from bot.domain.actors import Actor
from bot.errors import StaleControl
from bot.interactions import Interaction, fetch_actor, handles, member_actor
from bot.services.member_roles import GetMemberRoles, SetRoles, get_member_roles, set_roles
from bot.services.people import (
    DeactivatePerson,
    GetPerson,
    ListPeople,
    ReactivatePerson,
    deactivate_person,
    get_person,
    list_people,
    reactivate_person,
)
from bot.views import people as views
from bot.views.command_rights import help_topic, needs
from bot.views.components import number
from bot.views.opening import OPEN_PERSON
from bot.views.pages import Turn


@help_topic("people", 3)
class PeopleCog(BaseCog, commands.GroupCog, name="people", description="Members and their roles"):
    """Commands about people."""

    @needs("people.view")
    @app_commands.command(description="List members by name")
    @app_commands.describe(role="Only members with this role assigned by name")
    @app_commands.autocomplete(role=suggest_roles)
    async def list(self, interaction: Interaction, role: str | None = None) -> None:
        await self.desk.show(interaction, list_people, ListPeople(role=role))

    @needs("people.view")
    @app_commands.command(description="Show a member and where their roles come from")
    @app_commands.describe(member="The member")
    async def show(self, interaction: Interaction, member: discord.User) -> None:
        # Discord sends the member as of this moment; a person who left is only a user.
        request = GetPerson(
            person=member_actor(interaction, member),
            has_left=not isinstance(member, discord.Member),
        )
        await self.desk.show(interaction, get_person, request)

    @needs("people.manage")
    @app_commands.command(description="Assign roles to a member by name")
    @app_commands.describe(member="The member")
    async def roles(self, interaction: Interaction, member: discord.User) -> None:
        request = GetMemberRoles(person=member_actor(interaction, member), name=member.display_name)
        await self.desk.show(interaction, get_member_roles, request)

    @needs("people.manage")
    @app_commands.command(description="Deactivate a member")
    @app_commands.describe(member="The member", reason="Why; stored in the record")
    async def deactivate(
        self, interaction: Interaction, member: discord.User, reason: ReasonOption
    ) -> None:
        def request() -> DeactivatePerson:
            person, program = member_actor(interaction, member), interaction.client.user
            return DeactivatePerson(
                user_id=member.id,
                reason=reason,
                name=member.display_name,
                is_owner=person.is_owner,
                is_program=program is not None and program.id == member.id,
                discord_role_ids=tuple(sorted(person.discord_role_ids)),
                joined_at=person.joined_at,
            )

        await self.desk.write(interaction, deactivate_person, request)

    @needs("people.manage")
    @app_commands.command(description="Reactivate a member")
    @app_commands.describe(member="The member")
    async def reactivate(self, interaction: Interaction, member: discord.User) -> None:
        person = member_actor(interaction, member)
        request = ReactivatePerson(
            user_id=member.id,
            discord_role_ids=tuple(sorted(person.discord_role_ids)),
            joined_at=person.joined_at,
        )
        await self.desk.write(interaction, reactivate_person, request)


@handles(views.ROLES)
async def choose_roles(
    interaction: Interaction, user_id: int, name: str, chosen: tuple[str, ...]
) -> None:
    """Assign the chosen roles to a member, and no others."""

    async def request() -> SetRoles:
        try:
            roles = tuple(sorted(map(number, chosen)))
        except ValueError as error:
            raise StaleControl from error
        # They may have left and come back since the menu was drawn, which ends what they held.
        person = await fetch_actor(interaction, user_id)
        return SetRoles(
            user_id=user_id,
            roles=roles,
            name=name,
            joined_at=person.joined_at if person else None,
            has_left=person is None,
        )

    await interaction.client.desk.write(interaction, set_roles, request, is_update=True)


@handles(OPEN_PERSON)
async def open_person(interaction: Interaction, user_id: int) -> None:
    """Show a member of a list, as Discord describes them now."""

    async def request() -> GetPerson:
        person = await fetch_actor(interaction, user_id)
        unknown = Actor(guild_id=interaction.guild_id or 0, user_id=user_id)
        return GetPerson(person=person or unknown, has_left=person is None)

    await interaction.client.desk.show(interaction, get_person, request)


@handles(views.PAGE)
async def turn_page(interaction: Interaction, turn: Turn, role_id: int) -> None:
    """Turn a page of the list."""
    role = None if role_id == views.ANY_ROLE else role_id
    request = ListPeople(role=role, after=turn.after, before=turn.before)
    await interaction.client.desk.show(interaction, list_people, request, is_update=True)

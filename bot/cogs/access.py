"""Why a member has a permission or not."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_permissions
from bot.cogs.base import BaseCog
from bot.interactions import Interaction, member_actor
from bot.services.access import GetAccess, get_access
from bot.views.command_rights import help_topic, needs


@help_topic("people", 2)
class AccessCog(BaseCog, commands.GroupCog, name="access", description="Permissions explained"):
    """Commands about permissions."""

    @needs("")
    @app_commands.command(description="Explain why a member has a permission, or why not")
    @app_commands.describe(
        member="The member (others: with people.view)", permission="The permission"
    )
    @app_commands.autocomplete(permission=suggest_permissions)
    async def why(self, interaction: Interaction, member: discord.User, permission: str) -> None:
        # Discord sends the member as of this moment; a person who left is only a user.
        request = GetAccess(
            permission=permission,
            member=member_actor(interaction, member),
            has_left=not isinstance(member, discord.Member),
        )
        await self.desk.show(interaction, get_access, request)

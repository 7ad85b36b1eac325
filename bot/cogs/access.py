"""Why somebody may do something or not."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_permissions
from bot.cogs.base import BaseCog
from bot.interactions import Interaction, member_actor
from bot.services.access import GetAccess, get_access


class AccessCog(BaseCog, commands.GroupCog, name="access", description="Why somebody may do what"):
    """Commands about rights."""

    @app_commands.command(description="Find out why somebody may do something, or why not")
    @app_commands.describe(member="Who (yourself: always)", permission="To do what")
    @app_commands.autocomplete(permission=suggest_permissions)
    async def why(self, interaction: Interaction, member: discord.User, permission: str) -> None:
        # With the option Discord sends the member as of this moment; who has left is a user only.
        request = GetAccess(
            permission=permission,
            member=member_actor(interaction, member),
            has_left=not isinstance(member, discord.Member),
        )
        await self.desk.show(interaction, get_access, request)

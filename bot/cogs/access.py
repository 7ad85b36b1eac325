"""Why somebody may do something or not."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.autocomplete import suggest_permissions
from bot.domain.actors import Actor
from bot.interactions.actors import member_actor
from bot.interactions.desk import Desk
from bot.services.access import ExplainAccess, explain_access
from bot.views.access import show_access
from bot.views.replies import Reply


class AccessCog(commands.GroupCog, name="access", description="Why somebody may do what"):
    """Commands about rights."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Find out why somebody may do something, or why not")
    @app_commands.describe(member="Who (yourself: always)", permission="To do what")
    @app_commands.autocomplete(permission=suggest_permissions)
    async def why(
        self, interaction: discord.Interaction[Any], member: discord.User, permission: str
    ) -> None:
        async def work(actor: Actor) -> Reply:
            # With the option Discord sends how the member stands at this moment; whoever left
            # is a user only.
            is_here = isinstance(member, discord.Member)
            request = ExplainAccess(
                permission=permission,
                member=member_actor(interaction, member),
                has_left=not is_here,
            )
            return show_access(
                await self.desk.db.query(explain_access, request, actor), actor.guild_id
            )

        await self.desk.read(interaction, work)


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(AccessCog(bot.desk))

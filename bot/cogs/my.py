"""What everybody may do about themselves."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.actors import Actor
from bot.services.profiles import (
    ChangeEmail,
    EraseMyself,
    RegisterMember,
    ShowProfile,
    change_email,
    erase_myself,
    export_myself,
    register_member,
    show_profile,
)
from bot.views import people as views
from bot.views.controls import number, on_control
from bot.views.desk import Desk
from bot.views.replies import Reply


class MyCog(commands.GroupCog, name="my", description="What these books know of you"):
    """Commands about oneself."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Make yourself known to these books")
    @app_commands.describe(email="Where you can be reached; only you and admins see it")
    async def register(
        self, interaction: discord.Interaction[Any], email: str | None = None
    ) -> None:
        request = RegisterMember(name=interaction.user.display_name, email=email)
        await self.desk.write(interaction, register_member, lambda: request)

    @app_commands.command(description="Look at what these books know of you")
    async def profile(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            shown = await self.desk.db.read(show_profile, ShowProfile(), actor)
            return views.show_profile(shown, actor.guild_id)

        await self.desk.read(interaction, work)

    @app_commands.command(description="Change your e-mail address")
    @app_commands.describe(email="Your new address (none to remove it)")
    async def email(self, interaction: discord.Interaction[Any], email: str) -> None:
        await self.desk.write(interaction, change_email, lambda: ChangeEmail(email=email))

    @app_commands.command(description="Look at what you may do here, and why")
    async def permissions(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            shown = await self.desk.db.read(show_profile, ShowProfile(), actor)
            return views.show_rights(shown, actor.guild_id)

        await self.desk.read(interaction, work)

    @app_commands.command(description="Take home everything that is kept about you")
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            return views.export_reply(await self.desk.db.read(export_myself, ShowProfile(), actor))

        await self.desk.read(interaction, work)

    @app_commands.command(description="Erase what these books know of you")
    async def erase(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            return views.erase_question(actor.user_id)

        await self.desk.read(interaction, work)


@on_control("my", "erase", number)
async def erase(interaction: discord.Interaction[Any], user_id: int) -> None:
    """Erase whoever pressed it, after they were asked."""
    desk: Desk = interaction.client.desk
    await desk.write(
        interaction, erase_myself, lambda: EraseMyself(user_id=user_id), is_update=True
    )


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(MyCog(bot.desk))

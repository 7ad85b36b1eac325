"""What people do about themselves; everybody may."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.actors import Actor
from bot.interactions.desk import Desk
from bot.interactions.dispatch import on_control
from bot.services.profiles import (
    EraseProfile,
    ExportProfile,
    RegisterMember,
    SetEmail,
    ShowProfile,
    erase_profile,
    export_profile,
    register_member,
    set_email,
    show_profile,
)
from bot.views import profiles as views
from bot.views.replies import Reply


class MyCog(commands.GroupCog, name="my", description="You, and what is kept about you"):
    """Commands about oneself."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(description="Become known to these books, under your name here")
    @app_commands.describe(email="Where to reach you; only you and who manages people see it whole")
    async def register(
        self, interaction: discord.Interaction[Any], email: str | None = None
    ) -> None:
        name = interaction.user.display_name
        await self.desk.write(
            interaction, register_member, lambda: RegisterMember(name=name, email=email)
        )

    @app_commands.command(description="See what is kept about you")
    async def profile(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            return views.show_profile(await self.desk.db.query(show_profile, ShowProfile(), actor))

        await self.desk.read(interaction, work)

    @app_commands.command(description="Change your e-mail")
    @app_commands.describe(email="Where to reach you (none to remove it)")
    async def email(self, interaction: discord.Interaction[Any], email: str) -> None:
        await self.desk.write(interaction, set_email, lambda: SetEmail(email=email))

    @app_commands.command(description="See what you may do here, and why")
    async def permissions(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            shown = await self.desk.db.query(show_profile, ShowProfile(), actor)
            return views.show_permissions(shown, actor.guild_id)

        await self.desk.read(interaction, work)

    @app_commands.command(description="Take away what is kept about you, as a file")
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            return views.show_export(
                await self.desk.db.query(export_profile, ExportProfile(), actor)
            )

        await self.desk.read(interaction, work)

    @app_commands.command(description="Erase what is kept about you; asks first")
    async def erase(self, interaction: discord.Interaction[Any]) -> None:
        async def work(actor: Actor) -> Reply:
            del actor
            return views.ask_erasure()

        await self.desk.read(interaction, work)


@on_control("my", "erase")
async def erase(interaction: discord.Interaction[Any]) -> None:
    """Erase what is kept about whoever pressed."""
    await interaction.client.desk.write(interaction, erase_profile, EraseProfile, is_update=True)


async def setup(bot: Any) -> None:
    """Add the cog; called by discovery."""
    await bot.add_cog(MyCog(bot.desk))

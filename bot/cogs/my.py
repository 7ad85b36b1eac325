"""Commands about oneself, open to everyone."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.base import BaseCog
from bot.domain.actors import Actor
from bot.interactions import Interaction, handles
from bot.services.profiles import (
    EraseProfile,
    ExportProfile,
    GetProfile,
    RegisterMember,
    SetEmail,
    erase_profile,
    export_profile,
    get_profile,
    register_member,
    set_email,
)
from bot.views import profiles as views
from bot.views.command_rights import help_topic, needs
from bot.views.replies import Reply


@help_topic("people")
class MyCog(BaseCog, commands.GroupCog, name="my", description="Your profile and permissions"):
    """Commands about the actor's own profile."""

    @needs("")
    @app_commands.command(description="Register with this warehouse")
    @app_commands.describe(email="Your e-mail address; only people managers see all of it")
    async def register(self, interaction: Interaction, email: str | None = None) -> None:
        name = interaction.user.display_name
        await self.desk.write(interaction, register_member, RegisterMember(name=name, email=email))

    @needs("")
    @app_commands.command(description="Show the data stored about you")
    async def profile(self, interaction: Interaction) -> None:
        await self.desk.show(interaction, get_profile, GetProfile())

    @needs("")
    @app_commands.command(description="Change your e-mail address")
    @app_commands.describe(email="Your e-mail address (none removes it)")
    async def email(self, interaction: Interaction, email: str) -> None:
        await self.desk.write(interaction, set_email, SetEmail(email=email))

    @needs("")
    @app_commands.command(description="Show your permissions and where they come from")
    async def permissions(self, interaction: Interaction) -> None:
        await self.desk.show(interaction, get_profile, GetProfile(), view=views.permissions_page)

    @needs("")
    @app_commands.command(description="Download the data stored about you")
    async def export(self, interaction: Interaction) -> None:
        await self.desk.show(interaction, export_profile, ExportProfile())

    @needs("")
    @app_commands.command(description="Erase the data stored about you (asks first)")
    async def erase(self, interaction: Interaction) -> None:
        async def work(actor: Actor) -> Reply:
            del actor
            return views.erasure_page()

        await self.desk.read(interaction, work)


@handles(views.ERASE)
async def erase(interaction: Interaction) -> None:
    """Erase the data stored about the actor."""
    await interaction.client.desk.write(interaction, erase_profile, EraseProfile(), is_update=True)

"""A guild's settings."""

from discord import app_commands

from bot.cogs.autocomplete import suggest_roles
from bot.cogs.base import BaseCog
from bot.cogs.channels import list_report_troubles
from bot.cogs.visibility import keeper_of
from bot.domain.actors import Actor
from bot.domain.guild_settings import NO_ROLE, SETTING_NAMES, suggest_values
from bot.interactions import Interaction
from bot.services.guilds import GetSettings, SetSetting, get_settings, set_setting
from bot.views.command_rights import help_topic, needs
from bot.views.guilds import settings_page
from bot.views.replies import Reply


@help_topic("setup", 2)
class GuildCog(BaseCog):
    """Commands about the guild."""

    settings = app_commands.Group(name="settings", description="Server settings")

    @needs("settings.manage")
    @settings.command(name="show", description="Show the settings")
    async def show(self, interaction: Interaction) -> None:
        async def work(actor: Actor) -> Reply:
            shown = await self.db.query(get_settings, GetSettings(), actor)
            guild = interaction.guild
            assert guild is not None
            keeper = keeper_of(self.client)
            troubles = keeper.troubles(guild, await keeper.find(guild.id))
            lacking = {
                each.channel_id: each.permissions
                for schedule in shown.schedules
                for each in list_report_troubles(guild, schedule.channel_id)
                if each.reason == "lacking"
            }
            return settings_page(shown, troubles, lacking)

        await self.desk.read(interaction, work)

    @needs("settings.manage")
    @settings.command(name="set", description="Change a setting")
    @app_commands.describe(key="The setting", value="Its new value")
    @app_commands.choices(
        key=[app_commands.Choice(name=name, value=name) for name in SETTING_NAMES]
    )
    async def set(self, interaction: Interaction, key: str, value: str) -> None:
        await self.desk.write(interaction, set_setting, SetSetting(name=key, value=value))

    @set.autocomplete("value")
    async def suggest_value(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        name = str(getattr(interaction.namespace, "key", "") or "")
        if name == "default_role":
            none = app_commands.Choice(name=NO_ROLE, value=NO_ROLE)
            return [*(await suggest_roles(interaction, typed))[:24], none]
        return [
            app_commands.Choice(name=value, value=value) for value in suggest_values(name, typed)
        ]

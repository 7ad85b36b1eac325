"""Setting up a guild, and its settings."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.cogs.autocomplete import suggest_roles
from bot.cogs.base import BaseCog
from bot.cogs.channels import APPROVALS, AUDIT, Purpose, list_troubles, settle_channel
from bot.cogs.options import TextChannelOption
from bot.cogs.roles import require_role
from bot.domain.actors import Actor
from bot.domain.guild_settings import NO_ROLE, SETTING_NAMES, suggest_values
from bot.interactions import Interaction
from bot.services.guilds import (
    GetSettings,
    GetSetup,
    SetSetting,
    SetUpGuild,
    get_settings,
    get_setup,
    set_setting,
    set_up_guild,
)
from bot.views import guilds as views
from bot.views.replies import Reply, render


class GuildCog(BaseCog):
    """Commands about the guild."""

    settings = app_commands.Group(name="settings", description="Server settings")

    @app_commands.command(description="Set up this server: channels and roles")
    @app_commands.describe(
        audit_channel="Where every change is posted (created if omitted)",
        approvals_channel="Where approvals are requested (created if omitted)",
        admin_role="Can do everything, including roles and settings",
        manager_role="Runs the warehouse and approves",
        employee_role="Moves stock",
        auditor_role="Can see everything",
    )
    async def setup(
        self,
        interaction: Interaction,
        audit_channel: TextChannelOption | None = None,
        approvals_channel: TextChannelOption | None = None,
        admin_role: discord.Role | None = None,
        manager_role: discord.Role | None = None,
        employee_role: discord.Role | None = None,
        auditor_role: discord.Role | None = None,
    ) -> None:
        named = {
            "admin": admin_role,
            "manager": manager_role,
            "employee": employee_role,
            "auditor": auditor_role,
        }
        roles = {name: role for name, role in named.items() if role is not None}
        channels = {AUDIT: audit_channel, APPROVALS: approvals_channel}

        async def work(actor: Actor) -> Reply:
            return await self._set_up(interaction, actor, channels, roles)

        await self.desk.change(interaction, work, set_up_guild)

    async def _set_up(
        self,
        interaction: Interaction,
        actor: Actor,
        channels: Mapping[Purpose, Any],
        roles: Mapping[str, discord.Role],
    ) -> Reply:
        guild = interaction.guild
        assert guild is not None
        known = await self.db.query(get_setup, GetSetup(), actor)
        known_ids = known.channel_ids
        role_ids = {name: require_role(interaction, role) for name, role in roles.items()}
        ids = {
            purpose: await settle_channel(
                guild, purpose, given=given, known_id=known_ids.get(purpose.name), roles=roles
            )
            for purpose, given in channels.items()
        }
        request = SetUpGuild(
            audit_channel_id=ids[AUDIT],
            approvals_channel_id=ids[APPROVALS],
            discord_role_ids=role_ids,
        )
        result = await self.db.run(set_up_guild, request, actor, str(interaction.id))
        used = dict.fromkeys(ids.values())
        troubles = [trouble for channel_id in used for trouble in list_troubles(guild, channel_id)]
        return views.set_up_page(render(result), troubles, known.open_role)

    @settings.command(name="show", description="Show the settings")
    async def show(self, interaction: Interaction) -> None:
        await self.desk.show(interaction, get_settings, GetSettings())

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

"""Refusals about a guild's settings and channels."""

from bot.domain.guild_settings import ChannelsForbidden, SettingUnchanged
from bot.locales import _
from bot.views.changes import field_name
from bot.views.errors.translator import explain
from bot.views.text import bold, plain


@explain.register
def explain_setting_unchanged(error: SettingUnchanged) -> str:
    """Say which value the setting has."""
    return _("{setting} is already {value}.").format(
        setting=plain(error.label), value=bold(error.value)
    )


@explain.register
def explain_channels_forbidden(error: ChannelsForbidden) -> str:
    """Say which permission of Discord's is missing, or what to name instead."""
    return _(
        "There is no {channel} and I cannot create one. Give me the permission "
        "Manage Channels, or name a channel: `/setup {option}`."
    ).format(channel=field_name(f"{error.channel} channel"), option=f"{error.channel}_channel")

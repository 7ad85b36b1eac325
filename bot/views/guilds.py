"""A guild's settings in words."""

from collections.abc import Sequence

from bot.domain.lanes import CHANNEL_PURPOSES
from bot.domain.quantities import format_quantity
from bot.locales import _, ngettext
from bot.services.guilds import SettingsShown
from bot.views.channels import (
    ChannelTrouble,
    blocked_board_line,
    blocked_line,
    channel_name,
    channel_trouble_line,
)
from bot.views.replies import Reply, embed, renders
from bot.views.text import bold, channel


def settings_page(shown: SettingsShown, troubles: Sequence[ChannelTrouble] = ()) -> Reply:
    """Show the settings, what is wrong with the channels, and whether all was posted there."""
    guild = shown.guild
    lines = [
        f"{channel_name(purpose).capitalize()}: {channel(shown.channel_ids.get(purpose))}"
        for purpose in CHANNEL_PURPOSES
    ]
    lines += [
        f"`default_role`: {bold(shown.default_role)}",
        f"`undo_minutes`: **{guild.undo_minutes}**",
        f"`timezone`: {bold(guild.timezone)}",
        f"`currency`: {bold(guild.currency)}",
        f"`expiry_warning_days`: **{guild.expiry_warning_days}**",
        f"`order_approval_above`: **{format_quantity(guild.order_approval_above)}**",
        f"`over_delivery_percent`: **{format_quantity(guild.over_delivery_percent)}**",
        f"`match_tolerance_percent`: **{format_quantity(guild.match_tolerance_percent)}**",
    ]
    missing = {each.purpose: each.permissions for each in troubles if each.reason == "lacking"}
    lines += [f"⚠️ {channel_trouble_line(each, guild.guild_id)}" for each in troubles]
    lines += [blocked_line(each, missing.get(each.purpose, ())) for each in shown.blocked]
    lines += [blocked_board_line(each) for each in shown.blocked_boards]
    if shown.backlog:
        lines.append(
            ngettext(
                "{count} record is waiting to be posted in the audit channel.",
                "{count} records are waiting to be posted in the audit channel.",
                shown.backlog,
            ).format(count=shown.backlog)
        )
    return Reply(embed=embed(_("Settings"), "\n".join(lines)))


@renders(SettingsShown)
def show_settings(shown: SettingsShown) -> Reply:
    """Show the settings alone."""
    return settings_page(shown)

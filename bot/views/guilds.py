"""A guild's settings in words."""

from collections.abc import Mapping, Sequence

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
from bot.views.replies import Reply, renders
from bot.views.reports.schedules import blocked_schedule_line, schedule_line
from bot.views.text import bold, channel


def settings_page(
    shown: SettingsShown,
    troubles: Sequence[ChannelTrouble] = (),
    lacking: Mapping[int, tuple[str, ...]] | None = None,
) -> Reply:
    """Show the settings, what is wrong with the channels, and whether all was posted there.

    `lacking` are the permissions that the bot lacks in the channels of scheduled reports.
    """
    lacking = lacking or {}
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
    lines += [
        blocked_schedule_line(each, lacking.get(each.channel_id, ()))
        for each in shown.schedules
        if each.blocked_reason is not None
    ]
    if shown.backlog:
        lines.append(
            ngettext(
                "{count} record is waiting to be posted in the audit channel.",
                "{count} records are waiting to be posted in the audit channel.",
                shown.backlog,
            ).format(count=shown.backlog)
        )
    if shown.set_aside:
        lines.append(
            "⚠️ "
            + ngettext(
                "{count} message could not be written and is set aside: that is a defect of the "
                "bot. Its log says what happened.",
                "{count} messages could not be written and are set aside: that is a defect of the "
                "bot. Its log says what happened.",
                shown.set_aside,
            ).format(count=shown.set_aside)
        )
    if shown.schedules:
        lines += ["", _("Scheduled reports:")]
        lines += [f"- {schedule_line(each)}" for each in shown.schedules]
    return Reply.of_lines(lines, title=_("Settings"))


@renders(SettingsShown)
def show_settings(shown: SettingsShown) -> Reply:
    """Show the settings alone."""
    return settings_page(shown)

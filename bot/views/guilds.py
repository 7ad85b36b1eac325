"""A guild's settings as people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.lanes import APPROVALS, AUDIT, AUDIT_LANE
from bot.locales import N_, _
from bot.services.guilds import SettingsShown
from bot.views.replies import Reply, embed, renders
from bot.views.text import bold, channel, when

_TROUBLES = {
    "invisible": N_("I cannot see {channel}. Give me the permission View Channel there."),
    "lacking": N_("In {channel} I lack: {permissions}."),
    "public": N_("Everyone can see {channel}. Hide it if that is not meant."),
}
_BLOCKED = {
    "no_channel": "no {name} channel is set. Run `/setup`.",
    "gone": "the {name} channel was deleted. Run `/setup` to make or name another.",
    "forbidden": "I may not write there. Let me see the channel and send messages in it.",
}


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """What is wrong with a channel that the bot writes in; `lacking` names Discord permissions."""

    channel_id: int
    reason: Literal["invisible", "lacking", "public"]
    permissions: tuple[str, ...] = ()


@renders(SettingsShown)
def settings_page(shown: SettingsShown) -> Reply:
    """Show the settings and whether the audit channel keeps up."""
    guild = shown.guild
    lines = [
        f"Audit channel: {channel(shown.channel_ids.get(AUDIT))}",
        f"Approvals channel: {channel(shown.channel_ids.get(APPROVALS))}",
        f"`default_role`: {bold(shown.default_role)}",
        f"`undo_minutes`: **{guild.undo_minutes}**",
        f"`timezone`: {bold(guild.timezone)}",
        f"`currency`: {bold(guild.currency)}",
    ]
    if guild.set_up_at is None:
        lines.append("⚠️ Not set up yet. Run `/setup`.")
    if shown.blocked_reason is not None:
        since = f" since {when(shown.blocked_since)}" if shown.blocked_since else ""
        lines.append(f"⚠️ The audit has waited{since}: {_why(AUDIT_LANE, shown.blocked_reason)}")
    if shown.backlog:
        lines.append(f"{shown.backlog} records still have to reach the audit channel.")
    return Reply(embed=embed("Settings", "\n".join(lines)))


def lane_trouble(guild_name: str, lane: str, reason: str) -> str:
    """Tell a guild's owner, once, why a channel stays silent."""
    return (
        f"The {_name_of(lane)} channel of {bold(guild_name)} is silent: {_why(lane, reason)} "
        "Nothing is lost: everything is told as soon as that is mended."
    )


def _why(lane: str, reason: str) -> str:
    return _BLOCKED[reason].format(name=_name_of(lane))


def _name_of(lane: str) -> str:
    """Name the channel that a lane leads to; what one person is told may end up there as well."""
    return "audit" if lane == AUDIT_LANE else "approvals"


def channel_trouble_line(trouble: ChannelTrouble) -> str:
    """Say what is wrong with a channel."""
    return _(_TROUBLES[trouble.reason]).format(
        channel=channel(trouble.channel_id), permissions=", ".join(trouble.permissions)
    )


def set_up_page(reply: Reply, troubles: Sequence[ChannelTrouble]) -> Reply:
    """Add what is not well about the channels to the answer of `/setup`."""
    lines = [reply.content, *(f"⚠️ {channel_trouble_line(trouble)}" for trouble in troubles)]
    if not troubles:
        lines.append("I can see and write in both channels.")
    lines.append(
        "Next, as a manager: `/item add`, `/location add`, `/put`. More roles: `/role bind`."
    )
    return Reply("\n".join(lines))

"""A guild's settings, its channels and their troubles in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.lanes import APPROVALS, AUDIT, AUDIT_LANE
from bot.locales import N_, _, ngettext
from bot.services.guilds import SettingsShown
from bot.views.replies import Reply, embed, renders
from bot.views.text import bold, channel, when

_TROUBLES = {
    "invisible": N_("I cannot see {channel}. Give me the permission View Channel there."),
    "lacking": N_("In {channel} I need these permissions: {permissions}."),
    "public": N_("Everyone can see {channel}. Hide it if that is not intended."),
}
_BLOCKED = {
    "no_channel": N_("there is no channel for it. Run `/setup`."),
    "gone": N_("the channel was deleted. Run `/setup` to create or name another."),
    "forbidden": N_("I cannot write there. Let me see the channel and send messages in it."),
}


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """What is wrong with a channel that the bot posts in; `lacking` names Discord permissions."""

    channel_id: int
    reason: Literal["invisible", "lacking", "public"]
    permissions: tuple[str, ...] = ()


@renders(SettingsShown)
def settings_page(shown: SettingsShown) -> Reply:
    """Show the settings, and whether the audit channel is up to date."""
    guild = shown.guild
    lines = [
        _("Audit channel: {channel}").format(channel=channel(shown.channel_ids.get(AUDIT))),
        _("Approvals channel: {channel}").format(channel=channel(shown.channel_ids.get(APPROVALS))),
        f"`default_role`: {bold(shown.default_role)}",
        f"`undo_minutes`: **{guild.undo_minutes}**",
        f"`timezone`: {bold(guild.timezone)}",
        f"`currency`: {bold(guild.currency)}",
    ]
    if guild.set_up_at is None:
        lines.append(_("⚠️ Not set up yet. Run `/setup`."))
    if shown.blocked_reason is not None:
        lines.append(_blocked_line(shown))
    if shown.backlog:
        lines.append(
            ngettext(
                "{count} record is waiting to be posted in the audit channel.",
                "{count} records are waiting to be posted in the audit channel.",
                shown.backlog,
            ).format(count=shown.backlog)
        )
    return Reply(embed=embed(_("Settings"), "\n".join(lines)))


def lane_trouble(guild_name: str, lane: str, reason: str) -> str:
    """Say to a guild's owner why nothing is posted in a channel."""
    if lane == AUDIT_LANE:
        text = _(
            "Nothing is posted in the audit channel of {guild}: {reason} "
            "Nothing is lost. Posting resumes when this is fixed."
        )
    else:
        text = _(
            "Nothing is posted in the approvals channel of {guild}: {reason} "
            "Nothing is lost. Posting resumes when this is fixed."
        )
    return text.format(guild=bold(guild_name), reason=_(_BLOCKED[reason]))


def channel_trouble_line(trouble: ChannelTrouble) -> str:
    """Say what is wrong with a channel."""
    return _(_TROUBLES[trouble.reason]).format(
        channel=channel(trouble.channel_id), permissions=", ".join(trouble.permissions)
    )


def set_up_page(reply: Reply, troubles: Sequence[ChannelTrouble], open_role: str | None) -> Reply:
    """Add the troubles of the channels, what no one chose, and the next steps to the answer."""
    lines = [reply.content, *(f"⚠️ {channel_trouble_line(trouble)}" for trouble in troubles)]
    if not troubles:
        lines.append(_("I can see and write in both channels."))
    if open_role is not None:
        lines.append(
            _(
                "Every member who types `/my register` gets the role {role} and can move stock. "
                "To decide about each yourself: `/settings set default_role none`."
            ).format(role=bold(open_role))
        )
    lines.append(
        _("Next, as a manager: `/item add`, `/location add`, `/put`. More roles: `/role bind`.")
    )
    return Reply("\n".join(lines))


def _blocked_line(shown: SettingsShown) -> str:
    assert shown.blocked_reason is not None
    reason = _(_BLOCKED[shown.blocked_reason])
    if shown.blocked_since is None:
        return _("⚠️ Posting in the audit channel is paused: {reason}").format(reason=reason)
    return _("⚠️ Posting in the audit channel is paused since {when}: {reason}").format(
        when=when(shown.blocked_since), reason=reason
    )

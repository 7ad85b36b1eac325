"""Channels that the bot posts in: what is wrong with them, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.locales import N_, _
from bot.services.guilds import BlockedBoard, BlockedLane
from bot.views.changes import field_name
from bot.views.text import bold, channel, first_of, role, when

_TROUBLES = {
    "gone": N_("The {what} was deleted. Run `/setup` to create or name another."),
    "lacking": N_("In {channel} I need these permissions: {permissions}."),
    "public": N_("Everyone can see {channel}. Hide it if that is not intended."),
    "unseen": N_("{roles} should read {channel} and cannot see it. Let them see it there."),
    "exposed": N_("{roles} can see {channel} and should not. Hide it from them there."),
}
_BLOCKED = {
    "no_channel": N_("there is no channel for it. Run `/setup`."),
    "gone": N_("the channel was deleted. Run `/setup` to create or name another."),
    "forbidden": N_("I may not post there. These permissions are missing: {permissions}."),
}
_BLOCKED_BOARD = {
    **_BLOCKED,
    "gone": N_("the channel was deleted. Run `/board remove`, and `/board create` elsewhere."),
}
BLOCKED_REPORT = {
    **_BLOCKED,
    "gone": N_("the channel was deleted. `/report unschedule` ends it."),
}
_MAX_ROLES = 10


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """What is wrong with a channel; `lacking` names the bot's Discord permissions, others roles."""

    purpose: str
    channel_id: int
    reason: Literal["gone", "lacking", "public", "unseen", "exposed"]
    permissions: tuple[str, ...] = ()
    role_ids: tuple[int, ...] = ()


def channel_name(purpose: str) -> str:
    """Name the channel of a purpose."""
    return field_name(f"{purpose} channel")


def channel_trouble_line(trouble: ChannelTrouble, guild_id: int = 0) -> str:
    """Say what is wrong with a channel."""
    return _(_TROUBLES[trouble.reason]).format(
        what=channel_name(trouble.purpose),
        channel=channel(trouble.channel_id),
        permissions=", ".join(trouble.permissions),
        roles=first_of([role(each, guild_id) for each in trouble.role_ids], _MAX_ROLES),
    )


def lane_trouble(guild_name: str, purpose: str, reason: str, missing: Sequence[str] = ()) -> str:
    """Say to a guild's owner why nothing is posted in a channel."""
    return _(
        "Nothing is posted in the {channel} of {guild}: {reason} "
        "Nothing is lost. Posting resumes when this is fixed."
    ).format(
        channel=channel_name(purpose), guild=bold(guild_name), reason=lane_reason(reason, missing)
    )


def board_trouble(
    guild_name: str, channel_id: int | None, reason: str, missing: Sequence[str] = ()
) -> str:
    """Say to a guild's owner why a board is not kept current."""
    return _(
        "The board in {channel} of {guild} is not kept current: {reason} It is drawn again when "
        "this is fixed."
    ).format(
        channel=channel(channel_id),
        guild=bold(guild_name),
        reason=lane_reason(reason, missing, _BLOCKED_BOARD),
    )


def blocked_board_line(board: BlockedBoard) -> str:
    """Say that a board is not kept current, and why."""
    facts = {
        "channel": channel(board.channel_id),
        "reason": lane_reason(board.reason, (), _BLOCKED_BOARD),
    }
    if board.since is None:
        return _("⚠️ The board in {channel} is not kept current: {reason}").format(**facts)
    return _("⚠️ The board in {channel} is not kept current since {when}: {reason}").format(
        when=when(board.since), **facts
    )


def blocked_line(lane: BlockedLane, missing: Sequence[str]) -> str:
    """Say that posting in a channel is paused, and why."""
    reason = lane_reason(lane.reason, missing)
    what = channel_name(lane.purpose)
    if lane.since is None:
        return _("⚠️ Posting in the {channel} is paused: {reason}").format(
            channel=what, reason=reason
        )
    return _("⚠️ Posting in the {channel} is paused since {when}: {reason}").format(
        channel=what, when=when(lane.since), reason=reason
    )


def posting_trouble(
    guild_name: str, what: str, channel_id: int, reason: str, missing: Sequence[str] = ()
) -> str:
    """Say to a guild's owner why something of its own is not posted in a channel."""
    return _(
        "The {what} of {guild} is not posted in {channel}: {reason} "
        "Nothing is lost. Posting resumes when this is fixed."
    ).format(
        what=what,
        guild=bold(guild_name),
        channel=channel(channel_id),
        reason=lane_reason(reason, missing, BLOCKED_REPORT),
    )


def lane_reason(reason: str, missing: Sequence[str], blocked: Mapping[str, str] = _BLOCKED) -> str:
    """Say why a lane waits, and what to do."""
    if reason == "forbidden" and not missing:
        return _("I cannot write there. Let me see the channel and send messages in it.")
    return _(blocked[reason]).format(permissions=", ".join(missing))

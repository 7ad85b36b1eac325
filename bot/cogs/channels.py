"""The channels that Tallyman posts in: finding, making and checking them, and who sees them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.domain.purposes import (
    FILE_PERMISSIONS,
    KEEPING_PERMISSIONS,
    NEEDED_PERMISSIONS,
    Purpose,
)
from bot.views.channels import ChannelTrouble

# By the id of a role or member.
Overwrites = Mapping[int, discord.PermissionOverwrite]
Targets = dict[Any, discord.PermissionOverwrite]

_OWN: Final = dict.fromkeys(NEEDED_PERMISSIONS, True)
_READING: Final = {"view_channel": True, "read_message_history": True}
_WRITING: Final = (
    "send_messages",
    "send_messages_in_threads",
    "create_public_threads",
    "create_private_threads",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A channel of the name that the bot gives to its own."""

    channel: discord.TextChannel
    is_own: bool


def is_own(channel: discord.TextChannel, purpose: Purpose) -> bool:
    """Whether Tallyman made the channel for this purpose, by its topic."""
    return channel.topic == purpose.topic


def find_named(guild: discord.Guild, purpose: Purpose) -> Found | None:
    """Return the channel that an interrupted setup made, or else another of its name."""
    named = [each for each in guild.text_channels if each.name == purpose.name]
    for channel in named:
        if is_own(channel, purpose):
            return Found(channel, is_own=True)
    return Found(named[0], is_own=False) if named else None


async def make_channel(
    guild: discord.Guild, purpose: Purpose, readers: Collection[int]
) -> discord.TextChannel:
    """Make a channel that its readers and the bot see; raises discord.Forbidden."""
    targets = targets_for(guild, purpose, readers)
    targets[guild.me] = _held(guild, _OWN)
    return await guild.create_text_channel(
        purpose.name, topic=purpose.topic, overwrites=targets, reason="Tallyman /setup"
    )


def targets_for(guild: discord.Guild, purpose: Purpose, readers: Collection[int]) -> Targets:
    """Return what roles may in a channel so that exactly its readers see it."""
    everyone: dict[str, bool] = dict(_READING) if guild.id in readers else {"view_channel": False}
    if purpose.is_record:
        everyone |= dict.fromkeys(_WRITING, False)
    targets: Targets = {guild.default_role: _held(guild, everyone)}
    for role_id in sorted(readers):
        role = guild.get_role(role_id)
        if role is not None and not role.is_default():
            targets[role] = _held(guild, _READING)
    return targets


def kept_targets(guild: discord.Guild, channel: discord.TextChannel) -> Targets:
    """Return what is left as it is in a channel of the bot's: its own rights, and members'."""
    kept = {
        target: overwrite
        for target, overwrite in channel.overwrites.items()
        if not _is_role(target) or target == guild.self_role
    }
    if not kept.keys() & {guild.me, guild.self_role}:
        kept[guild.me] = _held(guild, _OWN)
    return kept


def by_id(targets: Mapping[Any, discord.PermissionOverwrite]) -> dict[int, Any]:
    """Return overwrites by the ids of roles and members."""
    return {target.id: overwrite for target, overwrite in targets.items()}


def sees(role: discord.Role, overwrites: Overwrites) -> bool:
    """Whether holders of the role, and of no other, see a channel with these overwrites."""
    held = role.permissions | role.guild.default_role.permissions
    if held.administrator:
        return True
    is_seen = held.view_channel
    for each in (role.guild.id, role.id):
        overwrite = overwrites.get(each)
        if overwrite is not None and overwrite.view_channel is not None:
            is_seen = overwrite.view_channel
    return is_seen


def list_troubles(
    guild: discord.Guild,
    purpose: Purpose,
    channel_id: int,
    *,
    readers: Collection[int] = (),
    overwrites: Overwrites | None = None,
) -> Iterator[ChannelTrouble]:
    """List what is wrong with a channel: what the bot lacks, who sees it and who does not.

    `overwrites` are the channel's own when they are newer than the bot's cache.
    """
    channel = guild.get_channel(channel_id)
    # Discord sends bots every channel of their guilds, the hidden ones included.
    if not isinstance(channel, discord.TextChannel):
        yield ChannelTrouble(purpose.name, channel_id, "gone")
        return
    if overwrites is None:
        overwrites = by_id(channel.overwrites)
    own = channel.permissions_for(guild.me)
    is_kept = is_own(channel, purpose)
    needed = NEEDED_PERMISSIONS | (KEEPING_PERMISSIONS if is_kept else {})
    if missing := tuple(words for name, words in needed.items() if not getattr(own, name)):
        yield ChannelTrouble(purpose.name, channel_id, "lacking", missing)
    if guild.id not in readers and sees(guild.default_role, overwrites):
        yield ChannelTrouble(purpose.name, channel_id, "public")
    roles = [role for role in map(guild.get_role, sorted(readers)) if role is not None]
    if blind := tuple(role.id for role in roles if not sees(role, overwrites)):
        yield ChannelTrouble(purpose.name, channel_id, "unseen", role_ids=blind)
    if is_kept:
        seen = [role for role in map(guild.get_role, overwrites) if role is not None]
        strange = [r.id for r in seen if r not in roles and r not in _own_roles(guild)]
        if exposed := tuple(each for each in strange if overwrites[each].view_channel):
            yield ChannelTrouble(purpose.name, channel_id, "exposed", role_ids=exposed)


def _own_roles(guild: discord.Guild) -> tuple[discord.Role | None, ...]:
    return guild.default_role, guild.self_role


def _is_role(target: Any) -> bool:
    kind = target.type if isinstance(target, discord.Object) else type(target)
    return issubclass(kind, discord.Role)


def _held(guild: discord.Guild, wanted: Mapping[str, bool]) -> discord.PermissionOverwrite:
    """Return an overwrite of those permissions that the bot has: it may set no others."""
    held = guild.me.guild_permissions
    return discord.PermissionOverwrite(
        **{name: value for name, value in wanted.items() if getattr(held, name)}
    )


def list_report_troubles(
    guild: discord.Guild, channel_id: int, readers: Collection[int] | None = None
) -> list[ChannelTrouble]:
    """List what is wrong with a channel that reports are posted to.

    `readers` are the roles that may know what is in the report, if not all may.
    """
    channel = guild.get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel):
        return []  # it was there when Discord offered it
    own, found = channel.permissions_for(guild.me), []
    needed = NEEDED_PERMISSIONS | FILE_PERMISSIONS
    if missing := tuple(words for name, words in needed.items() if not getattr(own, name)):
        found.append(ChannelTrouble("", channel_id, "lacking", missing))
    overwrites = by_id(channel.overwrites)
    if sees(guild.default_role, overwrites):
        found.append(ChannelTrouble("", channel_id, "public"))
    elif readers is not None:
        # Administrators see every channel: it cannot be hidden from them.
        others = [
            each
            for each in guild.roles
            if each.id not in readers
            and not each.permissions.administrator
            and not each.is_bot_managed()
        ]
        if exposed := tuple(each.id for each in others if sees(each, overwrites)):
            found.append(ChannelTrouble("", channel_id, "exposed", role_ids=exposed))
    return found

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.world import Channel, Member


class Permission(IntFlag):
    """The permissions that this server looks at; other bits pass through untouched."""

    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31


NONE = Permission(0)
ALL = Permission((1 << 53) - 1)
EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
)
# What an invitation of a book-keeping bot asks for.
BOT = EVERYONE | Permission.MANAGE_CHANNELS | Permission.MANAGE_ROLES | Permission.MANAGE_MESSAGES


def in_guild(member: Member) -> Permission:
    """The union of a member's roles; everything for the owner and for administrators."""
    if member.user is member.guild.owner:
        return ALL
    granted = member.guild.everyone.permissions
    for role in member.roles:
        granted |= role.permissions
    return ALL if Permission.ADMINISTRATOR in granted else granted


def in_channel(member: Member, channel: Channel) -> Permission:
    """Guild permissions after the channel's overwrites: everyone, then roles, then member."""
    granted = in_guild(member)
    if granted == ALL:
        return ALL
    everyone = channel.overwrites.get(member.guild.everyone.id)
    if everyone:
        granted = granted & ~everyone.deny | everyone.allow
    held = [channel.overwrites[role.id] for role in member.roles if role.id in channel.overwrites]
    for overwrite in held:
        granted &= ~overwrite.deny
    for overwrite in held:
        granted |= overwrite.allow
    own = channel.overwrites.get(member.user.id)
    return granted & ~own.deny | own.allow if own else granted

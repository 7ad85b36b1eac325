"""The channels that Tallyman posts in: finding, creating and checking them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.domain import lanes
from bot.domain.guild_settings import ChannelsForbidden
from bot.errors import NotFound
from bot.views.guilds import ChannelTrouble

_NEEDED: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}
_OWN_RIGHTS = discord.PermissionOverwrite(**dict.fromkeys(_NEEDED, True))
_VISIBLE = discord.PermissionOverwrite(view_channel=True, read_message_history=True)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a channel is for: its name, the app roles that read it, and its topic.

    An interrupted setup finds the channel again by name and topic, so neither is translated.
    """

    name: str
    readers: tuple[str, ...]
    topic: str


AUDIT: Final = Purpose(
    lanes.AUDIT, ("admin", "manager", "auditor"), "Tallyman posts every change of the books here."
)
APPROVALS: Final = Purpose(
    lanes.APPROVALS, ("admin", "manager"), "Tallyman asks for decisions here."
)


async def settle_channel(
    guild: discord.Guild,
    purpose: Purpose,
    *,
    given: Any,
    known_id: int | None,
    roles: Mapping[str, discord.Role],
) -> int:
    """Return the channel to use: the one named, the one used so far, or a new one."""
    if given is not None:
        # Discord sends bots every channel of their guilds, the hidden ones included.
        if guild.get_channel(int(given.id)) is None:
            raise NotFound("channel")
        return int(given.id)
    if known_id is not None and guild.get_channel(known_id) is not None:
        return known_id
    readers = [roles[name] for name in purpose.readers if name in roles]
    try:
        return (await _find_or_make(guild, purpose, readers)).id
    except discord.Forbidden as error:
        raise ChannelsForbidden(purpose.name) from error


def list_troubles(guild: discord.Guild, channel_id: int) -> list[ChannelTrouble]:
    """List what prevents the bot from using a channel, and whether everyone sees it."""
    channel = guild.get_channel(channel_id)
    if channel is None:
        return [ChannelTrouble(channel_id, "invisible")]
    troubles = []
    own = channel.permissions_for(guild.me)
    missing = tuple(words for right, words in _NEEDED.items() if not getattr(own, right))
    if missing:
        troubles.append(ChannelTrouble(channel_id, "lacking", missing))
    if channel.permissions_for(guild.default_role).view_channel:
        troubles.append(ChannelTrouble(channel_id, "public"))
    return troubles


async def _find_or_make(
    guild: discord.Guild, purpose: Purpose, readers: list[discord.Role]
) -> discord.TextChannel:
    """Return the channel that an earlier, interrupted setup created, or create one.

    It is hidden from everyone but the readers and the bot. Raises discord.Forbidden when the
    bot cannot create channels.
    """
    for channel in guild.text_channels:
        if channel.name == purpose.name and channel.topic == purpose.topic:
            return channel
    overwrites: dict[Any, discord.PermissionOverwrite] = dict.fromkeys(readers, _VISIBLE)
    overwrites[guild.default_role] = discord.PermissionOverwrite(view_channel=False)
    overwrites[guild.me] = _OWN_RIGHTS
    return await guild.create_text_channel(
        purpose.name, topic=purpose.topic, overwrites=overwrites, reason="Tallyman /setup"
    )

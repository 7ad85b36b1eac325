"""The two channels that Tallyman writes in: finding, making and judging them."""

from typing import Any

import discord

AUDIT_TOPIC = "Tallyman writes every change of the books here."
APPROVALS_TOPIC = "Tallyman asks for decisions here."

_NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}
_OWN_RIGHTS = discord.PermissionOverwrite(**dict.fromkeys(_NEEDED, True))
_VISIBLE = discord.PermissionOverwrite(view_channel=True, read_message_history=True)


async def find_or_make(
    guild: discord.Guild, name: str, topic: str, readers: list[discord.Role]
) -> discord.TextChannel:
    """Return the channel that an earlier, interrupted setup made, or make one.

    It is hidden from everyone but the readers and the bot. Raises discord.Forbidden when the
    bot may not make channels.
    """
    for channel in guild.text_channels:
        if channel.name == name and channel.topic == topic:
            return channel
    overwrites: dict[Any, discord.PermissionOverwrite] = dict.fromkeys(readers, _VISIBLE)
    overwrites[guild.default_role] = discord.PermissionOverwrite(view_channel=False)
    overwrites[guild.me] = _OWN_RIGHTS
    return await guild.create_text_channel(
        name, topic=topic, overwrites=overwrites, reason="Tallyman /setup"
    )


def list_troubles(guild: discord.Guild, channel_id: int) -> list[str]:
    """Say in words what keeps the bot from using a channel, and who sees too much of it."""
    channel = guild.get_channel(channel_id)
    if channel is None:
        return [f"I cannot see <#{channel_id}>. Give me the permission View Channel there."]
    troubles = []
    own = channel.permissions_for(guild.me)
    missing = [words for right, words in _NEEDED.items() if not getattr(own, right)]
    if missing:
        troubles.append(f"In <#{channel_id}> I lack: {', '.join(missing)}.")
    if channel.permissions_for(guild.default_role).view_channel:
        troubles.append(f"Everyone can see <#{channel_id}>. Hide it if that is not meant.")
    return troubles

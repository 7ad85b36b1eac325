"""What one member is shown, as the JSON that the page reads: ids are strings, times are ms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from simulator import ClientRefused, Permission, options, permissions
from simulator.interactions import Interaction, Kind, Modal
from simulator.messages import OTHER, Flag
from simulator.options import Type
from simulator.world import DM_CHANNEL, Channel

if TYPE_CHECKING:
    from simulator import Guild, Member, Message
    from simulator.messages import File
    from simulator.page.stage import Stage
    from simulator.refusals import Json


def guild(stage: Stage) -> Json:
    """The guild with its roles and people; the bot is online while it is connected."""
    it = stage.guild
    return {
        "id": str(it.id),
        "name": it.name,
        "roles": [
            {"id": str(role.id), "name": role.name, "position": role.position}
            for role in it.roles.values()
        ],
        "members": [_member(stage, member) for member in it.members.values()],
    }


def _member(stage: Stage, it: Member) -> Json:
    return {
        "id": str(it.user.id),
        "name": it.user.name,
        "bot": it.user.is_bot,
        "owner": it.user is it.guild.owner,
        "roles": [str(role.id) for role in it.roles],
        "online": stage.is_online(it),
    }


def channels(stage: Stage, member: Member) -> list[Json]:
    """The channels that a member sees, with what is new for them there."""
    return [_channel(stage, member, channel) for channel in visible_channels(stage, member)]


def visible_channels(stage: Stage, member: Member) -> list[Channel]:
    """The guild's channels that a member may view, and what the bot wrote to them alone."""
    seen = [
        channel
        for channel in sorted(stage.guild.channels.values(), key=lambda it: it.position)
        if Permission.VIEW_CHANNEL in permissions.in_channel(member, channel)
    ]
    direct = stage.world.direct_channel(member.user)
    return [*seen, direct] if direct.messages else seen


def _channel(stage: Stage, member: Member, it: Channel) -> Json:
    read = stage.last_read(member.user, it)
    fresh = [m for m in it.messages if m.id > read and m.author is not member.user]
    is_direct = it.kind == DM_CHANNEL
    granted = permissions.ALL if is_direct else permissions.in_channel(member, it)
    everyone = it.overwrites.get(stage.guild.everyone.id)
    return {
        "id": str(it.id),
        "name": stage.world.bot.name if is_direct else it.name,
        "topic": it.topic,
        "direct": is_direct,
        "locked": bool(everyone and Permission.VIEW_CHANNEL in everyone.deny),
        "writable": Permission.SEND_MESSAGES in granted,
        "unread": len(fresh),
        "pings": len(fresh) if is_direct else sum(pings(m, member) for m in fresh),
        "read": str(read),
    }


def pings(it: Message, member: Member) -> bool:
    """Whether a message notifies this member."""
    names = {"everyone", "here", f"user:{member.user.id}"}
    return bool(it.pings & (names | {f"role:{role.id}" for role in member.roles}))


def commands(stage: Stage, member: Member) -> list[Json]:
    """The commands that the client offers this member in the guild, a guild's own first."""
    known = stage.world.commands
    offered: dict[str, Json] = {}
    for command in [*known.get(stage.guild.id, []), *known.get(None, [])]:
        if command["type"] == 1 and _is_visible(command, member):
            offered.setdefault(command["name"], command)
    kept = ("id", "name", "description", "options")
    return [{key: command.get(key) for key in kept} for command in offered.values()]


def _is_visible(command: Json, member: Member) -> bool:
    try:
        options.require_visible(command, member)
    except ClientRefused:
        return False
    return True


def message(it: Message, member: Member) -> Json:
    """A message as this member sees it; its files are fetched in this member's name."""
    origin = it.interaction
    return {
        "id": str(it.id),
        "channel": str(it.channel.id),
        "author": {"id": str(it.author.id), "name": it.author.name, "bot": it.author.is_bot},
        "at": int(it.created_at.timestamp() * 1000),
        "revision": it.edits,
        "edited": it.edited_at is not None and not _is_answer_in_time(it),
        "content": it.content,
        "embeds": it.embeds,
        "components": it.components,
        "layout": bool(it.flags & Flag.COMPONENTS_V2),
        "files": [_file(file, it, member) for file in it.files],
        "private": it.ephemeral,
        "thinking": it.loading,
        "pinging": pings(it, member),
        "origin": _origin(origin) if origin else None,
    }


def _file(it: File, inside: Message, member: Member) -> Json:
    return {
        "name": it.name,
        "size": len(it.content),
        "url": f"files/{member.user.id}/{inside.id}/{it.id}/{quote(it.name, safe='')}",
        "picture": it.content_type != OTHER,
        "spoiler": it.name.startswith("SPOILER_"),
        "description": it.description,
    }


def _is_answer_in_time(it: Message) -> bool:
    """Whether the edit was the first words of an answer that was deferred."""
    return it.interaction is not None and it.interaction.original is it and it.edits == 1


def _origin(it: Interaction) -> Json | None:
    if it.kind is not Kind.COMMAND:
        return None
    user = {"id": str(it.user.id), "name": it.user.name}
    return {"user": user, "command": command_words(it)}


def command_words(it: Interaction) -> str:
    """The command with its group and subcommand: "item add"."""
    words, inside = [str(it.data.get("name", ""))], it.data.get("options") or []
    while inside and inside[0]["type"] in {Type.SUBCOMMAND, Type.GROUP}:
        words.append(inside[0]["name"])
        inside = inside[0].get("options") or []
    return " ".join(words)


def form(it: Modal) -> Json:
    """A form that the bot opened."""
    return {"id": str(it.opened_by.id), "title": it.title, "components": it.components}


def guild_ids(it: Guild) -> Json:
    """Names and ids of what is in a guild, for the process that starts a bot against it."""
    return {
        "id": str(it.id),
        "name": it.name,
        "members": {member.user.name: str(member.user.id) for member in it.members.values()},
        "roles": {role.name: str(role.id) for role in it.roles.values()},
        "channels": {channel.name: str(channel.id) for channel in it.channels.values()},
    }

"""What people do on the page beyond the actors' verbs: write, name things by ids, send files."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from simulator import Actor, ClientRefused, Message, Permission
from simulator.controls import FILE_UPLOAD
from simulator.messages import File, kind_of
from simulator.options import Type

if TYPE_CHECKING:
    from simulator import Guild
    from simulator.options import Thing
    from simulator.refusals import Json
    from simulator.world import World

MAX_CONTENT = 2000
MAX_FILE_BYTES = 10 * 1024 * 1024
SELECT_KINDS = {5: Type.USER, 6: Type.ROLE, 7: Type.MENTIONABLE, 8: Type.CHANNEL}


class Person(Actor):
    """A member in front of the page."""

    def say(self, text: str) -> Message:
        """Write a message; the bot does not hear it, since it asks for no message events."""
        text = text.strip()
        if not text:
            raise ClientRefused("A message cannot be empty.")
        if len(text) > MAX_CONTENT:
            raise ClientRefused(f"A message has at most {MAX_CONTENT} characters.")
        self._require(Permission.SEND_MESSAGES)
        message = Message(
            self.world.next_id(), self.channel, self.user, self.world.clock.now(), text
        )
        self.channel.post(message)
        return message


def require_thing(guild: Guild, kind: Type, wanted: object) -> Thing:
    """The user, role or channel of this id; refuse one that is not in the guild."""
    key = int(wanted) if isinstance(wanted, str) and wanted.isdecimal() else 0
    found: Thing | None = None
    if kind in {Type.USER, Type.MENTIONABLE} and key in guild.members:
        found = guild.members[key].user
    elif kind in {Type.ROLE, Type.MENTIONABLE}:
        found = guild.roles.get(key)
    elif kind is Type.CHANNEL:
        found = guild.channels.get(key)
    if found is None:
        raise ClientRefused("What was chosen is no longer there.")
    return found


def read_values(guild: Guild, leaf: Json, typed: Json) -> Json:
    """The values of a command's options, with ids turned into what they name."""
    kinds = {option["name"]: Type(option["type"]) for option in leaf.get("options") or []}
    return {name: _read_value(guild, kinds.get(name), value) for name, value in typed.items()}


def _read_value(guild: Guild, kind: Type | None, value: object) -> object:
    if kind is Type.ATTACHMENT:
        return read_file(guild.world, value)
    return require_thing(guild, kind, value) if kind and is_thing(kind) else value


def read_file(world: World, sent: object) -> File:
    """A file that the page sent: its name, and its bytes in base64."""
    if not isinstance(sent, dict):
        raise ClientRefused("Choose a file.")
    try:
        content = base64.b64decode(str(sent["data"]), validate=True)
    except binascii.Error:
        raise ClientRefused("The file did not arrive whole. Choose it again.") from None
    if len(content) > MAX_FILE_BYTES:
        raise ClientRefused("A file has at most 10 MB.")
    return world.files.keep(
        File(world.next_id(), str(sent["name"])[:200], content, kind_of(content))
    )


def read_field(guild: Guild, field: Json, value: object) -> object:
    """What was typed, chosen or uploaded in a field of a form."""
    if not isinstance(value, list):
        return value
    if field["type"] == FILE_UPLOAD:
        return [read_file(guild.world, each) for each in value]
    return read_chosen(guild, field, value)


def read_chosen(guild: Guild, menu: Json, chosen: list[str]) -> list[str | Thing]:
    """What was chosen in a select, with ids turned into what they name."""
    kind = SELECT_KINDS.get(menu["type"])
    if kind is None:
        return list(chosen)
    return [require_thing(guild, kind, each) for each in chosen]


def is_thing(kind: Type | None) -> bool:
    """Whether an option names a user, a role or a channel."""
    return kind in {Type.USER, Type.ROLE, Type.CHANNEL, Type.MENTIONABLE}

"""What a client makes of a typed command: options checked against the synced definition."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from simulator.messages import File
from simulator.refusals import ClientRefused, Json
from simulator.world import Channel, Guild, Member, Role, User, World

if TYPE_CHECKING:
    from collections.abc import Mapping

Thing = User | Role | Channel | File
GUILD_CONTEXT, DIRECT_CONTEXT = 0, 1


class Type(IntEnum):
    """Option types."""

    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NESTED = {Type.SUBCOMMAND, Type.GROUP}
THINGS: dict[Type, tuple[type, ...]] = {
    Type.USER: (User,),
    Type.CHANNEL: (Channel,),
    Type.ROLE: (Role,),
    Type.MENTIONABLE: (User, Role),
    Type.ATTACHMENT: (File,),
}
PLAIN: dict[Type, tuple[type, ...]] = {
    Type.STRING: (str,),
    Type.INTEGER: (int,),
    Type.BOOLEAN: (bool,),
    Type.NUMBER: (int, float),
}


@dataclass
class Typed:
    """A command as typed: the definition, the path to the leaf, the values."""

    command: Json
    path: list[Json]
    leaf: Json
    options: list[Json] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)

    def data(self) -> Json:
        """The interaction's data, with the options inside their group and subcommand."""
        options = self.options
        for step in reversed(self.path):
            options = [{"type": step["type"], "name": step["name"], "options": options}]
        data: Json = {"id": self.command["id"], "name": self.command["name"], "type": 1}
        if "guild_id" in self.command:
            data["guild_id"] = self.command["guild_id"]
        return {**data, "options": options}


def find(world: World, guild: Guild | None, words: str) -> Typed:
    """The command that "item add" names; a guild's own comes before a global one."""
    name, *rest = words.removeprefix("/").split()
    known = (world.commands.get(guild.id, []) if guild else []) + world.commands.get(None, [])
    command = next((each for each in known if each["name"] == name), None)
    if command is None:
        names = ", ".join(each["name"] for each in known) or "none"
        raise ClientRefused(f"there is no command /{name}; synced: {names}")
    leaf, path = command, []
    for word in rest:
        inside = [each for each in leaf.get("options") or [] if each["type"] in NESTED]
        leaf = next((each for each in inside if each["name"] == word), {})
        if not leaf:
            raise ClientRefused(f"/{words}: no subcommand {word!r}")
        path.append(leaf)
    if any(option["type"] in NESTED for option in leaf.get("options") or []):
        raise ClientRefused(f"/{words}: a subcommand must follow")
    return Typed(command, path, leaf)


def require_visible(command: Json, member: Member | None) -> None:
    """Refuse a command that the client would not show this person here."""
    context = DIRECT_CONTEXT if member is None else GUILD_CONTEXT
    contexts = command.get("contexts")
    if contexts is not None and context not in contexts:
        raise ClientRefused(f"/{command['name']} is not offered in context {context}")
    if context == DIRECT_CONTEXT and command.get("dm_permission") is False and contexts is None:
        raise ClientRefused(f"/{command['name']} is not offered in direct messages")
    needed = int(command.get("default_member_permissions") or 0)
    if member is not None and needed & ~int(member.permissions):
        raise ClientRefused(f"/{command['name']} is hidden from {member.user.name}")


def fill(typed: Typed, values: Mapping[str, Any], *, raw: bool, focused: str | None = None) -> None:
    """Take the values in the definition's order; `raw` sends what a hostile client could.

    A name may end in an underscore (`from_`), since some options are words of Python.
    """
    given = {name.removesuffix("_"): unwrap(value) for name, value in values.items()}
    definitions = {option["name"]: option for option in typed.leaf.get("options") or []}
    if unknown := [name for name in given if name not in definitions and not raw]:
        raise ClientRefused(f"/{typed.leaf['name']} has no option {', '.join(unknown)}")
    for name, definition in definitions.items():
        missing = name not in given or given[name] is None
        if missing and definition.get("required") and not raw and focused is None:
            raise ClientRefused(f"/{typed.leaf['name']}: {name} is required")
    for name, value in given.items():
        if value is None:
            continue
        definition = definitions.get(name) or {"name": name, "type": _guess(value)}
        if not raw and name != focused:
            _check(definition, value)
        option: Json = {"name": name, "type": definition["type"], "value": value}
        if isinstance(value, Thing):
            typed.things.append(value)
            option["value"] = str(value.id)
        if name == focused:
            option["focused"] = True
        typed.options.append(option)


def unwrap(value: Any) -> Any:
    """A member as the user that Discord sends for it."""
    return value.user if isinstance(value, Member) else value


def _guess(value: Any) -> Type:
    for types in (THINGS, PLAIN):
        for kind, classes in types.items():
            if type(value) in classes:
                return kind
    raise ClientRefused(f"no option type for {value!r}")


def _check(definition: Json, value: Any) -> None:
    """What the client checks before it sends: type, length, range, choices."""
    name, kind = definition["name"], Type(definition["type"])
    classes = THINGS.get(kind) or PLAIN[kind]
    if not isinstance(value, classes) or (isinstance(value, bool) and kind is not Type.BOOLEAN):
        raise ClientRefused(f"{name} takes a {kind.name.lower()}, not {value!r}")
    size = len(value) if isinstance(value, str) else value
    least, most = (
        ("min_length", "max_length") if kind is Type.STRING else ("min_value", "max_value")
    )
    longest = definition.get(most, 6000 if kind is Type.STRING else None)
    if definition.get(least) is not None and size < definition[least]:
        raise ClientRefused(f"{name} is below {least} {definition[least]}: {value!r}")
    if longest is not None and size > longest:
        raise ClientRefused(f"{name} is above {most} {longest}: {str(value)[:40]!r}")
    choices = [choice["value"] for choice in definition.get("choices") or []]
    if choices and value not in choices:
        raise ClientRefused(f"{name} must be one of {choices}, not {value!r}")
    wanted = definition.get("channel_types")
    if wanted and isinstance(value, Channel) and value.kind not in wanted:
        raise ClientRefused(f"{name} does not take this kind of channel")
    is_gone = isinstance(value, Channel) and value.id not in value.world.channels
    if is_gone or (isinstance(value, Role) and value.id not in value.guild.roles):
        raise ClientRefused(f"{name}: what was chosen is deleted")

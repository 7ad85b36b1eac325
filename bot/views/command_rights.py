"""What right each command takes, declared where the command is.

`/help` lists by it, and refusals name no other way. What counts is the permission of the operation
or query; a test lets everyone try everything and compares.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from discord import app_commands
from discord.ext import commands

CommandT = TypeVar("CommandT", bound="app_commands.Command[Any, ..., Any]")
CogT = TypeVar("CogT", bound=commands.Cog)
_NEEDS: Final = "needs"


@dataclass(frozen=True, slots=True)
class CommandRight:
    """A command, the topic of `/help` that lists it, and the permissions that it takes."""

    name: str
    topic: str
    position: int
    needs: str


# What is done by a button alone.
_BUTTONS: Final = {"invoice void": "invoice.edit"}
_COMMANDS: Final[dict[str, CommandRight]] = {}


def needs(permissions: str) -> Callable[[CommandT], CommandT]:
    """Declare what a command takes: `a or b` any of them, `a and b` all, and `""` nothing."""

    def declare(command: CommandT) -> CommandT:
        command.extras[_NEEDS] = permissions
        return command

    return declare


def help_topic(topic: str, position: int = 1) -> Callable[[type[CogT]], type[CogT]]:
    """Declare under which topic `/help` lists a cog's commands, and behind which other cogs'."""

    def declare(cog: type[CogT]) -> type[CogT]:
        is_group = cog.__cog_is_app_commands_group__
        group = f"{cog.__cog_group_name__} " if is_group else ""
        for command in _walk(cog.__cog_app_commands__):
            name = group + command.qualified_name
            if _NEEDS not in command.extras:
                raise LookupError(f"what does /{name} take? Say it with @needs(...)")
            _COMMANDS[name] = CommandRight(name, topic, position, command.extras[_NEEDS])
        return cog

    return declare


def list_commands(topic: str) -> list[CommandRight]:
    """Return the commands of a topic in the order of their cogs and of their declaration."""
    listed = [each for each in _COMMANDS.values() if each.topic == topic]
    return sorted(listed, key=lambda each: each.position)


def satisfies(held: frozenset[str], needed: str) -> bool:
    """Whether these permissions are what a command takes."""
    any_of, all_of = _read(needed)
    return held.issuperset(all_of) and (not any_of or not held.isdisjoint(any_of))


def is_command(name: str) -> bool:
    """Whether a cog declares the command, or a button does what it names."""
    return name in _COMMANDS or name in _BUTTONS


def rights_of(command: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the permissions of which a command takes any, and those of which it takes all."""
    return _read(_BUTTONS[command] if command in _BUTTONS else _COMMANDS[command].needs)


def _read(needed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if " and " in needed:
        return (), tuple(needed.split(" and "))
    return (tuple(needed.split(" or ")) if needed else ()), ()


def _walk(
    declared: Iterable["app_commands.Command[Any, ..., Any] | app_commands.Group"],
) -> Iterator["app_commands.Command[Any, ..., Any]"]:
    for each in declared:
        if isinstance(each, app_commands.Group):
            yield from _walk(each.commands)
        else:
            yield each

"""Controls: buttons that work after any number of restarts, and from any process.

A custom id reads `noun:verb:argument:...`. It carries no authority: its handler reloads state
and rights like any command. discord.py swallows what such items raise, so one class catches
everything and hands it to the desk.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot.errors import StaleControl

MAX_CUSTOM_ID = 100
MAX_LABEL = 80
_LARGEST_NUMBER = 2**63 - 1

Handler = Callable[..., Awaitable[None]]
_HANDLERS: dict[tuple[str, str], "_Registered"] = {}


@dataclass(frozen=True, slots=True)
class _Registered:
    handler: Handler
    argument_types: tuple[Callable[[str], Any], ...]


def on_control(
    noun: str, verb: str, *argument_types: Callable[[str], Any]
) -> Callable[[Handler], Handler]:
    """Declare what a button does: a function of the interaction and the typed arguments.

    The last argument may hold colons; an argument that its type refuses makes a stale control.
    """

    def declare(handler: Handler) -> Handler:
        assert (noun, verb) not in _HANDLERS
        _HANDLERS[noun, verb] = _Registered(handler, argument_types)
        return handler

    return declare


def number(text: str) -> int:
    """Read a number in a custom id; ValueError for one that no column can hold."""
    value = int(text)
    if abs(value) > _LARGEST_NUMBER:
        raise ValueError(text)
    return value


def button(
    label: str,
    noun: str,
    verb: str,
    *arguments: object,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    is_disabled: bool = False,
) -> "Control":
    """Make a button whose press calls the handler of its noun and verb."""
    custom_id = ":".join([noun, verb, *map(str, arguments)])[:MAX_CUSTOM_ID]
    return Control(
        discord.ui.Button(
            label=label[:MAX_LABEL], custom_id=custom_id, style=style, disabled=is_disabled
        )
    )


def row_of(*buttons: "Control") -> discord.ui.View:
    """Put buttons (at most 25) under a message."""
    view = discord.ui.View(timeout=None)
    for item in buttons:
        view.add_item(item)
    return view


class Control(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=re.compile(r"(?P<noun>[a-z]+):(?P<verb>[a-z]+)(?::(?P<arguments>.*))?", re.DOTALL),
):
    """A button of ours, known by its custom id alone."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Rebuild the button from the message that was clicked on."""
        del interaction, match
        assert isinstance(item, discord.ui.Button)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Call the handler; whatever it raises becomes a private sentence."""
        try:
            handler, arguments = _resolve(self.custom_id)
            await handler(interaction, *arguments)
        except Exception as error:  # noqa: BLE001  # an edge that reports
            await interaction.client.desk.refuse(interaction, error)


def _resolve(custom_id: str) -> tuple[Handler, list[Any]]:
    noun, verb, *rest = custom_id.split(":", 2)
    registered = _HANDLERS.get((noun, verb))
    if registered is None:
        raise StaleControl
    types = registered.argument_types
    given = rest[0].split(":", len(types) - 1) if types and rest else []
    if len(given) != len(types):
        raise StaleControl
    try:
        return registered.handler, [parse(text) for parse, text in zip(types, given, strict=True)]
    except ValueError as error:
        raise StaleControl from error

"""Dispatch of controls: buttons, menus and forms work after any restart, in any process.

A custom id carries no authority: its handler reloads state and rights like any command. discord.py
swallows what such items raise, so whatever a handler raises is caught here and handed to the desk.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord
from discord.ui.select import BaseSelect

from bot.errors import StaleControl
from bot.interactions.clients import Interaction
from bot.interactions.typed import field_values
from bot.views.components import DECLARED, ControlKind, Declared

Handler = Callable[..., Awaitable[None]]
_HANDLERS: dict[tuple[ControlKind, str, str], Handler] = {}


def handles(control: Declared) -> Callable[[Handler], Handler]:
    """Declare what a control does: a function of the interaction and the control's arguments.

    A menu's handler gets the tuple of chosen values behind them, a form's its values by field.
    """

    def declare(handler: Handler) -> Handler:
        assert control.key not in _HANDLERS
        _HANDLERS[control.key] = handler
        return handler

    return declare


def list_unhandled() -> list[str]:
    """Return kind and name of the controls that views declare and no cog handles."""
    return [f"{kind} {noun}:{verb}" for kind, noun, verb in DECLARED.keys() - _HANDLERS.keys()]


def find_control_name(custom_id: str) -> str | None:
    """Return the registered `noun:verb` of a custom id, or None."""
    noun, _, rest = custom_id.partition(":")
    verb = rest.partition(":")[0]
    declared = any(key[1:] == (noun, verb) for key in _HANDLERS)
    return f"{noun}:{verb}" if declared else None


class Control(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=re.compile(r"(?P<noun>[a-z]+):(?P<verb>[a-z]+)(?::(?P<arguments>.*))?", re.DOTALL),
):
    """A button or menu, known only by its custom id."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Rebuild the control from the message that was clicked on."""
        del interaction, match
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Call the handler of what was pressed or chosen."""
        if isinstance(self.item, BaseSelect):
            # As ids: what a menu offers of roles and channels may be gone or unknown to the bot.
            data: Any = interaction.data
            chosen = tuple(map(str, data.get("values", ())))
            await _call("menu", self.custom_id, interaction, chosen)
        else:
            await _call("button", self.custom_id, interaction)


async def take_form(interaction: Interaction) -> None:
    """Call the handler of the form that was submitted."""
    data: Any = interaction.data
    values = dict(field_values(data.get("components", [])))
    await _call("form", str(data["custom_id"]), interaction, values)


async def _call(
    kind: ControlKind, custom_id: str, interaction: Interaction, *given: object
) -> None:
    """Call a handler; whatever it raises becomes a private sentence."""
    try:
        handler, arguments = _resolve(kind, custom_id)
        await handler(interaction, *arguments, *given)
    except Exception as error:  # noqa: BLE001  # an edge that reports
        await interaction.client.desk.refuse(interaction, error)


def _resolve(kind: ControlKind, custom_id: str) -> tuple[Handler, list[Any]]:
    """Return the handler of a custom id and its arguments; raises StaleControl."""
    noun, _, behind = custom_id.partition(":")
    verb, *rest = behind.split(":", 1)
    handler = _HANDLERS.get((kind, noun, verb))
    if handler is None:
        raise StaleControl
    types = DECLARED[kind, noun, verb].argument_types
    given = rest[0].split(":", len(types) - 1) if types and rest else []
    if len(given) != len(types):
        raise StaleControl
    try:
        return handler, [parse(text) for parse, text in zip(types, given, strict=True)]
    except ValueError as error:
        raise StaleControl from error

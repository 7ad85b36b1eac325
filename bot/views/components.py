"""Components: buttons, menus and forms, known only by their custom ids.

A custom id reads `noun:verb:argument:...`. It carries no authority. A view declares its controls
(`UNDO = Button("record", "undo", number)`), makes them (`UNDO("Undo", 41)`), and a cog handles
them (`@handles(UNDO)`); `bot/interactions/dispatch.py` calls the handler.
"""

from collections.abc import Callable, Container, Mapping
from typing import Any, ClassVar, Literal

import discord

from bot.views.text import clip

MAX_CUSTOM_ID = 100
MAX_LABEL = 80
MAX_FIELD_LABEL = 45
_MAX_TITLE = 45
_LARGEST_NUMBER = 2**63 - 1

ControlKind = Literal["button", "menu", "form"]
Component = discord.ui.Item[Any]
# What a form asks for.
Field = discord.ui.TextInput[Any] | discord.ui.FileUpload[Any]

DECLARED: dict[tuple[ControlKind, str, str], "Declared"] = {}


class Declared:
    """A control: its noun and verb, and what reads each argument of its custom id.

    The last argument may hold colons; an argument that its type refuses makes a stale control.
    """

    kind: ClassVar[ControlKind]

    def __init__(self, noun: str, verb: str, *argument_types: Callable[[str], Any]) -> None:
        self.key = (self.kind, noun, verb)
        self.name = f"{noun}:{verb}"
        self.argument_types = argument_types
        assert self.key not in DECLARED
        DECLARED[self.key] = self

    def custom_id(self, arguments: tuple[object, ...]) -> str:
        """Write a custom id; what does not fit is cut, so states are bounded elsewhere."""
        assert len(arguments) == len(self.argument_types)
        return ":".join([self.name, *map(str, arguments)])[:MAX_CUSTOM_ID]


class Button(Declared):
    """A button, made by calling this with its label and arguments."""

    kind = "button"

    def __call__(
        self,
        label: str,
        *arguments: object,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        is_disabled: bool = False,
    ) -> Component:
        """Make the button."""
        custom_id = self.custom_id(arguments)
        return discord.ui.Button(
            label=label[:MAX_LABEL], custom_id=custom_id, style=style, disabled=is_disabled
        )


class Menu(Declared):
    """A menu of 1 to 25 options; its handler gets the tuple of chosen values as well."""

    kind = "menu"

    def __call__(
        self,
        placeholder: str,
        *arguments: object,
        options: list[discord.SelectOption],
        is_multiple: bool = False,
    ) -> Component:
        """Make the menu; of several options people may also choose none."""
        return discord.ui.Select(
            custom_id=self.custom_id(arguments),
            placeholder=placeholder[:150],
            options=options,
            min_values=0 if is_multiple else 1,
            max_values=len(options) if is_multiple else 1,
        )


class _ChosenChannel(discord.SelectDefaultValue):
    """A channel that is chosen already; Discord's description of its API wants ids as text."""

    def __init__(self, channel_id: int) -> None:
        super().__init__(id=channel_id, type=discord.SelectDefaultValueType.channel)

    def to_dict(self) -> Any:
        """Return what Discord is sent."""
        return {**super().to_dict(), "id": str(self.id)}


class ChannelMenu(Declared):
    """A menu of the guild's text channels; its handler gets the tuple of chosen ids as well."""

    kind = "menu"

    def __call__(
        self, placeholder: str, *arguments: object, chosen_id: int | None = None
    ) -> Component:
        """Make the menu, with what was chosen before."""
        chosen = [] if chosen_id is None else [_ChosenChannel(chosen_id)]
        return discord.ui.ChannelSelect(
            custom_id=self.custom_id(arguments),
            placeholder=placeholder[:150],
            channel_types=[discord.ChannelType.text],
            default_values=chosen,
        )


class RoleMenu(Declared):
    """A menu of the guild's Discord roles; its handler gets the tuple of chosen ids as well."""

    kind = "menu"

    def __call__(self, placeholder: str, *arguments: object) -> Component:
        """Make the menu."""
        return discord.ui.RoleSelect(
            custom_id=self.custom_id(arguments), placeholder=placeholder[:150]
        )


class Form(Declared):
    """A form; its handler gets the fields' values by their custom ids as well."""

    kind = "form"

    def __call__(
        self, title: str, *arguments: object, fields: Mapping[str, Field], hint: str = ""
    ) -> discord.ui.Modal:
        """Make the form; `fields` are its inputs by their labels, `hint` is text above them."""
        made = discord.ui.Modal(title=title[:_MAX_TITLE], custom_id=self.custom_id(arguments))
        if hint:
            made.add_item(discord.ui.TextDisplay(hint))
        for label, field in fields.items():
            made.add_item(discord.ui.Label(text=label, component=field))
        # discord.py keeps what it sends in memory, unless it is over: then a restart in between,
        # or another process, makes no difference to the person who submits it.
        made.stop()
        return made


def unlike(label: str, at: int, taken: Container[str]) -> str:
    """Return a label of a form's field that is none of those taken: they may be cut alike."""
    label = clip(label, MAX_FIELD_LABEL)
    return label if label not in taken else clip(f"{at}. {label}", MAX_FIELD_LABEL)


def number(text: str) -> int:
    """Read a number in a custom id; ValueError for one that no column can hold."""
    value = int(text)
    if abs(value) > _LARGEST_NUMBER:
        raise ValueError(text)
    return value


def layout_of(*items: Component) -> discord.ui.LayoutView:
    """Make a page of texts, sections and rows, in one box; at most 40 components in all."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items))
    view.stop()
    return view


def row_of(*items: Component) -> discord.ui.View:
    """Put buttons (at most 25) and menus (at most 5) under a message."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    # A stopped view is sent but not stored: `interactions/dispatch.py` knows every control by its
    # custom id, after a restart and in any process, and nothing grows with the messages sent.
    view.stop()
    return view

"""Components: buttons, menus and forms, known by their custom ids alone.

A custom id reads `noun:verb:argument:...`. It carries no authority; what happens when one is used
is declared in the cogs and dispatched by `bot/interactions/dispatch.py`.
"""

from collections.abc import Mapping
from typing import Any

import discord

MAX_CUSTOM_ID = 100
MAX_LABEL = 80
_MAX_TITLE = 45
_LARGEST_NUMBER = 2**63 - 1

Item = discord.ui.Item[Any]


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
) -> Item:
    """Make a button whose press calls the handler of its noun and verb."""
    custom_id = custom_id_of(noun, verb, arguments)
    return discord.ui.Button(
        label=label[:MAX_LABEL], custom_id=custom_id, style=style, disabled=is_disabled
    )


def menu(
    placeholder: str,
    noun: str,
    verb: str,
    *arguments: object,
    options: list[discord.SelectOption],
    is_multiple: bool = False,
) -> Item:
    """Make a menu (1 to 25 options) whose choice calls the handler; several may be none."""
    return discord.ui.Select(
        custom_id=custom_id_of(noun, verb, arguments),
        placeholder=placeholder[:150],
        options=options,
        min_values=0 if is_multiple else 1,
        max_values=len(options) if is_multiple else 1,
    )


def form(
    title: str,
    noun: str,
    verb: str,
    *arguments: object,
    fields: Mapping[str, discord.ui.TextInput[Any]],
) -> discord.ui.Modal:
    """Make a form whose submission calls the handler; `fields` are its inputs by their labels."""
    made = discord.ui.Modal(title=title[:_MAX_TITLE], custom_id=custom_id_of(noun, verb, arguments))
    for label, field in fields.items():
        made.add_item(discord.ui.Label(text=label, component=field))
    # discord.py keeps what it sends in memory, unless it is over: then a restart in between,
    # or another process, makes no difference to whoever submits it.
    made.stop()
    return made


def row_of(*items: Item) -> discord.ui.View:
    """Put buttons (at most 25) and menus (at most 5) under a message."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    # A stopped view is sent but not stored: `interactions/dispatch.py` knows every control by its
    # custom id, after a restart and in any process, and nothing grows with the messages sent.
    view.stop()
    return view


def custom_id_of(noun: str, verb: str, arguments: tuple[object, ...]) -> str:
    """Write a custom id; arguments that do not fit are cut, so states are bounded elsewhere."""
    return ":".join([noun, verb, *map(str, arguments)])[:MAX_CUSTOM_ID]

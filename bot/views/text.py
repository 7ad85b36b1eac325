"""Text for Discord: user text is shown as it was typed, and formats, links and pings nothing."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.domain.actors import SYSTEM_USER_ID
from bot.domain.quantities import format_quantity
from bot.locales import _, ngettext

MAX_CONTENT: Final = 2000
MAX_CHOICE: Final = 100
# What a page of components says in all.
MAX_PAGE_TEXT: Final = 4000

# Brackets always: a link's label may begin in one name and end in the next of the same line.
_MARKDOWN = re.compile(r"([\\*_~`|\[\]])")
_ESCAPED = re.compile(r"\\([\\*_~`|\[\]<:])")
_MARKUP = re.compile(r"<(?=[@#:/]|a:|t:|id:|https?:)", re.IGNORECASE)
_AT = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=//)")
# At the start of a line these would make a heading, a quote, a list or small print.
_LINE_START = re.compile(r"^(?=[#>-]|\d+\. )")


def plain(text: str) -> str:
    """Return user text that neither formats, links, pings nor breaks its line."""
    one_line = " ".join(text.split())
    escaped = _MARKDOWN.sub(r"\\\1", one_line)
    escaped = _MARKUP.sub(r"\\<", escaped)
    escaped = _AT.sub("@\u200b", escaped)
    escaped = _SCHEME.sub(r"\\:", escaped)
    return _LINE_START.sub("\u200b", escaped)


def unformatted(text: str) -> str:
    """Return what Discord would show of a line, for a file, which formats nothing."""
    bare = text.replace("**", "").replace("\u200b", "")
    return _ESCAPED.sub(r"\1", bare)


def bold(text: str) -> str:
    """Return user text in bold."""
    return f"**{plain(text)}**"


def clip(text: str, limit: int) -> str:
    """Return the text, cut with an ellipsis if it is longer than the limit."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def amount(quantity: Decimal, unit: str) -> str:
    """Write a quantity with its unit: `3 pcs`."""
    return f"{format_quantity(quantity)} {plain(unit)}"


def when(instant: datetime, style: str = "R") -> str:
    """Write an instant that each reader's Discord shows in their own zone and language."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def person(user_id: int) -> str:
    """Write a user as a mention; the system acts under the program's name."""
    return "Tallyman" if user_id == SYSTEM_USER_ID else f"<@{user_id}>"


def channel(channel_id: int | None) -> str:
    """Write a channel as a link, or say that there is none."""
    return _("none") if channel_id is None else f"<#{channel_id}>"


def role(discord_role_id: int, guild_id: int) -> str:
    """Write a Discord role; `@everyone` has the guild's own id."""
    return "@\u200beveryone" if discord_role_id == guild_id else f"<@&{discord_role_id}>"


def any_of(names: Sequence[str]) -> str:
    """Join names as alternatives."""
    *others, last = names
    return _("{names} or {last}").format(names=", ".join(others), last=last) if others else last


def all_of(names: Sequence[str]) -> str:
    """Join names that belong together."""
    *others, last = names
    return _("{names} and {last}").format(names=", ".join(others), last=last) if others else last


def first_of(names: Sequence[str], limit: int, *, count: int | None = None) -> str:
    """Join as many names as the limit allows, and say how many more there are of `count`."""
    rest = (len(names) if count is None else count) - min(limit, len(names))
    shown = ", ".join(names[:limit])
    if rest <= 0:
        return shown
    return ngettext("{names} and {count} more", "{names} and {count} more", rest).format(
        names=shown, count=rest
    )


def more_of(count: int) -> str:
    """Say how many there are beyond those that are shown."""
    return ngettext("… and {count} more", "… and {count} more", count).format(count=count)


def fit_lines(lines: list[str], limit: int, *, rest: str | None = None) -> str:
    """Join as many lines as fit, and say so when some do not."""
    if rest is None:
        rest = _("… and more")
    text = ""
    for line in lines:
        if len(text) + len(line) + len(rest) + 2 > limit:
            return text + rest
        text += line + "\n"
    return text.rstrip("\n")

"""Pages of a list, one button a row, with buttons that survive a restart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord.ui import ActionRow, MediaGallery, Section, TextDisplay

from bot.database.controllers.base import Page
from bot.locales import _
from bot.views.components import Button, Component, layout_of, number
from bot.views.replies import Reply
from bot.views.text import MAX_PAGE_TEXT, clip, plain

# Forty components fit a page: ten rows of three, a title and a row of five buttons are within it.
# A notice of a thousand characters may have to go above it.
_MAX_TEXT: Final = MAX_PAGE_TEXT - 1000
_MAX_TITLE: Final = 200
_MAX_ABOVE: Final = 900


# The turn to the first page.
FIRST: Final = "f0"


@dataclass(frozen=True, slots=True)
class Turn:
    """Which way a page was turned, and the row it was turned from; neither at first."""

    after: int | None = None
    before: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Turn":
        """Read a turn from a button: `a41` is what follows row 41, `b41` what precedes it."""
        way, cursor = text[:1], number(text[1:])
        if text == FIRST:
            return cls()
        if way not in {"a", "b"}:
            raise ValueError(text)
        return cls(after=cursor) if way == "a" else cls(before=cursor)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: what it says, and the button beside it."""

    text: str
    button: Component | None = None
    controls: Sequence[Component] = ()  # in a row below it


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a page; `text` describes it for those who do not see it."""

    name: str
    content: bytes
    text: str


def list_page(
    title: str,
    rows: Sequence[Row],
    *,
    nothing: str = "",
    above: Sequence[str] = (),
    footer: str = "",
    buttons: Sequence[Component] = (),
    menus: Sequence[Component] = (),
    picture: Picture | None = None,
    file: tuple[str, bytes] | None = None,
) -> Reply:
    """Draw a page: a title, a picture, lines, rows with their buttons, a file, menus, buttons."""
    head = f"### {plain(clip(title, _MAX_TITLE))}"
    if above:
        head += "\n" + clip("\n".join(above), _MAX_ABOVE)
    room = _MAX_TEXT - len(head) - len(nothing) - len(footer)
    items: list[Component] = [TextDisplay(head)]
    if picture is not None:
        media = discord.MediaGalleryItem(f"attachment://{picture.name}", description=picture.text)
        items.append(MediaGallery(media))
    if not rows and nothing:
        items.append(TextDisplay(nothing))
    each_room = room // max(1, len(rows))
    for row in rows:
        text = cut(row.text, each_room)
        items.append(
            TextDisplay(text) if row.button is None else Section(text, accessory=row.button)
        )
        if row.controls:
            items.append(ActionRow(*row.controls))
    if footer:
        items.append(TextDisplay(f"-# {footer}"))
    if file is not None:
        # A page shows the files that it names, and no others.
        items.append(discord.ui.File(f"attachment://{file[0]}"))
    items += [ActionRow(menu) for menu in menus]
    items += [ActionRow(*buttons[first : first + 5]) for first in range(0, len(buttons), 5)]
    shown = None if picture is None else (picture.name, picture.content)
    return Reply(view=layout_of(*items), file=file, picture=shown)


def cut(text: str, limit: int) -> str:
    """Cut a line that is too long, and no escape in two."""
    return text if len(text) <= limit else text[: limit - 1].rstrip("\\") + "…"


def turns_of(page: Page[Any], row_ids: Sequence[int]) -> tuple[str | None, str | None]:
    """Return the turns to the pages before and after one, None where there is none."""
    if not row_ids:
        return None, None
    return (
        f"b{row_ids[0]}" if page.has_previous else None,
        f"a{row_ids[-1]}" if page.has_next else None,
    )


def page_buttons(
    turn: Button, state: Sequence[object], previous: object | None, following: object | None
) -> list[Component]:
    """Make the two buttons that turn a page; none where all is on it.

    `previous` and `following` are the turns that lead to its neighbours.
    """
    if previous is None and following is None:
        return []
    return [
        turn(_("◀ Previous"), previous or "b0", *state, is_disabled=previous is None),
        # The two ids must differ even when both are disabled, or Discord refuses the message.
        turn(_("Next ▶"), following or "a0", *state, is_disabled=following is None),
    ]

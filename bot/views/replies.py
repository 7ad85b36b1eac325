"""Reply: what a person is shown, and how the result of an operation or query becomes one."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import discord

from bot.locales import _
from bot.views.components import Component, layout_of
from bot.views.text import MAX_CONTENT, MAX_PAGE_TEXT, clip, fit_lines, plain, unformatted

T = TypeVar("T")

_MAX_COMPONENTS = 40
_MAX_EMBEDDED = 3800
_WHOLE = "all.txt"
_MAX_NOTICE = 1000
_LEAST_NOTICE = 200
_ROW = 5

_RENDERERS: dict[type, Callable[[Any], "Reply"]] = {}


@dataclass(frozen=True, slots=True)
class Reply:
    """A message in the making: text, perhaps an embed, buttons, a file.

    It pings no one but those `mentioned`, whom a new message names above its text. A page is a
    `LayoutView`, which has neither text nor an embed beside it.
    """

    content: str = ""
    embed: discord.Embed | None = None
    view: discord.ui.View | discord.ui.LayoutView | None = None
    file: tuple[str, bytes] | None = None  # its name and content
    picture: tuple[str, bytes] | None = None  # likewise; the page says where it is shown
    mentioned: tuple[int, ...] = ()
    keeps_files: bool = True  # those of the message that it is shown in place of

    @classmethod
    def of_lines(cls, lines: list[str], *, title: str = "") -> "Reply":
        """Return lines as a message, under a title perhaps; what does not fit comes as a file."""
        limit = _MAX_EMBEDDED if title else MAX_CONTENT
        text, file = "\n".join(lines), None
        if len(text) > limit:
            text = fit_lines(lines, limit, rest=_("… and more: all of it is in the file."))
            file = (_WHOLE, "\n".join(map(unformatted, [title, *lines])).strip().encode())
        if title:
            return cls(embed=embed(title, text), file=file)
        return cls(text, file=file)

    def for_sending(self) -> dict[str, Any]:
        """Return the arguments of a new message."""
        people = [discord.Object(user_id) for user_id in self.mentioned]
        given: dict[str, Any] = {
            "allowed_mentions": discord.AllowedMentions(
                everyone=False, users=people or False, roles=False, replied_user=False
            )
        }
        if not isinstance(self.view, discord.ui.LayoutView):
            named = " ".join(f"<@{user_id}>" for user_id in self.mentioned)
            given["content"] = clip(f"{named}\n{self.content}".strip("\n"), MAX_CONTENT)
        if self.embed is not None:
            given["embed"] = self.embed
        if self.view is not None:
            given["view"] = self.view
        if files := self._files():
            given["files"] = files
        return given

    def for_editing(self) -> dict[str, Any]:
        """Return the arguments that make an existing message this one."""
        given: dict[str, Any] = {
            "content": clip(self.content, MAX_CONTENT) or None,
            "embeds": [self.embed] if self.embed else [],
            "view": self.view,
            "allowed_mentions": discord.AllowedMentions.none(),
        }
        if (files := self._files()) or not self.keeps_files:
            given["attachments"] = files
        return given

    def below(self, notice: str) -> "Reply":
        """Return the reply with something to read above it."""
        if isinstance(self.view, discord.ui.LayoutView):
            if self.view.total_children_count >= _MAX_COMPONENTS:
                return self
            view = discord.ui.LayoutView(timeout=None)
            view.add_item(discord.ui.TextDisplay(clip(notice, _MAX_NOTICE)))
            for item in self.view.children:
                view.add_item(item)
            view.stop()
            return replace(self, view=view)
        room = MAX_CONTENT - len(self.content) - 1
        text = clip(notice, max(_LEAST_NOTICE, min(room, _MAX_NOTICE)))
        return replace(self, content=f"{text}\n{self.content}".rstrip("\n"))

    def as_page(self) -> "Reply":
        """Return this as a page: a message that once was one cannot become text again."""
        if isinstance(self.view, discord.ui.LayoutView):
            return self
        shown = self.embed
        parts = [self.content]
        if shown is not None:
            title = f"### {shown.title}" if shown.title else ""
            parts += [
                title,
                shown.description or "",
                f"-# {plain(shown.footer.text)}" if shown.footer.text else "",
            ]
        text = "\n".join(part for part in parts if part)
        items: list[Component] = [discord.ui.TextDisplay(clip(text, MAX_PAGE_TEXT))]
        controls = list(self.view.children) if self.view is not None else []
        buttons = [each for each in controls if isinstance(each, discord.ui.Button)]
        items += [
            discord.ui.ActionRow(*buttons[first : first + _ROW])
            for first in range(0, len(buttons), _ROW)
        ]
        items += [discord.ui.ActionRow(each) for each in controls if each not in buttons]
        if self.file is not None:
            # A page shows the files that it names, and no others.
            items.append(discord.ui.File(f"attachment://{self.file[0]}"))
        return Reply(view=layout_of(*items), file=self.file)

    def _files(self) -> list[discord.File]:
        """Make what discord.py reads once: another try needs another one."""
        return [
            discord.File(io.BytesIO(each[1]), filename=each[0])
            for each in (self.picture, self.file)
            if each is not None
        ]


def renders(result_type: type[T]) -> Callable[[Callable[[T], Reply]], Callable[[T], Reply]]:
    """Declare how a result is shown: an operation's, also after a crash, or a query's."""

    def declare(renderer: Callable[[T], Reply]) -> Callable[[T], Reply]:
        assert result_type not in _RENDERERS
        _RENDERERS[result_type] = renderer
        return renderer

    return declare


def has_renderer(result_type: object) -> bool:
    """Whether results of this type can be shown."""
    return result_type in _RENDERERS


def render(result: object) -> Reply:
    """Show a result by its type."""
    return _RENDERERS[type(result)](result)


def embed(title: str, text: str, *, footer: str = "") -> discord.Embed:
    """Make the standard embed: a title that formats nothing, lines, perhaps a footer."""
    made = discord.Embed(title=clip(plain(title), 256), description=clip(text, 4096))
    made.colour = discord.Colour.from_str("#3b7d5c")
    if footer:
        made.set_footer(text=clip(footer, 200))
    return made

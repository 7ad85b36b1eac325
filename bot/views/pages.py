"""Pages of a list, with buttons that survive a restart."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.locales import _
from bot.views.components import Button, Component, number, row_of
from bot.views.replies import Reply, embed
from bot.views.text import fit_lines


@dataclass(frozen=True, slots=True)
class Turn:
    """Which way a page was turned, and the row it was turned from; neither at first."""

    after: int | None = None
    before: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Turn":
        """Read a turn from a button: `a41` is what follows row 41, `b41` what precedes it."""
        way, cursor = text[:1], number(text[1:])
        if way not in {"a", "b"}:
            raise ValueError(text)
        return cls(after=cursor) if way == "a" else cls(before=cursor)


def page_reply(
    title: str,
    lines: Sequence[str],
    *,
    turn: Button,
    state: Sequence[object],
    previous: str | None,
    following: str | None,
    nothing: str,
) -> Reply:
    """Show one page; `previous` and `following` are the turns that lead to its neighbours."""
    text = fit_lines(list(lines), 4000) if lines else nothing
    view = None
    if previous or following:
        view = row_of(*page_buttons(turn, state, previous, following))
    return Reply(embed=embed(title, text), view=view)


def page_buttons(
    turn: Button, state: Sequence[object], previous: str | None, following: str | None
) -> list[Component]:
    """Make the two buttons that turn a page."""
    return [
        turn(_("◀ Previous"), previous or "b0", *state, is_disabled=not previous),
        # The two ids must differ even when both are disabled, or Discord refuses the message.
        turn(_("Next ▶"), following or "a0", *state, is_disabled=not following),
    ]

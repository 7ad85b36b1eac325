"""The history of moves, page by page."""

from dataclasses import dataclass

from bot.locales import N_, _
from bot.services.search import HistoryListed
from bot.views.components import Button, number
from bot.views.pages import Row, list_page, page_buttons
from bot.views.replies import Reply, renders
from bot.views.stock import history_line
from bot.views.text import bold, first_of

_NOTHING = N_("_No moves yet._")
_MAX_INSIDE = 8


@dataclass(frozen=True, slots=True)
class HistoryTurn:
    """A turned page: what is older than `before` or newer than `after`, as (record, line)."""

    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None

    @classmethod
    def parse(cls, text: str) -> "HistoryTurn":
        """Read a turn from a button: `a41.1` is what is older than that line, `b41.1` newer."""
        record, line = map(number, text[1:].split("."))
        if text[:1] == "a":
            return cls(before=(record, line))
        if text[:1] == "b":
            return cls(after=(record, line))
        raise ValueError(text)


# One item may be in many rows, and each of their buttons needs an id of its own.
OPEN_MOVED = Button("history", "item", number, number, number)
PAGE = Button("history", "page", HistoryTurn.parse, number, number, number)


@renders(HistoryListed)
def history_page(listed: HistoryListed) -> Reply:
    """Show one page of moves, the newest on top."""
    first, last = listed.moves[0] if listed.moves else None, None
    if listed.moves:
        last = listed.moves[-1]
    state = (
        listed.item.id if listed.item else 0,
        listed.location.id if listed.location else 0,
        listed.member_id or 0,
    )
    previous = f"b{first.record}.{first.line}" if first and listed.has_newer else None
    following = f"a{last.record}.{last.line}" if last and listed.has_older else None
    return list_page(
        " · ".join([_("History"), *_narrowed(listed)]),
        [
            Row(
                history_line(move, listed.links),
                OPEN_MOVED(_("Open"), move.item_id, move.record, move.line),
            )
            for move in listed.moves
        ],
        buttons=page_buttons(PAGE, state, previous, following),
        above=_inside(listed),
        nothing=_(_NOTHING),
    )


def _inside(listed: HistoryListed) -> list[str]:
    """Say where else to look: what moved inside a location is in the histories of those."""
    if not listed.inside:
        return []
    text = _("Only what moved at this location itself. Ask as well for those inside it: {names}")
    return [text.format(names=first_of([bold(path) for path in listed.inside], _MAX_INSIDE))]


def _narrowed(listed: HistoryListed) -> list[str]:
    names = []
    if listed.item:
        names.append(listed.item.sku)
    if listed.location:
        names.append(listed.location.name)
    return names

"""Boards: what they look like, what changed them, and the hash that tells whether they did.

A board is drawn from its data alone. Times are Discord's timestamps or days of the data, never
now, so that an unchanged state looks the same however often it is drawn.
"""

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import discord
from discord.ui import ActionRow, Section, TextDisplay

from bot.domain.boards import BoardKind, blocks_of, full_level
from bot.domain.chain import canonical_json
from bot.domain.locations import short_path
from bot.locales import N_, _, ngettext
from bot.services.boards.keeping import CREATED, BoardNamed, BoardsChanged
from bot.services.boards.shown import (
    BoardShown,
    CountRow,
    LowRow,
    OrderRow,
    RequestRow,
    StockRow,
)
from bot.views.actions import ActionWords, declare_action_words
from bot.views.approval_words import status_word
from bot.views.components import Button, Component, layout_of, number
from bot.views.counts import COUNT_CONTROLS
from bot.views.order_words import on_order_parts
from bot.views.orders import ORDER_CONTROLS
from bot.views.pages import cut
from bot.views.replies import Reply, renders
from bot.views.requests import PICK
from bot.views.text import all_of, amount, bold, channel, clip, more_of, plain
from bot.views.why_controls import WHY_BOARD

# The board, its kind, and its location (0: the whole warehouse).
ALL: Final = Button("board", "all", number, str, number)
# The item, to be ordered as from an alert.
ORDER: Final = Button("board", "order", number)
# The location, of which a count begins.
COUNT: Final = Button("board", "count", number)

_FULL, _EMPTY, _BLOCKS = "█", "░", 10
_WARNING: Final = "⚠️"
_MAX_NAME: Final = 40
_MAX_ROW: Final = 300
_TITLES: Final[dict[BoardKind, str]] = {
    "stock": N_("📦 Stock"),
    "low": N_("⚠️ To reorder"),
    "requests": N_("🛒 Requests"),
    "orders": N_("📨 Orders"),
    "counts": N_("📋 Counts"),
}
_EMPTY_TEXTS: Final[dict[BoardKind, str]] = {
    "stock": N_("_Nothing in stock._"),
    "low": N_("_Nothing is down to its reorder point._"),
    "requests": N_("_No open requests._"),
    "orders": N_("_No open orders._"),
    "counts": N_("_No counts under way._"),
}
KIND_NAMES: Final[dict[BoardKind, str]] = {
    "stock": N_("stock"),
    "low": N_("what to reorder"),
    "requests": N_("requests"),
    "orders": N_("orders"),
    "counts": N_("counts"),
}

declare_action_words(
    {
        "board.created": ActionWords(N_("created a board:"), N_("Created the board")),
        "board.removed": ActionWords(N_("removed boards:"), N_("Removed the boards")),
    }
)


def board_page(shown: BoardShown) -> Reply:
    """Draw a board."""
    title = f"### {_(_TITLES[shown.kind])}"
    if shown.location is not None:
        title += f" · {plain(short_path(shown.location))}"
    items: list[Component] = [TextDisplay(title), *_draw_rows(shown)]
    more = max(0, shown.total - len(shown.rows))
    if shown.is_cut or more:
        items.append(TextDisplay(f"-# {_('… and more') if shown.is_cut else more_of(more)}"))
    items.append(ActionRow(*_buttons(shown)))
    return Reply(view=layout_of(*items))


def board_hash(reply: Reply) -> str:
    """Return a hash of all that a board shows: its words, its bars, its buttons."""
    assert isinstance(reply.view, discord.ui.LayoutView)
    sent = reply.view.to_components()  # type: ignore[no-untyped-call]  # discord.py leaves it so
    return hashlib.sha256(canonical_json(sent)).hexdigest()


def board_name(named: BoardNamed) -> str:
    """Name a board by what it shows."""
    name = _(KIND_NAMES[named.kind])
    return name if named.location is None else f"{name} · {plain(short_path(named.location))}"


@renders(BoardsChanged)
def boards_changed(changed: BoardsChanged) -> Reply:
    """Say which boards are shown in a channel from now on, or no more."""
    count = len(changed.boards)
    if changed.action == CREATED:
        text = _("✅ {boards}: shown in {channel}, and kept current there.")
    else:
        text = ngettext(
            "✅ Removed the board {boards} of {channel}.",
            "✅ Removed the boards {boards} of {channel}.",
            count,
        )
    boards = all_of([f"**{board_name(each)}**" for each in changed.boards])
    said = text.format(boards=boards, channel=channel(changed.channel_id))
    return Reply(f"{said} `#{changed.record}`")


def board_choice(channel_name: str, boards: tuple[BoardNamed, ...]) -> str:
    """Write a channel with its boards as a choice of autocomplete, which shows text as it is."""
    names = ", ".join(_(KIND_NAMES[each.kind]) for each in boards)
    return clip(f"{channel_name}: {names}", 100)


def unknown_channel() -> str:
    """Name a channel that was deleted, or that the bot cannot see."""
    return _("a channel that I cannot see")


def _draw_rows(shown: BoardShown) -> list[Component]:
    if not shown.rows:
        return [TextDisplay(_(_EMPTY_TEXTS[shown.kind]))]
    drawn = [_ROWS[type(row)](row) for row in shown.rows]
    if all(button is None for _text, button in drawn):
        # In one text: it is read as a table, and on a phone without gaps.
        return [TextDisplay("\n".join(cut(text, _MAX_ROW) for text, _button in drawn))]
    return [
        Section(cut(text, _MAX_ROW), accessory=button)
        if button is not None
        else TextDisplay(cut(text, _MAX_ROW))
        for text, button in drawn
    ]


def _buttons(shown: BoardShown) -> list[Component]:
    """Make the buttons below a board; what explains its figures has its place behind them."""
    location_id = shown.location_id or 0
    buttons = [ALL(_("See all"), shown.board_id, shown.kind, location_id)]
    if location_id:
        buttons.append(COUNT(_("Count"), location_id))
    buttons.append(WHY_BOARD(_("Why?"), shown.board_id))
    return buttons


def _stock(row: StockRow) -> tuple[str, Component | None]:
    name = f"{bold(row.sku)} {plain(clip(row.name, _MAX_NAME))}"
    text = f"**{amount(row.quantity, row.unit)}**"
    if row.in_all is not None:
        # A reorder point is of an item everywhere: at a location the bar is the part that is there.
        if row.in_all != row.quantity:
            text += " " + _("of {quantity} in all").format(quantity=amount(row.in_all, row.unit))
        return f"{_bar(row.quantity, row.in_all)} {text} · {name}", None
    full = full_level(row.point, row.target)
    if row.available is not None and row.available != row.quantity:
        available = amount(row.available, row.unit)
        text += " · " + _("{quantity} available").format(quantity=available)
    is_low = row.point is not None and (row.available or Decimal(0)) <= row.point
    bar = "" if full is None else _bar(row.available or Decimal(0), full) + " "
    # The bars begin their lines, so that they stay beside each other where a line is too long.
    return f"{bar}{text}{f' {_WARNING}' if is_low else ''} · {name}", None


def _low(row: LowRow) -> tuple[str, Component | None]:
    name = f"{bold(row.sku)} {plain(clip(row.name, _MAX_NAME))}"
    full = full_level(row.point, row.target) or row.point
    text = _("{quantity} · reorder at {point}").format(
        quantity=f"**{amount(row.available, row.unit)}**", point=amount(row.point, row.unit)
    )
    on_order = on_order_parts(row.coming, row.approved, row.pending, row.drafted)
    text = " · ".join([text, *on_order])
    button = ORDER(_("Order"), row.item_id, style=discord.ButtonStyle.primary)
    # It would only answer that nothing is missing.
    return f"{name}\n{_bar(row.available, full)} {text}", None if row.is_enough else button


def _request(row: RequestRow) -> tuple[str, Component | None]:
    head = f"{bold(row.label)} {plain(clip(row.wanted_for, _MAX_NAME))}"
    if row.needed_by is not None:
        head += " · " + _("needed by {day}").format(day=f"**{row.needed_by.isoformat()}**")
    text = _("{done} of {lines} picked").format(done=row.done, lines=row.lines)
    if row.short:
        short = ngettext("{count} line is short", "{count} lines are short", row.short)
        text += f" · {_WARNING} " + short.format(count=row.short)
    button = PICK(_("Pick"), row.id, style=discord.ButtonStyle.primary)
    return f"{head}\n{_bar(row.done, row.lines)} {text}", button


def _order(row: OrderRow) -> tuple[str, Component | None]:
    head = f"{bold(row.label)} {plain(clip(row.supplier, _MAX_NAME))}"
    head += f" · {status_word(row.status, 'order')}"
    if row.promised_on is not None:
        day = f"**{row.promised_on.isoformat()}**"
        head += " · " + _("promised for {day}").format(day=day)
    text = _("{done} of {lines} received").format(done=row.done, lines=row.lines)
    return f"{head}\n{_bar(row.done, row.lines)} {text}", ORDER_CONTROLS.open(_("Open"), row.id)


def _count(row: CountRow) -> tuple[str, Component | None]:
    head = f"{bold(row.label)} {plain(short_path(row.location))}"
    head += f" · {status_word(row.status, 'count')}"
    text = _("{done} of {lines} counted").format(done=row.done, lines=row.lines)
    return f"{head}\n{_bar(row.done, row.lines)} {text}", COUNT_CONTROLS.open(_("Open"), row.id)


_ROWS: Final[dict[type, Callable[[Any], tuple[str, Component | None]]]] = {
    StockRow: _stock,
    LowRow: _low,
    RequestRow: _request,
    OrderRow: _order,
    CountRow: _count,
}


def _bar(part: Decimal | int, whole: Decimal | int) -> str:
    filled = blocks_of(part, whole)
    return f"`{_FULL * filled}{_EMPTY * (_BLOCKS - filled)}`"

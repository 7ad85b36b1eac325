"""Lots in words: a code with the day through which it is good, and where it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.database.controllers.lot_levels import LotAtRow
from bot.database.controllers.lots import ListedLotRow
from bot.domain.lots import HELD
from bot.domain.quantities import format_quantity
from bot.locales import N_, _, ngettext
from bot.services.lots import LotChanged, LotShown, LotsListed
from bot.services.recalls import LotRecalled, Recipient, RecipientsListed
from bot.views.actions import ActionWords, declare_action_words
from bot.views.changes import changed_page
from bot.views.components import Button, Component, number, row_of
from bot.views.history import HistoryTurn
from bot.views.lot_words import lot_text, warning_text
from bot.views.opening import OPEN
from bot.views.pages import Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, renders
from bot.views.stock import low_line
from bot.views.text import amount, bold, first_of, person, plain, when
from bot.views.why_controls import why_stock

# The item (0: all) and the days within which lots expire (-1: whenever).
LOT_PAGE = Button("lot", "page", Turn.parse, number, number)
OPEN_LOT = Button("lot", "open", number, number)
RECIPIENTS = Button("lot", "got", HistoryTurn.parse, number)
# What follows every record: the turn to the newest takes of a lot.
NEWEST = "a9223372036854775807.0"
_MAX_SHOWN = 3

declare_action_words(
    {
        "lot.expired": ActionWords(
            N_("noted what fell because lots expired on"),
            N_("Noted what fell because lots expired on"),
        ),
        "lot.held": ActionWords(N_("held lot"), N_("Held the lot")),
        "lot.released": ActionWords(N_("released lot"), N_("Released the lot")),
        "lot.recalled": ActionWords(N_("recalled lot"), N_("Recalled the lot")),
    }
)


def lots_text(rows: Sequence[LotAtRow]) -> str:
    """Write which lots make up a level, the first to expire on top."""
    names = [
        f"{lot_text(row.code, row.expires_on)} {format_quantity(row.quantity)}"
        + (f" ({_('held')})" if row.state == HELD else "")
        for row in rows
    ]
    return first_of(names, _MAX_SHOWN)


def lot_line(row: ListedLotRow, today: date, days: int) -> str:
    """Write a lot of a list: its item, its last good day, and what there is of it."""
    facts = [
        f"{bold(row.sku)} {lot_text(row.code, row.expires_on)}",
        f"**{amount(row.quantity, row.unit)}**",
        warning_text(row.expires_on, today, days, state=row.state),
    ]
    return " · ".join(fact for fact in facts if fact)


@renders(LotsListed)
def lots_page(listed: LotsListed) -> Reply:
    """Show a page of lots, the first to expire on top."""
    title = _("Lots")
    if listed.within_days is not None:
        title = ngettext(
            "Lots that expire within {count} day",
            "Lots that expire within {count} days",
            listed.within_days,
        ).format(count=listed.within_days)
    if listed.item is not None:
        title = f"{title} · {listed.item.sku}"
    rows = [
        Row(
            lot_line(row, listed.today, listed.warning_days),
            OPEN_LOT(_("Open"), row.item_id, row.id),
        )
        for row in listed.page.rows
    ]
    state = (
        listed.item.id if listed.item else 0,
        -1 if listed.within_days is None else listed.within_days,
    )
    turns = turns_of(listed.page, [row.id for row in listed.page.rows])
    buttons = page_buttons(LOT_PAGE, state, *turns)
    return list_page(title, rows, buttons=buttons, nothing=_("_No such lots in stock._"))


@renders(LotShown)
def lot_page(shown: LotShown) -> Reply:
    """Show a lot: its last good day, its state and where it is."""
    item, lot = shown.item, shown.lot
    above = [f"{bold(item.sku)} {plain(item.name)}"]
    if lot.expires_on is not None:
        above.append(_("Good through {day}").format(day=lot.expires_on.isoformat()))
    if warning := warning_text(lot.expires_on, shown.today, shown.warning_days, state=lot.state):
        above.append(warning)
    rows = [
        Row(
            _spot(spot.location, spot.quantity, item.unit),
            OPEN["location"](_("Open"), spot.location_id),
        )
        for spot in shown.spots
    ]
    buttons: list[Component] = [
        OPEN["item"](_("Item"), item.id),
        why_stock(item.id, lot_id=lot.id),
    ]
    if shown.may_control:
        buttons.append(RECIPIENTS(_("Who got it"), NEWEST, lot.id))
    return list_page(lot.code, rows, above=above, nothing=_("_Nothing in stock._"), buttons=buttons)


@renders(LotChanged)
def changed_lot(changed: LotChanged) -> Reply:
    """Show a lot that was held or released, and what fell to its reorder point by that."""
    reply = changed_page(changed)
    return replace(reply, content="\n".join([reply.content, *map(low_line, changed.low)]))


@renders(LotRecalled)
def recalled_page(recalled: LotRecalled) -> Reply:
    """Show a lot that was recalled: where the rest is, and who got it."""
    lines = [
        _("⛔ Recalled lot {lot} of {item}: it is held everywhere.").format(
            lot=bold(recalled.code), item=bold(recalled.sku)
        ),
        _("Reason: {reason}").format(reason=plain(recalled.reason)),
        *map(low_line, recalled.low),
        *(_spot(name, quantity, recalled.unit) for name, quantity in recalled.spots),
        *([] if recalled.recipients else [_("_No one got any of it._")]),
        *(_recipient_line(each, recalled.unit) for each in recalled.recipients),
        f"`#{recalled.record}`",
    ]
    buttons = [RECIPIENTS(_("Who got it"), NEWEST, recalled.lot_id)] if recalled.has_more else []
    reply = Reply.of_lines(lines)
    return Reply(reply.content, view=row_of(*buttons) if buttons else None, file=reply.file)


@renders(RecipientsListed)
def recipients_page(listed: RecipientsListed) -> Reply:
    """Show a page of who got a lot."""
    found = listed.recipients
    previous = f"b{found[0].record}.{found[0].line}" if found and listed.has_newer else None
    following = f"a{found[-1].record}.{found[-1].line}" if found and listed.has_older else None
    return list_page(
        _("Who got lot {lot} of {item}").format(lot=listed.lot.code, item=listed.item.sku),
        [Row(_recipient_line(each, listed.item.unit)) for each in found],
        above=[_spot(spot.location, spot.quantity, listed.item.unit) for spot in listed.spots],
        nothing=_("_No one got any of it._"),
        buttons=page_buttons(RECIPIENTS, (listed.lot.id,), previous, following),
    )


def _spot(location: str, quantity: Decimal, unit: str) -> str:
    return f"{plain(location)}: **{amount(quantity, unit)}**"


def _recipient_line(got: Recipient, unit: str) -> str:
    text = (
        f"`#{got.record}` {when(got.at, 'f')} {person(got.actor_id)} "
        f"**{amount(got.quantity, unit)}** {plain(got.source)}"
    )
    if got.reversed_by is None:
        return text
    return f"~~{text}~~ " + _("reversed by #{record}").format(record=got.reversed_by)

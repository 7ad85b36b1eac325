"""The pages of an item and of a location, and what a search found."""

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.database.controllers.base import Page
from bot.database.controllers.lot_levels import LotAtRow
from bot.database.controllers.stock_pages import HeldRow
from bot.database.models import Item, Location
from bot.domain.locations import short_path
from bot.domain.lots import MAX_CODE
from bot.domain.names import MAX_NOTE, MAX_QUERY, MAX_REFERENCE
from bot.domain.stock import STORAGE, UNTRACKED
from bot.locales import N_, _
from bot.services.item_pages import ItemShown
from bot.services.location_pages import LocationShown
from bot.services.search import StockFound
from bot.views.catalogue import (
    ITEM_PAGE,
    LOCATIONS_FOUND,
    LOCATIONS_INSIDE,
    LOW,
    count_text,
    item_row,
    kind_text,
    location_row,
)
from bot.views.components import Button, Component, Form, Menu, number
from bot.views.item_details import details_lines, picture_of
from bot.views.lot_words import lot_text
from bot.views.lots import LOT_PAGE, OPEN_LOT, lot_page, lots_text
from bot.views.opening import OPEN
from bot.views.pages import FIRST, Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, renders
from bot.views.text import amount, bold, clip, plain
from bot.views.why_controls import WHY_HELD, why_stock

ITEM_LEVELS: Final = Button("item", "levels", Turn.parse, number)
LOCATION_HELD: Final = Button("location", "held", Turn.parse, number)
OPEN_INSIDE: Final = Menu("location", "child", number)
REMOVE_PICTURE: Final = Button("item", "nopicture", number)
HISTORY_OF: Final = Button("history", "of", str, number)
FIND_PAGE: Final = Button("find", "page", number, str)
# The form of a floor verb: the item, and the location if the button names one (0: it does not).
ASK: Final = {
    verb: Button("stock", f"ask{verb}", number, number) for verb in ("take", "put", "move")
}
ASKED: Final = {verb: Form("stock", f"ask{verb}", number, number) for verb in ASK}

_FORM_TITLES: Final = {
    "take": N_("Take {item}"),
    "put": N_("Put {item}"),
    "move": N_("Move {item}"),
}
_MAX_FOUND: Final = 10
MAX_QUANTITY: Final = 40
_MAX_FIELD: Final = 100
_MAX_DAY: Final = 20


@renders(ItemShown)
def item_page(shown: ItemShown) -> Reply:
    """Show an item, its stock in all and at each location, and what can be done with it."""
    item, take = shown.item, ASK["take"]
    rows = [
        Row(
            f"{plain(short_path(level.location))}: **{amount(level.quantity, level.unit)}**"
            + _lots_at(shown.lots, item.id, level.location_id),
            take(_("Take"), item.id, level.location_id)
            if shown.may_move
            else OPEN["location"](_("Open"), level.location_id),
        )
        for level in shown.levels.rows
    ]
    return list_page(
        item.sku,
        rows,
        above=_item_facts(shown),
        nothing=_("_Nothing in stock._"),
        buttons=_item_buttons(shown),
        picture=None if shown.image is None else picture_of(item, shown.image),
    )


def _item_facts(shown: ItemShown) -> list[str]:
    item = shown.item
    total = f"**{amount(shown.total, item.unit)}**"
    above = [_("{item} · {quantity} in stock").format(item=bold(item.name), quantity=total)]
    if shown.available is not None and shown.available != shown.total:
        above.append(
            _("{quantity} available").format(quantity=f"**{amount(shown.available, item.unit)}**")
            + _reserved(item)
        )
    if item.reorder_point is not None:
        text = _("Reorder at {quantity}")
        if shown.is_low:
            text = f"{LOW} " + _("Reorder at {quantity} — time to reorder")
        above.append(text.format(quantity=amount(item.reorder_point, item.unit)))
    above += details_lines(item, shown.details)
    if item.archived_at is not None:
        above.append(_("_Archived_"))
    return above


def _item_buttons(shown: ItemShown) -> list[Component]:
    item = shown.item
    buttons: list[Component] = [
        *_turns(ITEM_LEVELS, item.id, shown.levels, [row.location_id for row in shown.levels.rows])
    ]
    if shown.may_move:
        primary = discord.ButtonStyle.primary
        buttons += [
            ASK["put"](_("Put"), item.id, 0, style=primary),
            ASK["move"](_("Move"), item.id, 0),
        ]
    buttons += [why_stock(item.id), HISTORY_OF(_("History"), "i", item.id)]
    if item.tracking != UNTRACKED:
        buttons.append(LOT_PAGE(_("Lots"), FIRST, item.id, -1))
    if shown.image is not None and shown.may_manage:
        buttons.append(REMOVE_PICTURE(_("Remove picture"), item.id))
    return buttons


@renders(LocationShown)
def location_page(shown: LocationShown) -> Reply:
    """Show a location, the stock there and inside it, and the locations next inside it."""
    location, count = shown.location, shown.count
    above = []
    if shown.parent is not None:
        above.append(_("Inside {location}").format(location=bold(shown.parent.path)))
    if location.kind != STORAGE:
        above.append(kind_text(location.kind))
    if location.archived_at is not None:
        above.append(_("_Archived_"))
    if count.items or count.locations:
        above.append(count_text(count))
    rows = [
        Row(
            held_text(row, has_inside=bool(count.locations))
            + _lots_at(shown.lots, row.item_id, location.id),
            OPEN["item"](_("Open"), row.item_id),
        )
        for row in shown.held.rows
    ]
    buttons: list[Component] = [
        *_turns(LOCATION_HELD, location.id, shown.held, [row.item_id for row in shown.held.rows])
    ]
    if count.locations:
        buttons.append(LOCATIONS_INSIDE(_("All inside"), FIRST, location.id))
    if shown.parent is not None:
        buttons.append(OPEN["location"](_("Up"), shown.parent.id))
    if shown.held.rows:
        buttons.append(WHY_HELD(_("Why?"), FIRST, location.id))
    buttons.append(HISTORY_OF(_("History"), "l", location.id))
    menus = [_inside_menu(shown)] if shown.children else []
    return list_page(
        location.name, rows, above=above, nothing=_("_Empty._"), menus=menus, buttons=buttons
    )


@renders(StockFound)
def found_page(found: StockFound) -> Reply:
    """Show the item or location that was found, or a list to choose from."""
    return found_from(found, 0)


def found_from(found: StockFound, first: int) -> Reply:
    """Show what was found; of a list, the page that begins with this row."""
    if found.item:
        return item_page(found.item)
    if found.location:
        return location_page(found.location)
    if found.lot:
        return lot_page(found.lot)
    rows = [item_row(each.item, each.held) for each in found.items]
    rows += [location_row(each.location) for each in found.locations]
    rows += [
        Row(
            f"{lot_text(each.lot.code, each.lot.expires_on)}\n{bold(each.sku)} {plain(each.name)}",
            OPEN_LOT(_("Open"), each.lot.item_id, each.lot.id),
        )
        for each in found.lots
    ]
    buttons = page_buttons(
        FIND_PAGE,
        (found.typed[:MAX_QUERY],),
        str(max(0, first - _MAX_FOUND)) if first else None,
        str(first + _MAX_FOUND) if first + _MAX_FOUND < len(rows) else None,
    )
    typed = found.typed[:MAX_QUERY]
    if found.has_more_items:
        buttons.append(ITEM_PAGE(_("All items"), FIRST, typed))
    if found.has_more_locations:
        buttons.append(LOCATIONS_FOUND(_("All locations"), FIRST, typed))
    return list_page(_("Which one?"), rows[first : first + _MAX_FOUND], buttons=buttons)


def _reserved(item: Item) -> str:
    if not item.reserved:
        return ""
    return " · " + _("{quantity} reserved").format(quantity=amount(item.reserved, item.unit))


def _lots_at(lots: Sequence[LotAtRow], item_id: int, location_id: int) -> str:
    """Write which lots of an item are at a location, in a line below it; empty without lots."""
    there = [row for row in lots if (row.item_id, row.location_id) == (item_id, location_id)]
    return f"\n-# {lots_text(there)}" if there else ""


def held_text(row: HeldRow, *, has_inside: bool) -> str:
    """Write what is held of an item: in all, and of that what is directly there."""
    text = f"{bold(row.sku)} {plain(row.name)}\n**{amount(row.quantity, row.unit)}**"
    if not has_inside:
        return text
    if not row.here:
        return f"{text} · {_('all of it inside')}"
    if row.here == row.quantity:
        return f"{text} · {_('all of it here')}"
    return (
        text
        + " · "
        + _("{here} here, {inside} inside").format(
            here=amount(row.here, row.unit), inside=amount(row.quantity - row.here, row.unit)
        )
    )


def stock_form(verb: str, item: Item, location: Location | None) -> discord.ui.Modal:
    """Ask for what a floor command still needs: how much, and where if the button did not say."""
    fields = {_("Quantity"): _field("quantity", value="1", limit=MAX_QUANTITY)}
    if verb == "move":
        value = short_path(location.path) if location else ""
        fields[_("From")] = _field("from", value=value)
        fields[_("To")] = _field("to")
    elif location is None:
        fields[_("Location (empty: the usual one)")] = _field("location", is_required=False)
    if item.tracking != UNTRACKED:
        fields[_("Lot") if verb == "put" else _("Lot (empty: what expires first)")] = _field(
            "lot", is_required=verb == "put", limit=MAX_CODE
        )
    if item.tracking != UNTRACKED and verb == "put":
        fields[_("Good through, such as 2027-03-01")] = _field(
            "expiry", is_required=False, limit=_MAX_DAY
        )
    fields[_("Note")] = _field("note", is_required=False, limit=MAX_NOTE)
    title = _(_FORM_TITLES[verb]).format(item=item.sku)
    return ASKED[verb](title, item.id, location.id if location else 0, fields=fields)


def _field(
    name: str, *, value: str = "", limit: int = MAX_REFERENCE, is_required: bool = True
) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=name, default=value or None, required=is_required, max_length=limit
    )


def _turns(turn: Button, thing_id: int, page: Page[Any], row_ids: Sequence[int]) -> list[Component]:
    return page_buttons(turn, (thing_id,), *turns_of(page, row_ids))


def _inside_menu(shown: LocationShown) -> Component:
    options = [
        discord.SelectOption(
            label=clip(child.name, _MAX_FIELD),
            value=str(child.id),
            description=count_text(shown.child_counts[child.id]),
        )
        for child in shown.children
    ]
    placeholder = _("Open a location inside")
    if shown.has_more_children:
        placeholder = _("Open one of the first {count} inside").format(count=len(options))
    return OPEN_INSIDE(placeholder, shown.location.id, options=options)

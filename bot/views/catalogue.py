"""Items and locations in words."""

from decimal import Decimal
from typing import Final

from bot.database.controllers.stock_pages import InsideCount
from bot.database.models import Item, Location
from bot.domain.locations import short_path
from bot.domain.quantities import format_quantity
from bot.domain.stock import QUARANTINE, STORAGE
from bot.locales import N_, _, ngettext
from bot.services.item_pages import ItemsListed, is_low
from bot.services.location_pages import LocationsListed
from bot.services.suggestions import SuggestedItem, SuggestedLocation
from bot.views.components import Button, number
from bot.views.opening import OPEN
from bot.views.pages import Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, renders
from bot.views.text import MAX_CHOICE, amount, bold, clip, plain

ITEM_PAGE = Button("item", "page", Turn.parse, str)
LOCATION_PAGE = Button("location", "page", Turn.parse)
LOCATIONS_FOUND = Button("location", "found", Turn.parse, str)
LOCATIONS_INSIDE = Button("location", "inside", Turn.parse, number)
# What is in quarantine is on hand, and not available.
KIND_WORDS: Final = {
    "storage": N_("Storage"),
    "receiving": N_("Receiving"),
    "quarantine": N_("Quarantine"),
}
LOW: Final = "🔻"


@renders(ItemsListed)
def items_page(listed: ItemsListed) -> Reply:
    """Show a page of items with their stock."""
    page = listed.page
    turns = turns_of(page, [row.id for row in page.rows])
    held = listed.held
    return list_page(
        _("Items · {typed}").format(typed=listed.typed) if listed.typed else _("Items"),
        [item_row(row, None if held is None else held[row.id]) for row in page.rows],
        buttons=page_buttons(ITEM_PAGE, (listed.typed,), *turns),
        nothing=_("_No matching items._")
        if listed.typed
        else _("_No items yet. Add one with_ `/item add`_._"),
    )


@renders(LocationsListed)
def locations_page(listed: LocationsListed) -> Reply:
    """Show a page of locations, with what each holds with all inside it."""
    page, inside = listed.page, listed.inside
    turns = turns_of(page, [row.id for row in page.rows])
    title, nothing = _("Locations"), _("_No locations yet. Add one with_ `/location add`_._")
    if inside is not None:
        title = _("Inside {location}").format(location=inside.path)
        nothing = _("_No locations inside._")
        buttons = page_buttons(LOCATIONS_INSIDE, (inside.id,), *turns)
    elif listed.typed:
        title = _("Locations · {typed}").format(typed=listed.typed)
        nothing = _("_No matching locations._")
        buttons = page_buttons(LOCATIONS_FOUND, (listed.typed,), *turns)
    else:
        buttons = page_buttons(LOCATION_PAGE, (), *turns)
    rows = [location_row(row, listed.counts[row.id]) for row in page.rows]
    return list_page(title, rows, buttons=buttons, nothing=nothing)


def item_row(item: Item, held: Decimal | None) -> Row:
    """Write an item in a row of a list: its stock, and whether it is time to reorder."""
    point = item.reorder_point
    mark = f"{LOW} " if held is not None and is_low(held, point) else ""
    facts = [] if held is None else [f"**{amount(held, item.unit)}**"]
    if held is None:
        facts.append(plain(item.unit))
    if point is not None:
        facts.append(_("reorder at {quantity}").format(quantity=format_quantity(point)))
    if item.archived_at is not None:
        facts.append(_("archived"))
    text = f"{mark}{bold(item.sku)} {plain(item.name)}\n{' · '.join(facts)}"
    return Row(text, OPEN["item"](_("Open"), item.id))


def location_row(location: Location, count: InsideCount | None = None) -> Row:
    """Write a location in a row of a list: its path, and what it holds."""
    facts = [] if count is None else [count_text(count)]
    if location.kind != STORAGE:
        facts.append(kind_text(location.kind))
    if location.archived_at is not None:
        facts.append(_("archived"))
    text = f"📍 {bold(short_path(location.path))}"
    if facts:
        text += f"\n{' · '.join(facts)}"
    return Row(text, OPEN["location"](_("Open"), location.id))


def kind_text(kind: str) -> str:
    """Write what a location is for; plain storage needs no word."""
    return _(KIND_WORDS.get(kind, kind))


def count_text(count: InsideCount) -> str:
    """Say how many items and locations a location contains."""
    items = ngettext("{count} item", "{count} items", count.items).format(count=count.items)
    if not count.locations:
        return items
    inside = ngettext(
        "{count} location inside", "{count} locations inside", count.locations
    ).format(count=count.locations)
    return f"{items} · {inside}"


def location_choice(suggested: SuggestedLocation, *, icon: str = "") -> str:
    """Write a location as a choice of autocomplete, with the stock of an item there."""
    facts = []
    if suggested.location.kind == QUARANTINE:
        facts.append(kind_text(QUARANTINE))
    if suggested.held is not None:
        facts.append(f"{format_quantity(suggested.held)} {suggested.unit}")
    if suggested.location.archived_at is not None:
        facts.append(_("archived"))
    return icon + _choice(short_path(suggested.location.path), facts, suggested.is_guess)


def item_choice(suggested: SuggestedItem) -> str:
    """Write an item as a choice of autocomplete, which shows text as it is."""
    item, facts = suggested.item, []
    if suggested.pack:
        facts.append(suggested.pack_text)
    if suggested.held is not None:
        facts.append(f"{format_quantity(suggested.held)} {item.unit}")
    if item.archived_at is not None:
        facts.append(_("archived"))
    return _choice(f"{item.sku} · {item.name}", facts, suggested.is_guess)


def _choice(name: str, facts: list[str], is_guess: bool) -> str:  # noqa: FBT001
    """Write a choice: the facts are kept whole, a guess is marked as one."""
    behind = f" ({', '.join(facts)})" if facts else ""
    before = "≈ " if is_guess else ""
    return before + clip(name, MAX_CHOICE - len(before) - len(behind) - 2) + behind

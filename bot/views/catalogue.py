"""Items and locations in words."""

from decimal import Decimal

from bot.database.controllers.stock import LevelRow
from bot.database.models import Item, Location
from bot.domain.quantities import format_quantity
from bot.locales import _
from bot.services.items import ItemShown, ItemsListed
from bot.services.locations import LocationShown, LocationsListed
from bot.services.search import StockFound
from bot.views.components import Button
from bot.views.pages import Turn, page_reply
from bot.views.replies import Reply, embed, renders
from bot.views.stock import level_line
from bot.views.text import amount, bold, fit_lines, plain

ITEM_PAGE = Button("item", "page", Turn.parse, str)
LOCATION_PAGE = Button("location", "page", Turn.parse)
_MAX_TEXT = 3800


@renders(ItemShown)
def item_page(shown: ItemShown) -> Reply:
    """Show an item and its stock."""
    item = shown.item
    total = f"**{amount(shown.total, item.unit)}**"
    lines = [_("{item} · {quantity} in stock").format(item=bold(item.name), quantity=total)]
    if item.reorder_point is not None:
        is_low = shown.total <= item.reorder_point
        text = _("Reorder at {quantity}")
        if is_low:
            text = _("Reorder at {quantity} — time to reorder")
        lines.append(text.format(quantity=amount(item.reorder_point, item.unit)))
    if item.archived_at is not None:
        lines.append(_("_Archived_"))
    lines += [level_line(level, by_item=True) for level in shown.levels]
    if not shown.levels:
        lines.append(_("_Nothing in stock._"))
    return Reply(embed=embed(item.sku, fit_lines(lines, _MAX_TEXT)))


@renders(LocationShown)
def location_page(shown: LocationShown) -> Reply:
    """Show a location, the stock there and the locations inside it."""
    lines = []
    if shown.parent:
        lines.append(_("Inside {location}").format(location=bold(shown.parent)))
    if shown.location.archived_at is not None:
        lines.append(_("_Archived_"))
    if shown.children:
        names = ", ".join(map(bold, shown.children))
        lines.append(_("Contains {locations}").format(locations=names))
    lines += [level_line(level, by_item=False) for level in shown.levels]
    if not shown.levels:
        lines.append(_("_Empty._"))
    return Reply(embed=embed(shown.location.name, fit_lines(lines, _MAX_TEXT)))


@renders(StockFound)
def found_page(found: StockFound) -> Reply:
    """Show the item or location that was found, or a list to choose from."""
    if found.item and not found.location:
        return item_page(found.item)
    if found.location and not found.item:
        return location_page(found.location)
    items = (found.item.item,) if found.item else found.items
    locations = (found.location.location,) if found.location else found.locations
    lines = [*map(item_line, items), *map(location_line, locations)]
    return Reply(embed=embed(_("Which one?"), fit_lines(lines, _MAX_TEXT)))


@renders(ItemsListed)
def items_page(listed: ItemsListed) -> Reply:
    """Show a page of items."""
    page = listed.page
    return page_reply(
        _("Items · {typed}").format(typed=listed.typed) if listed.typed else _("Items"),
        [item_line(item) for item in page.rows],
        turn=ITEM_PAGE,
        state=(listed.typed,),
        previous=f"b{page.rows[0].id}" if page.rows and page.has_previous else None,
        following=f"a{page.rows[-1].id}" if page.rows and page.has_next else None,
        nothing=_("_No matching items._")
        if listed.typed
        else _("_No items yet. Add one with_ `/item add`_._"),
    )


@renders(LocationsListed)
def locations_page(listed: LocationsListed) -> Reply:
    """Show a page of locations."""
    page = listed.page
    return page_reply(
        _("Locations"),
        [location_line(location) for location in page.rows],
        turn=LOCATION_PAGE,
        state=(),
        previous=f"b{page.rows[0].id}" if page.rows and page.has_previous else None,
        following=f"a{page.rows[-1].id}" if page.rows and page.has_next else None,
        nothing=_("_No locations yet. Add one with_ `/location add`_._"),
    )


def item_line(item: Item) -> str:
    """Write an item in a line of a list."""
    line = f"{bold(item.sku)} {plain(item.name)} · {plain(item.unit)}"
    if item.reorder_point is None:
        return line
    quantity = format_quantity(item.reorder_point)
    return f"{line} · " + _("reorder at {quantity}").format(quantity=quantity)


def location_line(location: Location) -> str:
    """Write a location in a line of a list."""
    return f"📍 {bold(location.name)}"


def location_choice(location: Location, held: LevelRow | None = None) -> str:
    """Write a location as a choice of autocomplete, with the stock of an item there."""
    if held is None:
        return location.name
    return f"{location.name} ({format_quantity(held.quantity)} {held.unit})"


def item_choice(item: Item, held: Decimal | None = None) -> str:
    """Write an item as a choice of autocomplete, which shows text as it is."""
    stock = "" if held is None else f" ({format_quantity(held)} {item.unit})"
    return f"{item.sku} · {item.name}{stock}"

"""Items and places as people see them."""

from decimal import Decimal

from bot.database.models import Item, Location
from bot.domain.quantities import format_quantity
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
    """Show an item with where it lies."""
    item = shown.item
    lines = [f"{bold(item.name)} · **{amount(shown.total, item.unit)}** in stock"]
    if item.reorder_point is not None:
        is_low = shown.total <= item.reorder_point
        warning = " — time to reorder" if is_low else ""
        lines.append(f"Reorder at {amount(item.reorder_point, item.unit)}{warning}")
    if item.archived_at is not None:
        lines.append("_Archived_")
    lines += [level_line(level, by_item=True) for level in shown.levels]
    if not shown.levels:
        lines.append("_Nothing in stock._")
    return Reply(embed=embed(item.sku, fit_lines(lines, _MAX_TEXT)))


@renders(LocationShown)
def location_page(shown: LocationShown) -> Reply:
    """Show a place with what lies there and what is inside it."""
    lines = []
    if shown.parent:
        lines.append(f"Inside {bold(shown.parent)}")
    if shown.location.archived_at is not None:
        lines.append("_Archived_")
    if shown.children:
        lines.append("Holds " + ", ".join(map(bold, shown.children)))
    lines += [level_line(level, by_item=False) for level in shown.levels]
    if not shown.levels:
        lines.append("_Nothing lies here._")
    return Reply(embed=embed(shown.location.name, fit_lines(lines, _MAX_TEXT)))


@renders(StockFound)
def found_page(found: StockFound) -> Reply:
    """Show the one thing that was meant, or a list of what it may be."""
    if found.item and not found.location:
        return item_page(found.item)
    if found.location and not found.item:
        return location_page(found.location)
    items = (found.item.item,) if found.item else found.items
    locations = (found.location.location,) if found.location else found.locations
    lines = [item_line(item) for item in items] + [location_line(place) for place in locations]
    return Reply(embed=embed("Which one?", fit_lines(lines, _MAX_TEXT)))


@renders(ItemsListed)
def items_page(listed: ItemsListed) -> Reply:
    """Show a page of items."""
    page = listed.page
    return page_reply(
        f"Items · {listed.typed}" if listed.typed else "Items",
        [item_line(item) for item in page.rows],
        turn=ITEM_PAGE,
        state=(listed.typed,),
        previous=f"b{page.rows[0].id}" if page.rows and page.has_previous else None,
        following=f"a{page.rows[-1].id}" if page.rows and page.has_next else None,
        nothing="_No items yet. Add one with_ `/item add`_._"
        if not listed.typed
        else "_No item has a word that begins like this._",
    )


@renders(LocationsListed)
def locations_page(listed: LocationsListed) -> Reply:
    """Show a page of places."""
    page = listed.page
    return page_reply(
        "Places",
        [location_line(location) for location in page.rows],
        turn=LOCATION_PAGE,
        state=(),
        previous=f"b{page.rows[0].id}" if page.rows and page.has_previous else None,
        following=f"a{page.rows[-1].id}" if page.rows and page.has_next else None,
        nothing="_No places yet. Add one with_ `/location add`_._",
    )


def item_line(item: Item) -> str:
    """Write an item in a line of a list."""
    point = item.reorder_point
    reorder = "" if point is None else f" · reorder at {format_quantity(point)}"
    return f"{bold(item.sku)} {plain(item.name)} · {plain(item.unit)}{reorder}"


def location_line(location: Location) -> str:
    """Write a place in a line of a list."""
    return f"📍 {bold(location.name)}"


def item_choice(item: Item, held: Decimal | None = None) -> str:
    """Write an item as a choice of autocomplete, which shows text as it is."""
    stock = "" if held is None else f" ({format_quantity(held)} {item.unit})"
    return f"{item.sku} · {item.name}{stock}"

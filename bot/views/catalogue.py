"""Items and locations in words."""

from bot.database.models import Item, Location
from bot.domain.locations import short_path
from bot.domain.quantities import format_quantity
from bot.locales import _
from bot.services.items import ItemShown, ItemsListed
from bot.services.locations import LocationShown, LocationsListed
from bot.services.search import StockFound
from bot.services.suggestions import SuggestedItem, SuggestedLocation
from bot.views.components import Button
from bot.views.pages import Turn, page_reply
from bot.views.replies import Reply, embed, renders
from bot.views.stock import level_line
from bot.views.text import MAX_CHOICE, amount, bold, clip, fit_lines, plain

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
    if shown.former_skus:
        names = ", ".join(map(bold, shown.former_skus))
        lines.append(_("Formerly {names}").format(names=names))
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
    lines = [_suggested_line(each) for each in found.items]
    lines += [location_line(each.location) for each in found.locations]
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


def _suggested_line(suggested: SuggestedItem) -> str:
    """Write an item that may be meant with its stock."""
    item = suggested.item
    line = f"{bold(item.sku)} {plain(item.name)}"
    if suggested.held is not None:
        line += f" · {amount(suggested.held, item.unit)}"
    return line + f" · {_('archived')}" if item.archived_at is not None else line


def item_line(item: Item) -> str:
    """Write an item in a line of a list."""
    line = f"{bold(item.sku)} {plain(item.name)} · {plain(item.unit)}"
    if item.reorder_point is None:
        return line
    quantity = format_quantity(item.reorder_point)
    return f"{line} · " + _("reorder at {quantity}").format(quantity=quantity)


def location_line(location: Location) -> str:
    """Write a location in a line of a list."""
    line = f"📍 {bold(location.path)}"
    return line + f" · {_('archived')}" if location.archived_at is not None else line


def location_choice(suggested: SuggestedLocation, *, icon: str = "") -> str:
    """Write a location as a choice of autocomplete, with the stock of an item there."""
    facts = []
    if suggested.held is not None:
        facts.append(f"{format_quantity(suggested.held)} {suggested.unit}")
    if suggested.location.archived_at is not None:
        facts.append(_("archived"))
    return icon + _choice(short_path(suggested.location.path), facts, suggested.is_guess)


def item_choice(suggested: SuggestedItem) -> str:
    """Write an item as a choice of autocomplete, which shows text as it is."""
    item, facts = suggested.item, []
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

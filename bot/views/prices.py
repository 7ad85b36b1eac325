"""Prices in words: what a supplier asks for how much of an item, since when."""

from datetime import date
from decimal import Decimal

from bot.database.controllers.price_statements import ListedPriceRow
from bot.domain.money import format_unit_price
from bot.domain.prices import Price
from bot.domain.quantities import format_quantity
from bot.locales import N_, _
from bot.services.prices.listing import PriceHistoryListed, PricesListed
from bot.services.prices.setting import PriceSet
from bot.views.actions import ActionWords, declare_action_words
from bot.views.components import Button, number
from bot.views.opening import OPEN
from bot.views.pages import Picture, Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, renders
from bot.views.text import bold, plain

# The supplier and the item (0: all).
PRICE_PAGE = Button("price", "page", Turn.parse, number, number)
HISTORY_PAGE = Button("price", "hist", Turn.parse, number)
# The item, and the price beside which it hangs: several prices of one item may be on a page.
HISTORY = Button("price", "history", number, number)

declare_action_words(
    {
        "price.set": ActionWords(N_("set the price of"), N_("Set the price of")),
        "price.ended": ActionWords(N_("ended the price of"), N_("Ended the price of")),
    }
)


def price_text(amount: Decimal, currency: str, unit: str) -> str:
    """Write what one unit costs: `12.90 EUR per box`."""
    price = format_unit_price(amount, currency)
    return _("{price} per {unit}").format(price=price, unit=plain(unit))


@renders(PriceSet)
def price_set(done: PriceSet) -> Reply:
    """Show a price that was set: before and after, from when on, and whether it jumped."""
    what = f"{bold(done.sku)} · {bold(done.supplier)}"
    before, after = (_side(each, done.unit) for each in (done.before, done.after))
    headline = _("✅ Set the price of {what}") if done.after else _("✅ Ended the price of {what}")
    lines = [headline.format(what=what), f"{before} → {after}"]
    if done.min_quantity:
        least = f"{format_quantity(done.min_quantity)} {plain(done.unit)}"
        lines.append(_("From {quantity} on").format(quantity=least))
    lines.append(_("Valid from {day}").format(day=done.valid_from.isoformat()))
    if done.is_jump:
        lines.append(
            _("⚠️ It cost nothing before")
            if done.rise is None
            else _("⚠️ {percent} % more than before").format(percent=done.rise)
        )
    lines.append(f"`#{done.record}`")
    return Reply("\n".join(lines))


@renders(PricesListed)
def prices_page(listed: PricesListed) -> Reply:
    """Show a page of prices that hold or are to come."""
    names = [each for each in (listed.supplier, listed.item) if each is not None]
    title = " · ".join([_("Prices"), *(getattr(each, "sku", None) or each.name for each in names)])
    rows = [
        Row(
            f"{bold(row.sku)} · {plain(row.supplier)}\n{_facts(row, listed.today)}",
            HISTORY(_("History"), row.item_id, row.id),
        )
        for row in listed.page.rows
    ]
    state = (
        listed.supplier.id if listed.supplier else 0,
        listed.item.id if listed.item else 0,
    )
    turns = turns_of(listed.page, [row.id for row in listed.page.rows])
    buttons = page_buttons(PRICE_PAGE, state, *turns)
    return list_page(title, rows, buttons=buttons, nothing=_("_No prices. Set one: `/price set`._"))


@renders(PriceHistoryListed)
def price_history_page(listed: PriceHistoryListed) -> Reply:
    """Show how the prices of an item changed, the last to begin first."""
    return price_history_with(None, listed)


def price_history_with(picture: Picture | None, listed: PriceHistoryListed) -> Reply:
    """Show how the prices of an item changed, under a chart of them perhaps."""
    above = []
    if listed.last_paid is not None:
        paid = price_text(*listed.last_paid, listed.item.unit)
        above.append(_("Paid last: {price}").format(price=paid))
    rows = [Row(f"{bold(row.supplier)}\n{_facts(row, listed.today)}") for row in listed.page.rows]
    turns = turns_of(listed.page, [row.id for row in listed.page.rows])
    buttons = [
        OPEN["item"](_("Item"), listed.item.id),
        *page_buttons(HISTORY_PAGE, (listed.item.id,), *turns),
    ]
    return list_page(
        _("Prices of {item}").format(item=listed.item.sku),
        rows,
        above=above,
        buttons=buttons,
        nothing=_("_No prices. Set one: `/price set`._"),
        picture=picture,
    )


def _side(price: Price | None, unit: str) -> str:
    if price is None:
        return _("no price")
    return (
        bold(format_unit_price(price.amount, price.currency))
        + " "
        + _("per {unit}").format(unit=plain(unit))
    )


def _facts(row: ListedPriceRow, today: date) -> str:
    unit = row.unit or row.item_unit
    facts = [_("no price") if row.amount is None else price_text(row.amount, row.currency, unit)]
    if row.min_quantity:
        least = f"{format_quantity(row.min_quantity)} {plain(unit)}"
        facts.append(_("from {quantity} on").format(quantity=least))
    begins = _("from {day}") if row.valid_from > today else _("since {day}")
    facts.append(begins.format(day=row.valid_from.isoformat()))
    return " · ".join(facts)

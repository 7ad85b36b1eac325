"""Why stock is worth what it is: what is left of receipts at their prices."""

from fractions import Fraction
from typing import Final

from bot.domain.line_amounts import round_amount
from bot.domain.money import format_unit_price
from bot.domain.valuation import Value
from bot.locales import _, ngettext
from bot.services.why.chain import Checked
from bot.services.why.value import ReceiptLeft, ValueExplained
from bot.views.pages import Row, list_page, page_buttons
from bot.views.record_links import marked
from bot.views.replies import Reply
from bot.views.text import amount, person, when
from bot.views.why import chain_line
from bot.views.why_controls import EVERYWHERE, WHY_VALUE

_PAGE_ROWS: Final = 10


def value_page(explained: ValueExplained, checked: Checked | None) -> Reply:
    """Show the value of an item, and the receipts that it is made of, the newest first."""
    item, first, count = explained.item, explained.first, explained.count
    where = explained.location_id or EVERYWHERE
    return list_page(
        " · ".join([_("Why?"), item.sku, _("value"), *filter(None, [explained.location])]),
        [
            Row(
                f"{marked(each.record, explained.links)} {when(each.at, 'f')} "
                f"{person(each.actor_id)} {_worth(each, item.unit)}"
            )
            for each in explained.receipts
        ],
        above=[
            *_figure_lines(explained),
            chain_line(explained.chain, explained.links, checked),
        ],
        nothing=_("_Nothing in stock._"),
        buttons=page_buttons(
            WHY_VALUE,
            (item.id, where, explained.beyond),
            str(max(0, first - _PAGE_ROWS)) if first else None,
            str(first + _PAGE_ROWS) if first + _PAGE_ROWS < count else None,
        ),
    )


def _figure_lines(explained: ValueExplained) -> list[str]:
    unit, value = explained.item.unit, explained.value
    text = ngettext(
        "{value} = what is left of {count} receipt at its price: the first in is the first out.",
        "{value} = what is left of {count} receipts at their prices: the first in is the first "
        "out.",
        explained.count,
    )
    lines = [text.format(value=_total(value, unit), count=explained.count)]
    if explained.location:
        share = _("It is the share of {quantity} of {total} in all.")
        quantity, total = amount(value.quantity, unit), amount(explained.in_all, unit)
        lines.append(share.format(quantity=quantity, total=total))
    lines.append(_("As of #{record}.").format(record=explained.beyond - 1))
    return lines


def _total(value: Value, unit: str) -> str:
    parts = [f"**{round_amount(Fraction(each), currency)}**" for currency, each in value.amounts]
    if value.without_price:
        missing = amount(value.without_price, unit)
        parts.append(_("{quantity} without a price").format(quantity=missing))
    return " + ".join(parts) or _("**no known value**")


def _worth(receipt: ReceiptLeft, unit: str) -> str:
    quantity = amount(receipt.quantity, unit)
    if receipt.unit_cost is None or receipt.currency is None:
        return _("{quantity} without a price").format(quantity=f"**{quantity}**")
    exact = Fraction(receipt.unit_cost) * Fraction(receipt.quantity)
    price = format_unit_price(receipt.unit_cost, receipt.currency)
    worth = f"**{round_amount(exact, receipt.currency)}**"
    return _("{quantity} at {price} = {worth}").format(
        quantity=f"**{quantity}**", price=price, worth=worth
    )

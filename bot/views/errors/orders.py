"""Refusals about orders."""

from typing import Final

from bot.domain.orders import OtherCurrency, PricesMissing, SupplierNotApproved
from bot.locales import _, ngettext
from bot.views.approval_words import status_word
from bot.views.errors.translator import explain
from bot.views.text import bold, first_of

_MAX_NAMED: Final = 5


@explain.register
def explain_supplier_not_approved(error: SupplierNotApproved) -> str:
    """Say which status the supplier has."""
    return _(
        "{supplier} is {status}, and only approved suppliers can be ordered from. "
        "See `/supplier show`."
    ).format(supplier=bold(error.supplier), status=status_word(error.status))


@explain.register
def explain_prices_missing(error: PricesMissing) -> str:
    """Name the lines without a price."""
    lines = [f"{number} ({bold(sku)})" for number, sku in error.lines]
    return ngettext(
        "Line {lines} of {order} has no price, and neither the supplier's list nor an earlier "
        "order has one. Write it behind the quantity with `/order lines`.",
        "The lines {lines} of {order} have no price, and neither the supplier's list nor an "
        "earlier order has one. Write it behind the quantity with `/order lines`.",
        len(lines),
    ).format(lines=first_of(lines, _MAX_NAMED), order=bold(error.label))


@explain.register
def explain_other_currency(error: OtherCurrency) -> str:
    """Say which currency the order is in."""
    return _(
        "The order is in {currency}, and this price is in {typed}. Write it in {currency}, or make "
        "another order."
    ).format(currency=error.currency, typed=error.typed)

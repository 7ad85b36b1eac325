"""Refusals about orders."""

from typing import Final

from bot.domain.order_files import MeansSeveral, SameMakersNumber
from bot.domain.orders import (
    NothingToOrder,
    OtherCurrency,
    PricesMissing,
    SupplierNeeded,
    SupplierNotApproved,
)
from bot.locales import _, ngettext
from bot.views.approval_words import status_word
from bot.views.errors.translator import explain
from bot.views.errors.ways import way
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


@explain.register
def explain_nothing_to_order(error: NothingToOrder) -> str:
    """Say that enough is there or on its way."""
    return _("Nothing is missing of {name}: what is available and on order is enough.").format(
        name=bold(error.label)
    )


@explain.register
def explain_supplier_needed(error: SupplierNeeded) -> str:
    """Ask for a supplier, or say that there is none."""
    if not error.choices:
        text = _("No supplier is approved yet, so {item} cannot be ordered.")
        hint = way(error, "supplier propose", _("Propose one with `/supplier propose`."))
        return f"{text.format(item=bold(error.item))} {hint}"
    return _("{item} was not ordered before. Choose a supplier.").format(item=bold(error.item))


@explain.register
def explain_means_several(error: MeansSeveral) -> str:
    """Name both items."""
    return _(
        "Its numbers are those of two items, {first} and {second}. Write the line by hand."
    ).format(first=bold(error.first), second=bold(error.second))


@explain.register
def explain_same_makers_number(error: SameMakersNumber) -> str:
    """Ask whether it is one item or several."""
    return _(
        "The lines {lines} have one maker's number, {number}. Is it the same item? Add a column "
        "`sku` that says which."
    ).format(lines=", ".join(map(str, error.lines)), number=bold(error.number))

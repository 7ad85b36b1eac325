"""Refusals about items."""

from bot.domain.conversions import NotExact
from bot.domain.items import AlertAnswered, ItemExists, ItemInStock, UnitFixed
from bot.domain.quantities import format_quantity
from bot.domain.units import NotWhole, WrongUnit
from bot.locales import _
from bot.views.errors.general import explain_already_exists
from bot.views.errors.translator import explain
from bot.views.text import amount, any_of, bold, plain


@explain.register
def explain_item_exists(error: ItemExists) -> str:
    """Say which value is taken, and how to restore an archived item."""
    text = explain_already_exists(error)
    if error.is_archived:
        text += " " + _("It is archived; restore it with `/item restore`.")
    return text


@explain.register
def explain_item_in_stock(error: ItemInStock) -> str:
    """Say where stock has to be moved out first."""
    return _("{location} still holds {quantity} of {item}. Move it out first.").format(
        location=bold(error.location),
        quantity=amount(error.quantity, error.unit),
        item=bold(error.item),
    )


@explain.register
def explain_unit_fixed(error: UnitFixed) -> str:
    """Say why the unit stays."""
    return _(
        "Stock of {item} was already booked in {unit}, so its unit cannot change. "
        "Add a new item instead."
    ).format(item=bold(error.sku), unit=plain(error.unit))


@explain.register
def explain_wrong_unit(error: WrongUnit) -> str:
    """Name the units that the item is counted in."""
    units = any_of([plain(unit) for unit in (error.item_unit, *error.others)])
    return _("{item} is counted in {unit}, not in {wanted}. Write the quantity in {unit}.").format(
        item=bold(error.item), unit=units, wanted=plain(error.unit)
    )


@explain.register
def explain_not_exact(error: NotExact) -> str:
    """Say that it cannot be booked without rounding."""
    return _(
        "{quantity} {unit} of {item} is no exact quantity: 1 {unit} is {factor} {item_unit}, and "
        "the books keep three decimals. Write the quantity in {item_unit}."
    ).format(
        quantity=format_quantity(error.quantity),
        unit=plain(error.unit),
        item=bold(error.item),
        factor=format_quantity(error.factor),
        item_unit=plain(error.item_unit),
    )


@explain.register
def explain_not_whole(error: NotWhole) -> str:
    """Say that there are no parts of it."""
    return _("{item} is counted in whole {unit}: {quantity} is not a whole number.").format(
        item=bold(error.item), unit=plain(error.unit), quantity=format_quantity(error.quantity)
    )


@explain.register
def explain_alert_answered(error: AlertAnswered) -> str:
    """Say that another person was faster."""
    return _("The alert about {item} has been answered already.").format(item=bold(error.label))

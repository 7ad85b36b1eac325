"""Refusals about items."""

from typing import Final

from bot.domain.conversions import NotExact
from bot.domain.item_days import DaysUnchanged
from bot.domain.items import (
    AlertAnswered,
    BarcodeTaken,
    ItemExists,
    ItemInStock,
    MergedAway,
    TargetBelowPoint,
    TrackingFixed,
    UnitFixed,
    UnitIsOwn,
    UnitOfBarcodes,
    Unlike,
)
from bot.domain.names import key_of
from bot.domain.pictures import UnusablePicture
from bot.domain.quantities import format_quantity
from bot.domain.units import NotWhole, WrongUnit
from bot.locales import N_, _
from bot.views.errors.general import explain_already_exists, restoring
from bot.views.errors.translator import explain
from bot.views.text import amount, any_of, bold, first_of, plain

# As many units as a refusal names.
_MAX_UNITS: Final = 5


@explain.register
def explain_item_exists(error: ItemExists) -> str:
    """Say which value is taken, and how to restore an archived item."""
    text = explain_already_exists(error)
    if error.is_archived:
        text += " " + _("It is archived. {way}").format(way=restoring(error, "item"))
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
    if error.document:
        text = _(
            "{item} is in {document}, in {unit}, so its unit cannot change before that is over."
        )
        return text.format(
            item=bold(error.sku), document=bold(error.document), unit=plain(error.unit)
        )
    return _(
        "Stock of {item} was already booked in {unit}, so its unit cannot change. "
        "Add a new item instead."
    ).format(item=bold(error.sku), unit=plain(error.unit))


@explain.register
def explain_wrong_unit(error: WrongUnit) -> str:
    """Name the units that the item is counted in."""
    units = [plain(unit) for unit in (error.item_unit, *error.others)]
    wanted = {"item": bold(error.item), "wanted": plain(error.unit)}
    if len(units) > _MAX_UNITS:
        return _(
            "{item} is counted in {units}, not in {wanted}. `/item show` lists all of its units."
        ).format(units=first_of(units, _MAX_UNITS), **wanted)
    text = _("{item} is counted in {unit}, not in {wanted}. Write the quantity again.")
    return text.format(unit=any_of(units), **wanted)


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


@explain.register
def explain_tracking_fixed(error: TrackingFixed) -> str:
    """Say why it goes on being tracked as it is."""
    if error.document:
        text = _("{item} is counted in {document}, so how it is tracked cannot change before that.")
        return text.format(item=bold(error.sku), document=bold(error.document))
    return _(
        "Stock of {item} was already booked, so how it is tracked cannot change. "
        "Add a new item instead."
    ).format(item=bold(error.sku))


@explain.register
def explain_days_unchanged(error: DaysUnchanged) -> str:
    """Say that the item's days are kept, or are not."""
    text = _("The days of {item} are kept already. `/chart level` shows them.")
    if not error.is_kept:
        text = _("The days of {item} are not kept.")
    return text.format(item=bold(error.item))


@explain.register
def explain_unit_is_own(error: UnitIsOwn) -> str:
    """Say that a further unit must be another one."""
    text = (
        _("{unit} is another unit of {item}. Remove it first: `/item unit` with the factor 0.")
        if error.is_further
        else _("{item} is counted in {unit} itself. Name another unit.")
    )
    return text.format(item=bold(error.sku), unit=plain(error.unit))


@explain.register
def explain_unit_of_barcodes(error: UnitOfBarcodes) -> str:
    """Say which code needs the unit."""
    return _(
        "The barcode {code} of {item} means {unit}. Remove it first with `/item barcode`."
    ).format(code=bold(error.code), item=bold(error.sku), unit=plain(error.unit))


@explain.register
def explain_barcode_taken(error: BarcodeTaken) -> str:
    """Say which item the code leads to."""
    if key_of(error.value) == key_of(error.item):
        return _("{code} is the SKU of an item. Scan or type another code.").format(
            code=bold(error.value)
        )
    return _("The code {code} belongs to {item}. Remove it there first.").format(
        code=bold(error.value), item=bold(error.item)
    )


@explain.register
def explain_target_below_point(error: TargetBelowPoint) -> str:
    """Say which of the two is too low."""
    return _(
        "The reorder target of {item} ({target}) is below its reorder point ({point}). Raise it, "
        "or lower the point."
    ).format(
        item=bold(error.sku),
        target=format_quantity(error.target),
        point=format_quantity(error.point),
    )


@explain.register
def explain_merged_away(error: MergedAway) -> str:
    """Say what to do instead."""
    return _(
        "{item} was merged into {into}. Undo that record to have it as an item of its own again."
    ).format(item=bold(error.item), into=bold(error.into))


UNLIKE: Final = {
    "same": N_("{item} cannot be merged into itself."),
    "unit": N_(
        "{item} is counted in {one} and {into} in {two}. Only items of one unit can be merged."
    ),
    "tracking": N_(
        "{item} and {into} are not tracked in the same way. Only items of one tracking can be "
        "merged."
    ),
    "reserved": N_("{one} of {item} are reserved. Pick or cancel those requests first."),
    "wanted": N_(
        "A request is waiting for {item}. Change, close or cancel it first: `/request list`."
    ),
    "counted": N_("{item} is being counted in {one}. Post or discard that count first."),
    "lots": N_(
        "{one} of {item} and {one} of {into} are both in stock, and a serial number is one piece."
    ),
    "factor": N_("1 {one} is not the same of {item} and {into}. Correct one with `/item unit`."),
}


@explain.register
def explain_unlike(error: Unlike) -> str:
    """Say why two items stay two."""
    return _(UNLIKE[error.reason]).format(
        item=bold(error.item), into=bold(error.into), one=plain(error.one), two=plain(error.two)
    )


UNUSABLE_PICTURES: Final = {
    "too_large": N_("The picture is too large: 8 MB at most. Send a smaller one."),
    "too_many_pixels": N_("The picture has too many pixels. Send a smaller one."),
    "unreadable": N_("I cannot read that file as a picture. Send a JPEG, PNG, WebP or GIF."),
    "gone": N_("The picture could not be loaded from Discord. Send it again."),
}


@explain.register
def explain_unusable_picture(error: UnusablePicture) -> str:
    """Say what is wrong with a picture."""
    return _(UNUSABLE_PICTURES[error.reason])

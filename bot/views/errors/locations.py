"""Refusals about locations."""

from bot.domain.locations import LocationExists, LocationHasLocations, LocationNotEmpty
from bot.locales import _
from bot.views.errors.general import explain_already_exists
from bot.views.errors.translator import explain
from bot.views.text import amount, bold


@explain.register
def explain_location_exists(error: LocationExists) -> str:
    """Say that the name is taken."""
    text = explain_already_exists(error)
    return text + " " + _("It is archived.") if error.is_archived else text


@explain.register
def explain_location_not_empty(error: LocationNotEmpty) -> str:
    """Say what stock has to be moved out first."""
    return _("{location} still holds {quantity} of {item}. Move it out first.").format(
        location=bold(error.location),
        quantity=amount(error.quantity, error.unit),
        item=bold(error.item),
    )


@explain.register
def explain_location_has_locations(error: LocationHasLocations) -> str:
    """Say what location has to be archived first."""
    return _("{location} still contains the location {inside}. Archive that first.").format(
        location=bold(error.location), inside=bold(error.inside)
    )

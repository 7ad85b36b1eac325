"""Refusals about locations."""

from bot.domain.locations import (
    InsideItself,
    LocationExists,
    LocationHasLocations,
    LocationNotEmpty,
)
from bot.domain.stock import InsideNeeded
from bot.locales import _
from bot.views.errors.general import explain_already_exists, restoring
from bot.views.errors.translator import explain
from bot.views.text import amount, bold


@explain.register
def explain_location_exists(error: LocationExists) -> str:
    """Say that the name is taken."""
    text = explain_already_exists(error)
    if error.is_archived:
        text += " " + _("It is archived. {way}").format(way=restoring(error, "location"))
    return text


@explain.register
def explain_inside_itself(error: InsideItself) -> str:
    """Say why a location cannot be put there."""
    if error.location == error.parent:
        text = _("{location} cannot go into itself. Choose another parent.")
        return text.format(location=bold(error.location))
    return _(
        "{location} cannot go into {parent}, because that is inside it. Choose a parent outside it."
    ).format(location=bold(error.location), parent=bold(error.parent))


@explain.register
def explain_inside_needed(error: InsideNeeded) -> str:
    """Ask which of the locations inside is meant."""
    text = _("{location} has {item} in several locations. Which one?")
    if len(error.candidates) == 1:
        text = _("{location} has {item} only in a location inside it. From there?")
    return text.format(location=bold(error.wanted.strip()), item=bold(error.item))


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

from bot.database.controllers.search import SearchableController
from bot.database.models import Location


class LocationController(SearchableController[Location]):
    """Where stock is; the outside world has rows here too, which no search finds."""

    model = Location
    noun = "location"
    permission = "stock.view"
    searched = ("name",)

from bot.database.controllers.search import SearchableController
from bot.database.models import Item


class ItemController(SearchableController[Item]):
    """What is kept in stock."""

    model = Item
    noun = "item"
    permission = "item.view"
    searched = ("sku", "name")

from bot.database.controllers.base import BaseController
from bot.database.models import ItemUnit


class ItemUnitController(BaseController[ItemUnit]):
    """The further units of items, each with its factor."""

    model = ItemUnit
    noun = "unit"
    permission = "item.view"

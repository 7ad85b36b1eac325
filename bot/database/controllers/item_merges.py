from bot.database.controllers.base import BaseController
from bot.database.models import ItemMerge


class ItemMergeController(BaseController[ItemMerge]):
    """Which items were merged into which."""

    model = ItemMerge
    noun = "merge"
    permission = "item.view"

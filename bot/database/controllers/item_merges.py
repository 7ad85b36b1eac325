from bot.database.controllers.base import BaseController
from bot.database.models import ItemMerge


class ItemMergeController(BaseController[ItemMerge]):
    """Which items were merged into which."""

    model = ItemMerge
    noun = "merge"
    permission = "item.view"

    async def list_all(self, into_id: int) -> list[int]:
        """List the items that went into one, those that had gone into these included."""
        found = [each.item_id for each in await self.find_all(into_id=into_id)]
        return found + [further for item_id in found for further in await self.list_all(item_id)]

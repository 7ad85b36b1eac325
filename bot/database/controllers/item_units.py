from bot.database.controllers.base import BaseController
from bot.database.models import ItemUnit
from bot.domain.conversions import MAX_UNITS, FurtherUnit


class ItemUnitController(BaseController[ItemUnit]):
    """The further units of items, each with its factor."""

    model = ItemUnit
    noun = "unit"
    permission = "item.view"

    async def list_of(self, item_id: int) -> list[FurtherUnit]:
        """List an item's further units."""
        rows = await self.find_all(item_id=item_id, limit=MAX_UNITS)
        return [FurtherUnit(row.unit, row.factor) for row in rows]

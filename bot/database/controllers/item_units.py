from collections.abc import Sequence

from bot.database.controllers.base import BaseController
from bot.database.controllers.shapes import Shape
from bot.database.models import ItemUnit
from bot.database.statements import is_among
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

    async def list_of_items(self, item_ids: Sequence[int]) -> dict[int, list[FurtherUnit]]:
        """List the further units of several items, by item, in one statement."""
        statement = self._prepared(
            "of items",
            lambda: self._select(Shape()).where(is_among(self._table.c.item_id, "item_ids")),
        )
        found: dict[int, list[FurtherUnit]] = {}
        for row in await self._rows(statement, {"item_ids": list(item_ids)}):
            found.setdefault(row.item_id, []).append(FurtherUnit(row.unit, row.factor))
        return found

from collections.abc import Sequence
from typing import Any

from bot.database.controllers.base import BaseController
from bot.database.controllers.items import ItemController
from bot.database.controllers.shapes import Shape
from bot.database.models import ItemUnit
from bot.database.statements import is_among
from bot.domain.conversions import MAX_UNITS, FurtherUnit


class ItemUnitController(BaseController[ItemUnit]):
    """The further units of items, each with its factor; an item changes with its units."""

    model = ItemUnit
    noun = "unit"
    permission = "item.view"

    async def create(self, **values: Any) -> ItemUnit:
        """Insert a unit; see BaseController."""
        unit = await super().create(**values)
        await ItemController(self._scope).touch(unit.item_id)
        return unit

    async def update_by_id(self, *key: int | str, **values: Any) -> ItemUnit:
        """Change a unit; see BaseController."""
        unit = await super().update_by_id(*key, **values)
        await ItemController(self._scope).touch(unit.item_id)
        return unit

    async def delete_by_id(self, *key: int | str) -> bool:
        """Delete a unit; see BaseController."""
        await ItemController(self._scope).touch(int(key[0]))
        return await super().delete_by_id(*key)

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

from collections.abc import Collection
from typing import Any

from bot.database.controllers.base import BaseController
from bot.database.controllers.items import ItemController
from bot.database.controllers.shapes import Shape
from bot.database.models import ItemMerge
from bot.database.statements import is_among


class ItemMergeController(BaseController[ItemMerge]):
    """Which items were merged into which; an item changes with what led to it."""

    model = ItemMerge
    noun = "merge"
    permission = "item.view"

    async def create(self, **values: Any) -> ItemMerge:
        """Insert a merge; see BaseController."""
        merge = await super().create(**values)
        await ItemController(self._scope).touch(merge.into_id)
        return merge

    async def delete_by_id(self, *key: int | str) -> bool:
        """Delete a merge; see BaseController."""
        merge = await self.require(*key)
        await ItemController(self._scope).touch(merge.into_id)
        return await super().delete_by_id(*key)

    async def list_into(self, item_ids: Collection[int]) -> list[ItemMerge]:
        """List the merges into some items themselves."""
        statement = self._prepared(
            "into",
            lambda: self._select(Shape()).where(is_among(self._table.c["into_id"], "keys")),
        )
        return await self._rows(statement, {"keys": sorted(item_ids)})

    async def find_members(self, item_ids: Collection[int]) -> dict[int, int]:
        """Return items and all that were merged into them, each with the one that it is now."""
        into = {item_id: item_id for item_id in item_ids}
        found = set(into)
        while found:
            merges = await self.list_into(found)
            into |= {each.item_id: into[each.into_id] for each in merges}
            found = {each.item_id for each in merges}
        return into

    async def list_all(self, into_id: int) -> list[int]:
        """List the items that went into one, those that had gone into these included."""
        found = [each.item_id for each in await self.find_all(into_id=into_id)]
        return found + [further for item_id in found for further in await self.list_all(item_id)]

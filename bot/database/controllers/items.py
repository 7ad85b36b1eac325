"""Items, which are also found by SKUs that they had."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.database.controllers.base import BaseController
from bot.database.controllers.search import SearchableController
from bot.database.controllers.stock_statements import TOTALS
from bot.database.models import FormerSku, Item
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.domain.names import key_of
from bot.errors import Candidate

_former = table_of(FormerSku)
_OF_FORMER_SKU = Prepared(
    select(table_of(Item))
    .join_from(
        _former,
        table_of(Item),
        (table_of(Item).c.guild_id == _former.c.guild_id)
        & (table_of(Item).c.id == _former.c.item_id),
    )
    .where(_former.c.guild_id == bindparam("guild_id"), _former.c.sku_key == bindparam("sku_key"))
)


def _keep(kind: Any) -> Prepared:
    """Build the insert of a former SKU, which leads to the item that had it last."""
    made = kind.insert(_former)
    newest = {"sku": made.excluded.sku, "item_id": made.excluded.item_id}
    return Prepared(made.on_conflict_do_update(index_elements=_former.primary_key, set_=newest))


_KEEP = {"postgresql": _keep(postgresql), "sqlite": _keep(sqlite)}


class FormerSkuController(BaseController[FormerSku]):
    """The SKUs that items had; ItemController keeps them."""

    model = FormerSku
    noun = "former SKU"
    permission = "item.view"


class ItemController(SearchableController[Item]):
    """What is kept in stock."""

    model = Item
    noun = "item"
    permission = "item.view"
    searched = ("sku", "name")
    subject_code = "i"
    listed_by = "sku_key"

    async def update_by_id(self, *key: int | str, **values: Any) -> Item:
        """Change an item; a SKU that it gives up goes on leading to it. See BaseController."""
        if "sku" not in values:
            return await super().update_by_id(*key, **values)
        before = await self.require(*key)
        after = await super().update_by_id(*key, **values)
        if after.sku_key != before.sku_key:
            kept = {"sku_key": before.sku_key, "sku": before.sku, "item_id": after.id}
            connection = self._scope.connection
            await _KEEP[connection.dialect.name].write_many(connection, [self._in_guild(kept)])
        return after

    async def find_exact(self, typed: str) -> list[Item]:
        """Return the item with this SKU, else the one that had it last, else those so named."""
        key = key_of(typed)
        item = await self.find_one(sku_key=key) or await self._find_former(key)
        return [item] if item is not None else await super().find_exact(typed)

    def label_of(self, row: Item) -> str:
        """Return an item's SKU."""
        return row.sku

    async def list_former_skus(self, item_id: int) -> list[str]:
        """List the SKUs that lead to an item beside its own."""
        former = await FormerSkuController(self._scope).find_all(item_id=item_id, limit=25)
        return [each.sku for each in former]

    async def _find_former(self, key: str) -> Item | None:
        found = await self._rows(_OF_FORMER_SKU, {"sku_key": key})
        if not found or await self.exists(sku_key=key):
            return None
        return found[0]

    async def _describe(self, candidates: list[Candidate]) -> tuple[Candidate, ...]:
        values = self._in_guild({"item_ids": [each.id for each in candidates]})
        rows = await TOTALS.fetch(self._scope.connection, values) if candidates else ()
        held = {row[0]: row[1] for row in rows}
        return tuple(replace(each, quantity=held.get(each.id, Decimal(0))) for each in candidates)

    def _candidate(self, row: Item) -> Candidate:
        return Candidate(
            self.noun,
            row.id,
            row.sku,
            row.name,
            unit=row.unit,
            is_archived=row.archived_at is not None,
        )

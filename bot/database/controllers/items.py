"""Items, which are also found by SKUs that they had."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from bot.database.controllers.base import BaseController
from bot.database.controllers.candidates import MAX_MATCHES
from bot.database.controllers.item_details import DETAILS, ItemDetails, details_of
from bot.database.controllers.item_leads import CODED, INTO, LEAD_COLUMNS, LEADS, Lead
from bot.database.controllers.search import SearchableController
from bot.database.controllers.search_statements import range_of
from bot.database.controllers.shapes import Shape
from bot.database.controllers.stock_statements import TOTALS
from bot.database.models import FormerSku, Item
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.domain.barcodes import spellings_of
from bot.domain.items import MAX_LED_OVER
from bot.domain.names import key_of
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import Reference
from bot.errors import Candidate

_former = table_of(FormerSku)
# Shorter ones begin many codes.
_LEAST_OF_CODE: Final = 4


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
            former = await FormerSkuController(self._scope).get_by_id(before.sku_key)
            if former is not None and former.item_id != after.id:
                await self.touch(former.item_id)
            kept = {"sku_key": before.sku_key, "sku": before.sku, "item_id": after.id}
            connection = self._scope.connection
            await _KEEP[connection.dialect.name].write_many(connection, [self._in_guild(kept)])
        return after

    async def page_watched(self, after: int, limit: int) -> list[Item]:
        """List the items in use that have a reorder point, behind one."""
        columns = self._table.c
        statement = self._prepared(
            "watched",
            lambda: (
                self._select(Shape())
                .where(
                    columns.reorder_point.is_not(None),
                    columns.archived_at.is_(None),
                    columns.id > bindparam("after"),
                )
                .order_by(columns.id)
                .limit(bindparam("limit"))
            ),
        )
        return await self._rows(statement, {"after": after, "limit": limit})

    async def touch(self, item_id: int) -> None:
        """Make an item one that this record changed: what devices keep with it did change."""
        await self.bulk_update([((item_id,), {})])

    async def require_reference(self, reference: Reference, *, is_archived: bool = False) -> Item:
        """Return the item that a person or a button named; a merged one leads to the other."""
        return await self.follow(
            await super().require_reference(reference, is_archived=is_archived)
        )

    async def require_named(self, reference: Reference) -> tuple[Item, TypedQuantity | None]:
        """Return an item as `require_reference` does, and the pack if its code was typed."""
        item = await self.require_reference(reference)
        lead = None if isinstance(reference, int) else await self._find_lead(key_of(reference))
        if lead is None or lead[0].id != item.id:
            return item, None
        return item, lead[1].pack

    async def find_exact(self, typed: str) -> list[Item]:
        """Return the item with this SKU, else the one that it leads to, else those so named."""
        key = key_of(typed)
        item = await self.find_one(sku_key=key) or await self._find_former(key)
        found = [item] if item is not None else await super().find_exact(typed)
        now = {row.id: await self.follow(row) for row in found}
        if any(row.archived_at is None for row in found):
            # What was merged away leads on by its name only where no item in use has it.
            now = {number: row for number, row in now.items() if number == row.id}
        return list({row.id: row for row in now.values()}.values())

    async def find_former(self, typed: str) -> Item | None:
        """Return the item that gave up a SKU last, whatever the SKU is of by now."""
        former = await FormerSkuController(self._scope).get_by_id(key_of(typed))
        return None if former is None else await self.follow(await self.require(former.item_id))

    async def redirect_former(
        self, from_id: int, to_id: int, only: Collection[str] | None = None
    ) -> list[str]:
        """Lead the SKUs that an item had, perhaps some of them only, to another; return keys."""
        former = FormerSkuController(self._scope)
        rows = await former.find_all(item_id=from_id, limit=MAX_LED_OVER)
        keys = [row.sku_key for row in rows if only is None or row.sku_key in only]
        await former.bulk_update([((key,), {"item_id": to_id}) for key in keys])
        return keys

    async def find_merged(self, reference: Reference) -> Item | None:
        """Return the item of an id or a SKU if it was merged into another, or None."""
        if isinstance(reference, int):
            item = await self.get_by_id(reference)
        else:
            item = await self.find_one(sku_key=key_of(reference))
        return None if item is None or await self.follow(item) is item else item

    async def follow(self, item: Item) -> Item:
        """Return the item that an archived one was merged into, or itself."""
        while item.archived_at is not None:
            into = await self._rows(INTO, {"item_id": item.id})
            if not into:
                break
            item = into[0]
        return item

    async def get_current(self, item_ids: Collection[int]) -> dict[int, Item]:
        """Return items by id; for one that was merged, the item that it is now."""
        found = await self.get_many(sorted(set(item_ids)))
        return {item_id: await self.follow(item) for item_id, item in found.items()}

    def label_of(self, row: Item) -> str:
        """Return an item's SKU."""
        return row.sku

    async def list_details(self, item_id: int) -> ItemDetails:
        """Return what an item has beside its columns: what leads to it, its units, a picture."""
        values = self._in_guild({"item_id": item_id})
        return details_of(await DETAILS.fetch(self._scope.connection, values))

    async def _find_led(self, key: str) -> list[Item]:
        if len(key) < _LEAST_OF_CODE:
            return []
        return await self._rows(CODED, range_of(key) | {"window": MAX_MATCHES})

    async def _find_former(self, key: str) -> Item | None:
        lead = await self._find_lead(key)
        return None if lead is None else await self.follow(lead[0])

    async def _find_lead(self, key: str) -> tuple[Item, Lead] | None:
        connection = self._scope.connection
        rows = await LEADS.fetch(
            connection, self._in_guild({"key": key, "codes": spellings_of(key)})
        )
        if not rows:
            return None
        row = rows[0]
        return self._load_row(row[LEAD_COLUMNS:]), Lead(*row[:LEAD_COLUMNS])

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

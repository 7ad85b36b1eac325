"""Lots, found within their item by their code and across items by a part of it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bot.database.controllers.base import Page
from bot.database.controllers.lot_levels import LotRow
from bot.database.controllers.lot_statements import (
    EXPIRED_ITEMS,
    NEVER,
    build_lots,
    build_suggested,
)
from bot.database.controllers.moved_since_statements import NEWEST_IN, REVERSED_IN
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.search import SearchableController
from bot.database.models import Lot
from bot.domain.names import MAX_REFERENCE, clean_text, key_of
from bot.domain.stock import Reference
from bot.errors import Candidate, NotFound

_MAX_SUGGESTED = 25
_MAX_GUESSES = 10
_MAX_REVERSED = 200


class ListedLotRow(NamedTuple):
    """A lot in a list, with what is in stock of it."""

    id: int
    item_id: int
    sku: str
    unit: str
    code: str
    expires_on: date | None
    state: str
    quantity: Decimal


class LotController(SearchableController[Lot]):
    """The lots and serial numbers of tracked items."""

    model = Lot
    noun = "lot"
    permission = "stock.view"
    searched = ("code",)
    subject_code = "t"
    listed_by = "code_key"

    def label_of(self, row: Lot) -> str:
        """Return a lot's code."""
        return row.code

    async def find_of(self, item_id: int, reference: Reference) -> Lot | None:
        """Return the lot of an item that a person typed or a button named, or None."""
        if isinstance(reference, int):
            found = await self.get_by_id(reference)
            if found is None or found.item_id == item_id:
                return found
            # One that was joined with the lot of its name when its item was merged.
            return await self.find_one(item_id=item_id, code_key=found.code_key)
        typed = clean_text(reference, field="lot", limit=MAX_REFERENCE, required=True)
        return await self.find_one(item_id=item_id, code_key=key_of(typed))

    async def list_joined(self, lot: Lot, merged_ids: Sequence[int]) -> list[int]:
        """List the lots of merged items that were joined with one of the item they went into."""
        joined = [
            await self.find_one(item_id=item_id, code_key=lot.code_key) for item_id in merged_ids
        ]
        return [each.id for each in joined if each is not None]

    async def require_of(self, item_id: int, reference: Reference) -> Lot:
        """Return a lot of an item; raises NotFound with those of its lots that resemble it."""
        found = await self.find_of(item_id, reference)
        if found is not None:
            return found
        if isinstance(reference, int):
            raise NotFound("lot")
        guesses = await self.suggest(item_id, reference) or await self.suggest(item_id, "")
        suggestions = tuple(
            Candidate("lot", each.id, each.code, quantity=each.quantity)
            for each in guesses[:_MAX_GUESSES]
        )
        raise NotFound("lot", reference.strip(), suggestions)

    async def suggest(
        self, item_id: int, typed: str, location_id: int | None = None
    ) -> list[LotRow]:
        """List at most 25 lots of an item whose code contains what was typed.

        Those in stock (at a location, if one is given) come first, and of them the first to expire.
        """
        key = key_of(typed)
        statement = self._prepared(
            ("suggested", bool(key), location_id is None),
            lambda: build_suggested(has_text=bool(key), at_location=location_id is not None),
        )
        for sign in "/%_":
            key = key.replace(sign, f"/{sign}")
        values = {"item_id": item_id, "typed": key, "location_id": location_id}
        return await self._fetch(LotRow, statement, {**values, "limit": _MAX_SUGGESTED})

    async def paginate_expiring(
        self,
        *,
        item_id: int | None = None,
        until: date | None = None,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[ListedLotRow]:
        """Return a page of lots with stock (of one item, or that expire soon), first to expire.

        Cursors are lots.
        """
        cursor = await self.get_by_id(after or before or 0)
        shape = (item_id is not None, until is not None, cursor is not None, before is not None)
        statement = self._prepared(
            ("expiring", *shape),
            lambda: build_lots(
                of_item=shape[0],
                is_expiring=shape[1],
                has_cursor=shape[2],
                is_backwards=shape[3],
            ),
        )
        values = {
            "item_id": item_id,
            "until": until,
            "cursor": cursor.id if cursor else 0,
            "cursor_day": (cursor.expires_on if cursor else None) or NEVER,
            "limit": limit + 1,
        }
        found = await self._fetch(ListedLotRow, statement, values)
        return Page.of(found, limit, is_backwards=before is not None, has_cursor=after is not None)

    async def list_expired_items(self, since: date, today: date) -> list[int]:
        """List the items with stock of lots whose last day was that day or later, and is over."""
        return await self._scalars(EXPIRED_ITEMS, {"since": since, "today": today})

    async def find_exact(self, typed: str) -> list[Lot]:
        """Return the lots with this code, of whatever item."""
        return await self.find_all(code_key=key_of(typed), limit=_MAX_SUGGESTED)

    async def stocked(self, lot_ids: Sequence[int]) -> dict[int, Lot]:
        """Return lots by id; nothing is read if there are none."""
        return await self.get_many(lot_ids) if lot_ids else {}

    async def find_newest_in(
        self, lot_ids: Sequence[int], since: int, *, without: int
    ) -> dict[int, int]:
        """Return the newest record after one that brought more of each lot in, and still counts.

        Reversals bring nothing in that was not there before.
        """
        values = self._in_guild({"ids": list(lot_ids), "since": since, "without": without})
        rows = await NEWEST_IN.fetch(self._scope.connection, values)
        return {row[0]: row[1] for row in rows}

    async def list_reversed_in(self, lot_ids: Sequence[int]) -> dict[int, int]:
        """Return the newest records that brought some lots in and were reversed: by which."""
        values = self._in_guild({"ids": list(lot_ids), "limit": _MAX_REVERSED})
        rows = await REVERSED_IN.fetch(self._scope.connection, values)
        return {row[0]: row[1] for row in rows}

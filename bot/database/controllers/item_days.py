from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Final, NamedTuple

from bot.database.controllers.base import BaseController
from bot.database.controllers.item_day_statements import (
    DAYS_SINCE,
    FIRST_OF_ITEM,
    LEFT_OVER,
    RECORDED,
    TRACKED,
)
from bot.database.models import ItemDay, ItemDayMark, TrackedItem
from bot.domain.item_days import Candle, RecordedMove

# Read and folded within a few milliseconds, for which the loop waits.
RECORDS_AT_ONCE: Final = 1000


class Kept(NamedTuple):
    """A tracked item, and up to which record its days are made, in which time zone."""

    item_id: int
    last_record: int | None
    timezone: str | None


class TrackedItemController(BaseController[TrackedItem]):
    """The items whose days are kept."""

    model = TrackedItem
    noun = "tracked item"
    permission = "item.view"

    async def list_kept(self) -> list[Kept]:
        """List all of them, with how far their days are made."""
        return await self._fetch(Kept, TRACKED, {})

    async def list_left_over(self) -> list[int]:
        """List the items whose days were kept and are no longer."""
        return await self._scalars(LEFT_OVER, {})

    async def find_first_time(self, item_id: int) -> datetime | None:
        """Return when an item moved first."""
        found = await self._scalars(FIRST_OF_ITEM, {"item_id": item_id})
        return found[0] if found else None


class ItemDayMarkController(BaseController[ItemDayMark]):
    """How far items' days are made from the ledger."""

    model = ItemDayMark
    noun = "item day mark"
    permission = "report.view"


class ItemDayController(BaseController[ItemDay]):
    """The days of tracked items: those that are kept, and what the ledger says of them."""

    model = ItemDay
    noun = "item day"
    permission = "report.view"

    async def list_since(self, item_id: int, since: date) -> list[Candle]:
        """List the days with moves that are kept of an item, from one on."""
        return await self._fetch(Candle, DAYS_SINCE, {"item_id": item_id, "since": since})

    async def list_recorded(
        self, item_id: int, after: int, until: int, limit: int = RECORDS_AT_ONCE
    ) -> list[RecordedMove]:
        """List the next records that let something of an item come in or leave."""
        values = {"item_id": item_id, "after": after, "until": until, "limit": limit}
        return await self._fetch(RecordedMove, RECORDED, values)

    async def page_recorded(
        self, item_id: int, after: int, until: int
    ) -> AsyncIterator[list[RecordedMove]]:
        """Yield those records up to one, piece by piece."""
        while True:
            piece = await self.list_recorded(item_id, after, until)
            yield piece
            if len(piece) < RECORDS_AT_ONCE:
                return
            after = piece[-1].record

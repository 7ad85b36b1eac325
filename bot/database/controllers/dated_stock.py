"""Levels as they were seen at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, exists, select

from bot.database.columns import UtcTime
from bot.database.controllers.base import BaseController
from bot.database.models import AuditEvent, StockObservation
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.stock import LevelKey

_seen = table_of(StockObservation)
_reversal = table_of(AuditEvent).alias("reversal")

_SINCE = Prepared(
    select(
        _seen.c.item_id,
        _seen.c.location_id,
        _seen.c.lot_id,
        _seen.c.happened_at,
        _seen.c.record,
    ).where(
        _seen.c.guild_id == bindparam("guild_id", type_=BigInteger),
        is_among(_seen.c.item_id, "item_ids"),
        _seen.c.happened_at >= bindparam("at", type_=UtcTime()),
        # What was reversed was not seen after all.
        ~exists().where(
            _reversal.c.guild_id == _seen.c.guild_id, _reversal.c.reverses == _seen.c.record
        ),
    )
)


class Seen(NamedTuple):
    """An observation: when it was, and its record; in this order they follow each other."""

    happened_at: datetime
    record: int


class _SeenOf(NamedTuple):
    item_id: int
    location_id: int
    lot_id: int
    happened_at: datetime
    record: int


class StockObservationController(BaseController[StockObservation]):
    """Levels as they were seen at a time."""

    model = StockObservation
    noun = "observation"
    permission = "stock.view"

    async def list_since(
        self, item_ids: Sequence[int], since: datetime
    ) -> dict[LevelKey, list[Seen]]:
        """Return the observations of some items since a time, by their levels, in their order.

        Those that were reversed are left out.
        """
        values = {"item_ids": sorted(set(item_ids)), "at": since}
        found: dict[LevelKey, list[Seen]] = {}
        rows = await self._fetch(_SeenOf, _SINCE, values)
        for row in sorted(rows, key=attrgetter("happened_at", "record")):
            key = LevelKey(row.item_id, row.location_id, row.lot_id)
            found.setdefault(key, []).append(Seen(row.happened_at, row.record))
        return found

    async def keep(self, seen: Iterable[tuple[LevelKey, Decimal, datetime]]) -> None:
        """Keep levels as they were seen, each at a time."""
        await self._insert_rows(
            [
                {
                    **name_level(key),
                    "happened_at": happened_at,
                    "record": self._scope.record,
                    "counted": counted,
                }
                for key, counted, happened_at in seen
            ]
        )


def name_level(key: LevelKey) -> dict[str, int]:
    """Return a level as the columns that name it."""
    return {"item_id": key.item_id, "location_id": key.location_id, "lot_id": key.lot_id}

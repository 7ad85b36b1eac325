"""Levels as they were seen at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    exists,
    literal,
    literal_column,
    select,
    union_all,
)

from bot.database.columns import UtcTime
from bot.database.controllers.base import BaseController
from bot.database.models import AuditEvent, StockMove, StockObservation
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.imports import IMPORT_APPLIED
from bot.domain.stock import LevelKey

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_at: BindParameter[datetime] = bindparam("at", type_=UtcTime())
_seen, _event, _move = table_of(StockObservation), table_of(AuditEvent), table_of(StockMove)
_reversal = _event.alias("reversal")


def _is_valid(table: Any) -> ColumnElement[bool]:
    """What was reversed was not seen after all."""
    # The guild by a parameter, here and below: Citus refuses what names it by the outer table.
    return ~exists().where(
        _reversal.c.guild_id == _guild_id, _reversal.c.reverses == table.c.record
    )


def _first_of(move: Any) -> ColumnElement[int]:
    """The record of the first move of a move's item."""
    first = _move.alias("first")
    return (
        select(first.c.record)
        .where(first.c.guild_id == _guild_id, first.c.item_id == move.c.item_id)
        .order_by(first.c.record, first.c.line)
        .limit(literal_column("1"))
        .scalar_subquery()
    )


_SINCE = Prepared(
    union_all(
        select(
            _seen.c.item_id,
            _seen.c.location_id,
            _seen.c.lot_id,
            _seen.c.happened_at,
            _seen.c.record,
        ).where(
            _seen.c.guild_id == _guild_id,
            is_among(_seen.c.item_id, "item_ids"),
            _seen.c.happened_at >= _at,
            _is_valid(_seen),
        ),
        # The first moves of an item that an import added are what was counted: thousands of
        # observations need not be written while the guild waits.
        select(_move.c.item_id, _move.c.target_id, _move.c.lot_id, _event.c.at, _event.c.record)
        .join_from(
            _move, _event, and_(_event.c.guild_id == _guild_id, _event.c.record == _move.c.record)
        )
        .where(
            _move.c.guild_id == _guild_id,
            is_among(_move.c.item_id, "item_ids"),
            _move.c.record == _first_of(_move),
            _event.c.action == literal(IMPORT_APPLIED),
            _event.c.at >= _at,
            _is_valid(_event),
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

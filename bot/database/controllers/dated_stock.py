"""Levels as they were seen at a time, and what happened at another time than it was recorded."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, case, exists, func, or_, select, type_coerce

from bot.database.columns import Quantity, UtcTime
from bot.database.controllers.base import BaseController
from bot.database.controllers.stock_rows import PostedMove
from bot.database.models import AuditEvent, DatedMove, StockMove, StockObservation
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.rights import CLOCK_DRIFT
from bot.domain.stock import LevelKey

_ZERO: Final = Decimal(0)

_seen, _dated = table_of(StockObservation), table_of(DatedMove)
_move, _event = table_of(StockMove), table_of(AuditEvent)
# Joins a move and when it happened.
DATES_MOVE = and_(
    _dated.c.guild_id == _move.c.guild_id,
    _dated.c.record == _move.c.record,
    _dated.c.line == _move.c.line,
)
_reversal, _first = _event.alias("reversal"), _event.alias("first")
_guild_id = bindparam("guild_id", type_=BigInteger)
_at = bindparam("at", type_=UtcTime())

# What was reversed was not seen after all.
_is_kept = ~exists().where(
    _reversal.c.guild_id == _seen.c.guild_id, _reversal.c.reverses == _seen.c.record
)
_NEXT = Prepared(
    select(_seen.c.record, _seen.c.happened_at)
    .where(
        _seen.c.guild_id == _guild_id,
        _seen.c.item_id == bindparam("item_id", type_=BigInteger),
        _seen.c.location_id == bindparam("location_id", type_=BigInteger),
        _seen.c.lot_id == bindparam("lot_id", type_=BigInteger),
        _seen.c.happened_at > _at,
        _is_kept,
    )
    .order_by(_seen.c.happened_at, _seen.c.record)
    .limit(1)
)

_SINCE = Prepared(
    select(
        _seen.c.item_id,
        _seen.c.location_id,
        _seen.c.lot_id,
        _seen.c.record,
        _seen.c.happened_at,
    ).where(
        _seen.c.guild_id == _guild_id,
        is_among(_seen.c.item_id, "item_ids"),
        _seen.c.happened_at > _at,
        _is_kept,
    )
)

# Where the records begin that may be later than a time: those of processes whose clocks differ are
# in the order of the book, not in that of their times. From there an item's moves are one range.
_FROM = (
    select(_first.c.record)
    .where(_first.c.guild_id == _guild_id, _first.c.at > bindparam("since", type_=UtcTime()))
    .order_by(_first.c.at, _first.c.record)
    .limit(1)
    .scalar_subquery()
)
_location_id = bindparam("location_id", type_=BigInteger)
_change = case(
    (_move.c.target_id == _location_id, _move.c.quantity),
    (_move.c.source_id == _location_id, -_move.c.quantity),
    else_=0,
)
_LATER = Prepared(
    select(type_coerce(func.sum(_change), Quantity()))
    .select_from(_move)
    .join(_event, and_(_event.c.guild_id == _move.c.guild_id, _event.c.record == _move.c.record))
    .outerjoin(
        _dated,
        DATES_MOVE,
    )
    .where(
        _move.c.guild_id == _guild_id,
        _move.c.item_id == bindparam("item_id", type_=BigInteger),
        _move.c.lot_id == bindparam("lot_id", type_=BigInteger),
        _move.c.record >= _FROM,
        or_(_dated.c.happened_at > _at, and_(_dated.c.happened_at.is_(None), _event.c.at > _at)),
    )
)


class Seen(NamedTuple):
    """An observation: its record, and when it was."""

    record: int
    happened_at: datetime


class _SeenOf(NamedTuple):
    item_id: int
    location_id: int
    lot_id: int
    record: int
    happened_at: datetime


class StockObservationController(BaseController[StockObservation]):
    """Levels as they were seen at a time."""

    model = StockObservation
    noun = "observation"
    permission = "stock.view"

    async def find_next(self, key: LevelKey, after: datetime) -> Seen | None:
        """Return the first observation of a level behind a time that was not reversed."""
        values = {**_name(key), "at": after}
        found = await self._fetch(Seen, _NEXT, values)
        return found[0] if found else None

    async def list_since(
        self, item_ids: Sequence[int], after: datetime
    ) -> dict[LevelKey, list[Seen]]:
        """Return the observations of some items behind a time, by their levels, in their order."""
        values = {"item_ids": list(item_ids), "at": after}
        found: dict[LevelKey, list[Seen]] = {}
        for row in await self._fetch(_SeenOf, _SINCE, values):
            key = LevelKey(row.item_id, row.location_id, row.lot_id)
            found.setdefault(key, []).append(Seen(row.record, row.happened_at))
        return {key: sorted(seen, key=_in_time) for key, seen in found.items()}

    async def keep(self, seen: Iterable[tuple[LevelKey, Decimal, datetime]]) -> None:
        """Keep levels as they were seen, each at a time."""
        await self.bulk_create(
            [
                {
                    **_name(key),
                    "happened_at": happened_at,
                    "record": self._scope.record,
                    "counted": counted,
                }
                for key, counted, happened_at in seen
            ]
        )


_CORRECTING = Prepared(
    select(_move.c.item_id, _move.c.lot_id, _move.c.source_id, _move.c.target_id, _move.c.quantity)
    .select_from(_dated)
    .join(
        _move,
        DATES_MOVE,
    )
    .where(
        _dated.c.guild_id == _guild_id,
        _dated.c.corrects == bindparam("record", type_=BigInteger),
        # By its index, which has no others.
        _dated.c.corrects.is_not(None),
        ~exists().where(
            _reversal.c.guild_id == _dated.c.guild_id, _reversal.c.reverses == _dated.c.record
        ),
    )
    .order_by(_dated.c.record, _dated.c.line)
)


_TAKEN_BACK = Prepared(
    select(_dated.c.line)
    .select_from(_dated)
    .join(
        _reversal,
        and_(_reversal.c.guild_id == _dated.c.guild_id, _reversal.c.reverses == _dated.c.corrects),
    )
    .where(_dated.c.guild_id == _guild_id, _dated.c.record == bindparam("record", type_=BigInteger))
)


class DatedMoveController(BaseController[DatedMove]):
    """When moves happened that were recorded later."""

    model = DatedMove
    noun = "dated move"
    permission = "stock.view"

    async def list_correcting(self, record: int) -> list[PostedMove]:
        """List the lines of other records that keep true what a record observed."""
        return await self._fetch(PostedMove, _CORRECTING, {"record": record})

    async def list_taken_back(self, record: int) -> set[int]:
        """Return the lines of a record that were reversed with the count that they kept true."""
        return set(await self._scalars(_TAKEN_BACK, {"record": record}))

    async def sum_later(self, key: LevelKey, after: datetime) -> Decimal:
        """Return what the moves that happened behind a time added to a level."""
        since = after - 2 * CLOCK_DRIFT
        values = {**_name(key), "at": after, "since": since}
        (total,) = await self._scalars(_LATER, values)
        return total or _ZERO


def _name(key: LevelKey) -> dict[str, int]:
    return {"item_id": key.item_id, "location_id": key.location_id, "lot_id": key.lot_id}


def _in_time(seen: Seen) -> tuple[datetime, int]:
    return seen.happened_at, seen.record

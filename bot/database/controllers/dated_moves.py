"""What happened at another time than it was recorded, and levels by the times of their moves."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, case, exists, func, or_, select, type_coerce

from bot.database.columns import Quantity, UtcTime
from bot.database.controllers.base import BaseController
from bot.database.controllers.dated_stock import name_level
from bot.database.controllers.first_records import first_record
from bot.database.models import AuditEvent, DatedMove, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.domain.dated import Dated
from bot.domain.rights import CLOCK_DRIFT
from bot.domain.stock import LevelKey

_ZERO: Final = Decimal(0)

_dated = table_of(DatedMove)
_move, _event = table_of(StockMove), table_of(AuditEvent)
# Joins a move and when it happened.
DATES_MOVE = and_(
    _dated.c.guild_id == _move.c.guild_id,
    _dated.c.record == _move.c.record,
    _dated.c.line == _move.c.line,
)
_guild_id = bindparam("guild_id", type_=BigInteger)
_at = bindparam("at", type_=UtcTime())
_record = bindparam("record", type_=BigInteger)

# Where the records begin that may be later than a time: those of processes whose clocks differ are
# in the order of the book, not in that of their times. From there an item's moves are one range.
_FROM = first_record(
    _guild_id, bindparam("since", type_=UtcTime()), is_behind=True
).scalar_subquery()
_location_id = bindparam("location_id", type_=BigInteger)
_happened_at = func.coalesce(_dated.c.happened_at, _event.c.at)
_change = case(
    (_move.c.target_id == _location_id, _move.c.quantity),
    (_move.c.source_id == _location_id, -_move.c.quantity),
    else_=0,
)
_LATER = Prepared(
    select(
        type_coerce(_happened_at, UtcTime()).label("happened_at"),
        type_coerce(func.sum(_change), Quantity()).label("change"),
    )
    .select_from(_move)
    .join(_event, and_(_event.c.guild_id == _move.c.guild_id, _event.c.record == _move.c.record))
    .outerjoin(_dated, DATES_MOVE)
    .where(
        _move.c.guild_id == _guild_id,
        _move.c.item_id == bindparam("item_id", type_=BigInteger),
        _move.c.lot_id == bindparam("lot_id", type_=BigInteger),
        _move.c.record >= _FROM,
        or_(_move.c.source_id == _location_id, _move.c.target_id == _location_id),
        or_(_dated.c.happened_at > _at, and_(_dated.c.happened_at.is_(None), _event.c.at > _at)),
    )
    .group_by(_happened_at)
    .order_by(_happened_at)
)
_CORRECTING = Prepared(
    select(
        _move.c.item_id,
        _move.c.lot_id,
        _move.c.source_id,
        _move.c.target_id,
        type_coerce(func.sum(_move.c.quantity), Quantity()).label("quantity"),
        _dated.c.happened_at,
    )
    .select_from(_dated)
    .join(_move, DATES_MOVE)
    .where(
        _dated.c.guild_id == _guild_id,
        _dated.c.corrects == _record,
        # By its index, which has no others.
        _dated.c.corrects.is_not(None),
    )
    .group_by(
        _move.c.item_id,
        _move.c.lot_id,
        _move.c.source_id,
        _move.c.target_id,
        _dated.c.happened_at,
    )
    .order_by(_move.c.item_id, _move.c.lot_id, _move.c.source_id, _move.c.target_id)
)
_OF_RECORD = Prepared(
    select(_dated.c.line, _dated.c.happened_at, _dated.c.corrects).where(
        _dated.c.guild_id == _guild_id, _dated.c.record == _record
    )
)

_reversal = _event.alias("reversal")
_OUT_AT = Prepared(
    select(_move.c.record)
    .select_from(_move)
    .join(_event, and_(_event.c.guild_id == _move.c.guild_id, _event.c.record == _move.c.record))
    .outerjoin(_dated, DATES_MOVE)
    .where(
        _move.c.guild_id == _guild_id,
        _move.c.item_id == bindparam("item_id", type_=BigInteger),
        _move.c.lot_id == bindparam("lot_id", type_=BigInteger),
        _move.c.source_id == _location_id,
        _move.c.record >= _FROM,
        or_(_dated.c.happened_at == _at, and_(_dated.c.happened_at.is_(None), _event.c.at == _at)),
        _dated.c.corrects.is_(None),
        _event.c.reverses.is_(None),
        ~exists().where(
            _reversal.c.guild_id == _move.c.guild_id, _reversal.c.reverses == _move.c.record
        ),
    )
    .order_by(_move.c.record.desc())
    .limit(1)
)
_WAS_THERE = Prepared(
    select(_move.c.record)
    .where(
        _move.c.guild_id == _guild_id,
        _move.c.item_id == bindparam("item_id", type_=BigInteger),
        _move.c.lot_id == bindparam("lot_id", type_=BigInteger),
        _move.c.record < _record,
        or_(_move.c.source_id == _location_id, _move.c.target_id == _location_id),
    )
    .limit(1)
)


class LevelChanged(NamedTuple):
    """By how much the moves of a time changed a level."""

    happened_at: datetime
    change: Decimal


class CorrectingMoves(NamedTuple):
    """What kept an observation true, summed: the moves along one way."""

    item_id: int
    lot_id: int
    source_id: int
    target_id: int
    quantity: Decimal
    happened_at: datetime


class _DatedLine(NamedTuple):
    line: int
    happened_at: datetime
    corrects: int | None


class DatedMoveController(BaseController[DatedMove]):
    """When moves happened that were recorded later."""

    model = DatedMove
    noun = "dated move"
    permission = "stock.view"

    async def list_correcting(self, record: int) -> list[CorrectingMoves]:
        """List what keeps true what a record observed."""
        return await self._fetch(CorrectingMoves, _CORRECTING, {"record": record})

    async def list_of_record(self, record: int) -> dict[int, Dated]:
        """Return when the lines of a record happened that say so, by their numbers."""
        found = await self._fetch(_DatedLine, _OF_RECORD, {"record": record})
        return {row.line: Dated(row.happened_at, row.corrects) for row in found}

    async def out_at(self, key: LevelKey, at: datetime) -> int | None:
        """Return the newest record that took from a location at a time, if it was not reversed."""
        values = {**name_level(key), "at": at, "since": at - 2 * CLOCK_DRIFT}
        found = await self._scalars(_OUT_AT, values)
        return found[0] if found else None

    async def was_there(self, key: LevelKey, before: int) -> bool:
        """Whether records before one moved an item (a lot) to or from a location."""
        values = {**name_level(key), "record": before}
        return bool(await self._scalars(_WAS_THERE, values))

    async def list_later(self, key: LevelKey, after: datetime) -> list[LevelChanged]:
        """List what the moves that happened behind a time did to a level, in their order."""
        since = after - 2 * CLOCK_DRIFT
        values = {**name_level(key), "at": after, "since": since}
        return await self._fetch(LevelChanged, _LATER, values)

    async def sum_later(self, key: LevelKey, after: datetime) -> Decimal:
        """Return what the moves that happened behind a time added to a level."""
        return _sum(await self.list_later(key, after))


def _sum(changes: Sequence[LevelChanged]) -> Decimal:
    return sum((each.change for each in changes), _ZERO)

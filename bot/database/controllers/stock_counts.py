"""Counts and their lines, and what of the ledger counting looks at."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
)

from bot.database.controllers.dated_moves import DATES_MOVE
from bot.database.controllers.documents import DocumentController, LineController
from bot.database.controllers.stock_pages import inside_of, places_inside
from bot.database.models import (
    AuditEvent,
    CountLine,
    DatedMove,
    Item,
    Location,
    StockCount,
    StockLevel,
    StockMove,
)
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.counts import COUNTING, SUBMITTED
from bot.domain.documents import COUNT
from bot.domain.virtual_locations import VirtualLocation

# How many of an item's newest moves are looked at for what it cost: the search must end.
_NEWEST_MOVES: Final = 200

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_level, _item, _location = table_of(StockLevel), table_of(Item), table_of(Location)
_line, _move = table_of(CountLine), table_of(StockMove)
_dated, _reversal = table_of(DatedMove), table_of(AuditEvent).alias("reversal")


class Countable(NamedTuple):
    """Something to count: an item, of a lot if it is tracked, at a location."""

    item_id: int
    location_id: int
    lot_id: int


class Progress(NamedTuple):
    """How far a count has come: lines by their state, and those that differ from the books."""

    state: str
    lines: int
    differing: int


class MovedSince(NamedTuple):
    """A move after a record; `happened_at` if that was another time than its record's."""

    record: int
    item_id: int
    source_id: int
    target_id: int
    lot_id: int
    quantity: Decimal
    happened_at: datetime | None

    @property
    def is_correction(self) -> bool:
        """Whether it made the books say what someone had seen."""
        return self.source_id == VirtualLocation.GAIN or self.target_id == VirtualLocation.LOSS


class _Cost(NamedTuple):
    unit_cost: Decimal
    currency: str


_MOVED_SINCE = Prepared(
    select(
        _move.c.record,
        _move.c.item_id,
        _move.c.source_id,
        _move.c.target_id,
        _move.c.lot_id,
        _move.c.quantity,
        _dated.c.happened_at,
    )
    .select_from(_move)
    .outerjoin(
        _dated,
        DATES_MOVE,
    )
    .where(
        _move.c.guild_id == _guild_id,
        is_among(_move.c.item_id, "item_ids"),
        _move.c.record > bindparam("record", type_=BigInteger),
    )
)
_PROGRESS = Prepared(
    select(
        _line.c.state,
        func.count(),
        func.sum(case((_line.c.counted != _line.c.expected, 1), else_=0)),
    )
    .where(_line.c.guild_id == _guild_id, _line.c.count_id == bindparam("count_id"))
    .group_by(_line.c.state)
)
_newest = (
    select(_move.c.record, _move.c.line, _move.c.source_id, _move.c.unit_cost, _move.c.currency)
    .where(_move.c.guild_id == _guild_id, _move.c.item_id == bindparam("item_id"))
    .order_by(_move.c.record.desc(), _move.c.line.desc())
    .limit(_NEWEST_MOVES)
    .subquery()
)
_UNIT_COST = Prepared(
    select(_newest.c.unit_cost, _newest.c.currency)
    .where(
        _newest.c.source_id == VirtualLocation.SUPPLIER,
        _newest.c.unit_cost.is_not(None),
        ~exists().where(
            _reversal.c.guild_id == _guild_id, _reversal.c.reverses == _newest.c.record
        ),
    )
    .order_by(_newest.c.record.desc(), _newest.c.line.desc())
    .limit(1)
)


_count = table_of(StockCount)
_COUNTED_IN = Prepared(
    select(_count.c.number)
    .select_from(_count)
    .join(_line, and_(_line.c.guild_id == _guild_id, _line.c.count_id == _count.c.id))
    .where(
        _count.c.guild_id == _guild_id,
        _count.c.status.in_([literal_column(f"'{each}'") for each in (COUNTING, SUBMITTED)]),
        _line.c.item_id == bindparam("item_id", type_=BigInteger),
    )
    .order_by(_count.c.number)
    .limit(literal_column("1"))
)


def _build_countable(*, is_named: bool) -> Select[Any]:
    place = places_inside()
    statement = (
        select(_level.c.item_id, _level.c.location_id, _level.c.lot_id)
        .select_from(place)
        .join(_level, and_(_level.c.guild_id == _guild_id, _level.c.location_id == place.c.id))
        .join(_item, and_(_item.c.guild_id == _guild_id, _item.c.id == _level.c.item_id))
        .join(
            _location,
            and_(_location.c.guild_id == _guild_id, _location.c.id == _level.c.location_id),
        )
        .where(_level.c.quantity != 0)
        .order_by(_location.c.path_key, _item.c.sku_key, _level.c.lot_id)
        .limit(bindparam("limit"))
    )
    return statement.where(is_among(_level.c.item_id, "item_ids")) if is_named else statement


class StockCountController(DocumentController[StockCount]):
    """Counts of what is at locations."""

    model = StockCount
    kind = COUNT
    subject_code = "c"
    noun = "count"
    permission = "count.perform"

    async def list_countable(
        self, location: Location, limit: int, item_ids: Sequence[int] | None = None
    ) -> list[Countable]:
        """List what is in stock at a location and inside it: by location, then by SKU."""
        is_named = item_ids is not None
        prepared = self._prepared(
            ("countable", is_named), lambda: _build_countable(is_named=is_named)
        )
        values = {"location_id": location.id, "limit": limit, **inside_of(location.path_key)}
        if item_ids is not None:
            values["item_ids"] = list(item_ids)
        return await self._fetch(Countable, prepared, values)

    async def find_counted_in(self, item_id: int) -> int | None:
        """Return the number of a count under way that has a line of an item."""
        return next(iter(await self._scalars(_COUNTED_IN, {"item_id": item_id})), None)

    async def find_unit_cost(self, item_id: int) -> tuple[Decimal, str] | None:
        """Return what one unit of an item cost when it last came in, None if that is not known.

        What came in by a record that was reversed never came.
        """
        found = await self._fetch(_Cost, _UNIT_COST, {"item_id": item_id})
        return (found[0].unit_cost, found[0].currency) if found else None


class CountLineController(LineController):
    """What there is to count, and what was counted."""

    model = CountLine
    document_key = "count_id"
    noun = "count line"
    permission = "count.perform"

    async def list_open(
        self, count_id: int, state: str, user_id: int, limit: int, *, after: int = 0
    ) -> list[CountLine]:
        """List the next lines of a state that a user may count, by their numbers."""
        rows = await self.list_of(count_id, state=state, after=after)
        return [row for row in rows if user_id not in row.barred_ids][:limit]

    async def progress_of(self, count_id: int) -> dict[str, Progress]:
        """Return how far a count has come, by the state of its lines."""
        rows = await self._fetch(Progress, _PROGRESS, {"count_id": count_id})
        return {row.state: row for row in rows}

    async def list_moved(
        self, item_ids: Sequence[int], record: int
    ) -> dict[Countable, list[MovedSince]]:
        """Return the moves after a record, by what they moved, in the order of their records."""
        values = {"item_ids": list(item_ids), "record": record}
        found: dict[Countable, list[MovedSince]] = {}
        rows = await self._fetch(MovedSince, _MOVED_SINCE, values)
        for row in sorted(rows, key=attrgetter("record")):
            for end in (row.source_id, row.target_id):
                found.setdefault(Countable(row.item_id, end, row.lot_id), []).append(row)
        return found

    async def find_at(self, count_id: int, key: Countable) -> CountLine | None:
        """Return the line of something to count, or None."""
        found: CountLine | None = await self.find_one(
            count_id=count_id, item_id=key.item_id, location_id=key.location_id, lot_id=key.lot_id
        )
        return found

    async def list_counters(self, count_id: int) -> tuple[int, ...]:
        """Return the users who counted its lines."""
        statement = self._prepared(
            "counters",
            lambda: (
                select(_line.c.counted_by)
                .where(
                    _line.c.guild_id == _guild_id,
                    _line.c.count_id == bindparam("count_id"),
                    _line.c.counted_by.is_not(None),
                )
                .group_by(_line.c.counted_by)
                .order_by(_line.c.counted_by)
            ),
        )
        return tuple(await self._scalars(statement, {"count_id": count_id}))

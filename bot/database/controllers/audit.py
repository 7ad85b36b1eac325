from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select

from bot.database.controllers.base import BaseController
from bot.database.models import AuditEvent, StockMove
from bot.database.models.base import table_of
from bot.database.raw_rows import read_stored, stored_columns
from bot.database.statements import Prepared
from bot.domain.actions import is_reversible

_event = table_of(AuditEvent)
_move = table_of(StockMove)
_reversal = _event.alias("reversal")
_IN_GUILD = _event.c.guild_id == bindparam("guild_id")

# How far back "my last one" is looked for: the search must end, however long the books are.
_NEWEST_RECORDS = 200
_NEWEST_BY = Prepared(
    select(
        _event.c.action,
        _event.c.record,
        (
            _event.c.reverses.is_not(None)
            | exists().where(
                _reversal.c.guild_id == _event.c.guild_id,
                _reversal.c.reverses == _event.c.record,
            )
        ).label("is_settled"),
    )
    .where(_IN_GUILD, _event.c.actor_id == bindparam("actor_id"))
    .order_by(_event.c.record.desc())
    .limit(_NEWEST_RECORDS)
)
_OF_SUBJECT = (
    select(_event)
    .where(
        _IN_GUILD,
        _event.c.subject_type == bindparam("subject_type"),
        _event.c.subject_id == bindparam("subject_id"),
    )
    .order_by(_event.c.record.desc())
    .limit(bindparam("limit"))
)
_RECORDS = select(_event.c.record).where(_IN_GUILD).order_by(_event.c.record.desc())
_RECORDS_BY = _RECORDS.where(_event.c.actor_id == bindparam("actor_id")).limit(bindparam("limit"))
_RECORDS_ABOUT = _RECORDS.where(
    _event.c.subject_type == bindparam("subject_type"),
    _event.c.subject_id == bindparam("subject_id"),
).limit(bindparam("limit"))
_FIRST_SINCE = (
    select(_event.c.record)
    .where(_IN_GUILD, _event.c.at >= bindparam("at", type_=_event.c.at.type))
    .order_by(_event.c.at, _event.c.record)
    .limit(1)
)
_FOLLOWING = (
    select(_event)
    .where(_IN_GUILD, _event.c.record > bindparam("after"))
    .order_by(_event.c.record)
    .limit(bindparam("limit"))
)
_STORED_FOLLOWING = (
    select(*stored_columns(_event))
    .where(_IN_GUILD, _event.c.record > bindparam("after"))
    .order_by(_event.c.record)
    .limit(bindparam("limit"))
)
_MOVES = select(*stored_columns(_move)).where(_move.c.guild_id == bindparam("guild_id"))
_MOVES_BETWEEN = _MOVES.where(
    _move.c.record > bindparam("after"), _move.c.record <= bindparam("last")
).order_by(_move.c.record, _move.c.line)
_MOVES_AFTER = _MOVES.where(_move.c.record > bindparam("after")).order_by(
    _move.c.record, _move.c.line
)
_BETWEEN = (_event.c.record > bindparam("after"), _event.c.record < bindparam("before"))
_TOTALS = select(func.count(), func.count(_event.c.actor_id.distinct())).where(
    _IN_GUILD, *_BETWEEN, _event.c.action != bindparam("without")
)
_MOVED = select(func.count()).where(
    _move.c.guild_id == bindparam("guild_id"),
    _move.c.record > bindparam("after"),
    _move.c.record < bindparam("before"),
)

# Filters of a search and the columns that they compare; each has an index that ends with `record`.
_FILTERS = {
    "actor_id": _event.c.actor_id,
    "action": _event.c.action,
    "subject_type": _event.c.subject_type,
    "subject_id": _event.c.subject_id,
}
_FURTHEST = 2**62


@dataclass(frozen=True, slots=True)
class DayTotals:
    """What happened within some records: how many, of how many moves, by how many people."""

    records: int
    moves: int
    people: int


class AuditController(BaseController[AuditEvent]):
    """The records of a guild, one per committed operation; `UnitOfWork.record` writes them."""

    model = AuditEvent
    noun = "record"
    permission = "audit.view"

    async def newest_reversible(self, actor_id: int) -> int | None:
        """Return this actor's newest record that can be reversed, among the last 200 of theirs."""
        values = self._in_guild({"actor_id": actor_id})
        for action, record, is_settled in await _NEWEST_BY.fetch(self._scope.connection, values):
            if not is_settled and is_reversible(action):
                return int(record)
        return None

    async def list_of_subject(self, noun: str, subject_id: int, limit: int) -> list[AuditEvent]:
        """List what happened to one thing, the newest first."""
        values = {"subject_type": noun, "subject_id": subject_id, "limit": limit}
        return await self._events(_OF_SUBJECT, values)

    async def search(
        self, *, above: int, below: int, is_backwards: bool, limit: int, **equals: Any
    ) -> list[AuditEvent]:
        """List records within bounds whose columns equal these values, the newest first.

        Backwards, those next above the lower bound are listed, in the same order.
        """
        names = tuple(name for name, value in equals.items() if value is not None)
        statement = self._statement(
            ("search", names, is_backwards), lambda: _build_search(names, is_backwards=is_backwards)
        )
        values = {"after": above, "before": below, "limit": limit, **equals}
        found = await self._events(statement, values)
        return found[::-1] if is_backwards else found

    async def list_records_by(self, actor_id: int, limit: int) -> list[int]:
        """List the numbers of what somebody did, the newest first."""
        return await self._numbers(_RECORDS_BY, {"actor_id": actor_id, "limit": limit})

    async def list_records_about(self, noun: str, subject_id: int, limit: int) -> list[int]:
        """List the numbers of what was done to one thing or person, the newest first."""
        values = {"subject_type": noun, "subject_id": subject_id, "limit": limit}
        return await self._numbers(_RECORDS_ABOUT, values)

    async def first_since(self, instant: datetime) -> int:
        """Return the number of the first record at or after an instant, or one beyond all."""
        values = self._in_guild({"at": instant})
        found = (await self._scope.connection.execute(_FIRST_SINCE, values)).scalar_one_or_none()
        return _FURTHEST if found is None else int(found)

    async def list_following(self, after: int, limit: int) -> list[AuditEvent]:
        """List the records after one, the oldest first."""
        return await self._events(_FOLLOWING, {"after": after, "limit": limit})

    async def list_stored(self, after: int, limit: int) -> list[dict[str, Any]]:
        """List the records after one as they lie in the table, to be verified."""
        values = self._in_guild({"after": after, "limit": limit})
        result = await self._scope.connection.execute(_STORED_FOLLOWING, values)
        return [read_stored(_event, row) for row in result]

    async def list_stored_moves(self, after: int, last: int | None) -> list[dict[str, Any]]:
        """List the moves of the records after one, up to another or all there are, likewise."""
        statement = _MOVES_AFTER if last is None else _MOVES_BETWEEN
        values = self._in_guild({"after": after, "last": last})
        result = await self._scope.connection.execute(statement, values)
        return [read_stored(_move, row) for row in result]

    async def totals(self, first: int, beyond: int, *, without: str) -> DayTotals:
        """Count the records from one up to before another, but for one action."""
        values = self._in_guild({"after": first - 1, "before": beyond, "without": without})
        connection = self._scope.connection
        records, people = (await connection.execute(_TOTALS, values)).one()
        moves = (await connection.execute(_MOVED, values)).scalar_one()
        return DayTotals(records=records, moves=moves, people=people)

    async def _numbers(self, statement: Any, values: dict[str, Any]) -> list[int]:
        result = await self._scope.connection.execute(statement, self._in_guild(values))
        return list(result.scalars())

    async def _events(self, statement: Any, values: dict[str, Any]) -> list[AuditEvent]:
        result = await self._scope.connection.execute(statement, self._in_guild(values))
        return [self._load(row._mapping) for row in result]


def _build_search(names: Sequence[str], *, is_backwards: bool) -> Any:
    record = _event.c.record
    return (
        select(_event)
        .where(_IN_GUILD, *_BETWEEN)
        .where(*(_FILTERS[name] == bindparam(name) for name in names))
        .order_by(record if is_backwards else record.desc())
        .limit(bindparam("limit"))
    )

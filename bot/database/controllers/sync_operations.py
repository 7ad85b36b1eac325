from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, or_, select

from bot.database.columns import KeyList, UtcTime
from bot.database.controllers.base import BaseController
from bot.database.controllers.dated_rows import MOVES, OPERATIONS, MoveDated, OperationDated
from bot.database.controllers.first_records import first_record
from bot.database.models import AuditEvent, SyncOperation
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.rights import CLOCK_DRIFT

_done, _event = table_of(SyncOperation), table_of(AuditEvent)
_guild_id = bindparam("guild_id", type_=BigInteger)
_AMONG = Prepared(
    select(_done).where(
        _done.c.guild_id == _guild_id,
        is_among(_done.c.operation_id, "keys", KeyList()),
    )
)


# Where the records begin that may be later than a time; see `dated_moves.py`.
_FROM = first_record(
    _guild_id, bindparam("since", type_=UtcTime()), is_behind=True
).scalar_subquery()
_at = bindparam("at", type_=UtcTime())
_LATER = (
    select(_event.c.record, _event.c.detail)
    .select_from(_event)
    .outerjoin(
        _done, and_(_done.c.guild_id == _event.c.guild_id, _done.c.record == _event.c.record)
    )
    .where(
        _event.c.guild_id == _guild_id,
        _event.c.record >= _FROM,
        or_(_done.c.happened_at > _at, and_(_done.c.happened_at.is_(None), _event.c.at > _at)),
    )
    .order_by(_event.c.record)
)
_CHANGES = Prepared(
    _LATER.where(
        _event.c.subject_type == bindparam("noun"),
        _event.c.subject_id == bindparam("subject_id", type_=BigInteger),
    )
)
_RECORDED = Prepared(_LATER.where(_event.c.action == bindparam("action")))


class Recorded(NamedTuple):
    """A record and its detail."""

    record: int
    detail: str


class SyncOperationController(BaseController[SyncOperation]):
    """Which operations of devices count, and when what they tell of happened."""

    model = SyncOperation
    noun = "sync operation"
    permission = "device.use"

    async def find_known(self, ids: Sequence[str]) -> list[SyncOperation]:
        """Return what is known of operations with these ids."""
        return await self._rows(_AMONG, {"keys": list(ids)})

    async def list_dated(self, record: int, operation_id: str, limit: int) -> list[OperationDated]:
        """List the lines of operations after one, of so many of those that count."""
        values = {"record": record, "operation_id": operation_id, "limit": limit}
        return await self._fetch(OperationDated, OPERATIONS, values)

    async def list_moves(self, record: int, line: int, limit: int) -> list[MoveDated]:
        """List what dates moves, after a line of a record."""
        values = {"record": record, "line": line, "limit": limit}
        return await self._fetch(MoveDated, MOVES, values)

    async def list_changes(self, noun: str, subject_id: int, after: datetime) -> list[Recorded]:
        """List the records about a thing of what happened behind a time, the oldest first."""
        values = {"noun": noun, "subject_id": subject_id, **_behind(after)}
        return await self._fetch(Recorded, _CHANGES, values)

    async def list_recorded(self, actions: Sequence[str], after: datetime) -> list[Recorded]:
        """List the records of some actions that happened behind a time."""
        found = []
        for action in actions:
            found += await self._fetch(Recorded, _RECORDED, {"action": action, **_behind(after)})
        return found


def _behind(after: datetime) -> dict[str, datetime]:
    return {"at": after, "since": after - 2 * CLOCK_DRIFT}

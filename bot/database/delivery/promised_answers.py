"""Answers that were promised to people and not shown yet: bookkeeping, never business.

Noted before an interaction is acknowledged and forgotten once its answer was shown, so that
after a crash nobody looks at "thinking..." for ever.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import PendingAnswer, Receipt
from bot.database.models.base import table_of
from bot.database.operations import Operation, fingerprint
from bot.database.service import DatabaseService, RequestT, ResultT
from bot.domain.actors import Actor

TOKEN_LIFE = timedelta(minutes=15)
# Within this time the same command of the same person is asked back.
_ASKED_BACK = timedelta(minutes=10)
# An answer not shown after this time is taken as lost; until then it may be on its way.
_ON_ITS_WAY = timedelta(seconds=5)
_MAX_ROWS = 50
# Receipts keep keys behind their source, and only Discord's interactions are promised answers.
_SOURCE = "discord:"

_table, _receipt = table_of(PendingAnswer), table_of(Receipt)
_PROMISE = {
    "postgresql": postgresql.insert(_table).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_table).on_conflict_do_nothing(),
}
_THIS = and_(_table.c.guild_id == bindparam("g"), _table.c.key == bindparam("k"))
_FORGET = delete(_table).where(_THIS)
_FAIL = update(_table).where(_THIS).values(failed_at=bindparam("now"))
_PURGE = delete(_table).where(_table.c.created_at < bindparam("before"))
_LOST = or_(_table.c.failed_at.is_not(None), _table.c.created_at < bindparam("on_its_way"))
_UNSHOWN_RECORD = (
    select(_receipt.c.record, _receipt.c.created_at)
    .join(_table, and_(_table.c.guild_id == _receipt.c.guild_id, _table.c.key == _receipt.c.key))
    .where(
        _table.c.guild_id == bindparam("g"),
        _table.c.user_id == bindparam("user_id"),
        _table.c.created_at > bindparam("since"),
        _receipt.c.operation == bindparam("operation"),
        _receipt.c.fingerprint == bindparam("fingerprint"),
        _LOST,
    )
    .order_by(_receipt.c.record.desc())
    .limit(1)
)
_WAITING = (
    select(*_table.c, _receipt.c.operation, _receipt.c.answer)
    .outerjoin(
        _receipt, and_(_receipt.c.guild_id == _table.c.guild_id, _receipt.c.key == _table.c.key)
    )
    .where(
        _table.c.created_at < bindparam("before"),
        or_(_table.c.failed_at.is_(None), _table.c.failed_at < bindparam("before")),
    )
    .order_by(_table.c.created_at)
    .limit(_MAX_ROWS)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person who waits for an answer; without operation and answer nothing was committed."""

    guild_id: int
    key: str
    user_id: int
    application_id: int
    token: str
    created_at: datetime
    failed_at: datetime | None
    locale: str
    operation: str | None
    answer: str | None


class PendingAnswers:
    """The promised answers of all guilds."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def promise(
        self, actor: Actor, key: str, application_id: int, token: str, *, locale: str
    ) -> bool:
        """Note that this interaction will be answered; tells whether nobody had noted it yet."""
        row = {
            "guild_id": actor.guild_id,
            "key": actor.prefixed(key),
            "user_id": actor.user_id,
            "application_id": application_id,
            "token": token,
            "locale": locale,
            "created_at": self._db.clock(),
        }

        async def work(connection: AsyncConnection) -> bool:
            result = await connection.execute(_PROMISE[connection.dialect.name], row)
            return bool(result.rowcount)

        return await self._db.maintenance.write(work)

    async def forget(self, guild_id: int, key: str) -> None:
        """Note that the answer was shown."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_FORGET, {"g": guild_id, "k": _SOURCE + key})

        await self._db.maintenance.write(work)

    async def fail(self, guild_id: int, key: str) -> None:
        """Note that the answer could not be shown now."""
        values = {"g": guild_id, "k": _SOURCE + key, "now": self._db.clock()}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_FAIL, values)

        await self._db.maintenance.write(work)

    async def find_unshown(
        self, actor: Actor, operation: Operation[RequestT, ResultT], request: RequestT
    ) -> tuple[int, timedelta] | None:
        """Return record and age of the same request whose answer this person may have missed."""
        now = self._db.clock()
        values = {
            "g": actor.guild_id,
            "user_id": actor.user_id,
            "operation": operation.name,
            "fingerprint": fingerprint(operation.dump(request)),
            "since": now - _ASKED_BACK,
            "on_its_way": now - _ON_ITS_WAY,
        }

        async def work(connection: AsyncConnection) -> tuple[int, timedelta] | None:
            row = (await connection.execute(_UNSHOWN_RECORD, values)).first()
            return (row.record, now - row.created_at) if row else None

        return await self._db.maintenance.read(work)

    async def list_waiting(self, *, older_than: timedelta) -> list[Waiting]:
        """List people who wait longer than this, the longest first, at most 50."""
        values = {"before": self._db.clock() - older_than}

        async def work(connection: AsyncConnection) -> list[Waiting]:
            rows = await connection.execute(_WAITING, values)
            return [_waiting(row) for row in rows]

        return await self._db.maintenance.read(work)

    def age_of(self, person: Waiting) -> timedelta:
        """Return how long somebody has waited."""
        return self._db.clock() - person.created_at

    async def purge(self) -> None:
        """Forget the interactions whose tokens have expired: nobody can answer them now."""
        values = {"before": self._db.clock() - TOKEN_LIFE}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_PURGE, values)

        await self._db.maintenance.write(work)


def _waiting(row: Any) -> Waiting:
    values = dict(row._mapping)
    return Waiting(**values | {"key": values["key"].removeprefix(_SOURCE)})

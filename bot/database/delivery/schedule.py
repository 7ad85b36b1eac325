"""The schedule: what is due for a guild and when; the only clock of everything that repeats.

A due row is leased before it is handled, so that of several processes one does it; a lease that
ends unfinished is taken over. Handlers are idempotent: what was done before a crash is not done
twice.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.shares import is_for, values_of
from bot.database.models import Schedule
from bot.database.models.base import table_of
from bot.database.nodes import among
from bot.database.service import DatabaseService
from bot.domain.shards import ALL_GUILDS, Share

LEASE: Final = timedelta(seconds=60)
MAX_ROWS: Final = 20

_table = table_of(Schedule)
_now = bindparam("now", type_=_table.c.due_at.type)
_THIS = and_(_table.c.guild_id == bindparam("g"), _table.c.kind == bindparam("k"))
_IS_DUE = and_(
    _table.c.due_at <= _now,
    or_(
        _table.c.leased_until.is_(None),
        _table.c.leased_until < _now,
        # No lease is that long: the clock of who took it was ahead.
        _table.c.leased_until > bindparam("longest", type_=_table.c.due_at.type),
    ),
)
_DUE = (
    select(_table.c.guild_id, _table.c.kind)
    .where(
        _IS_DUE,
        _table.c.kind.in_(bindparam("kinds", expanding=True)),
        is_for(_table.c.guild_id, _table.c.due_at),
    )
    .order_by(_table.c.due_at)
    .limit(MAX_ROWS)
)
_DUE_AMONG = _DUE.where(among(_table.c.guild_id))
_LEASE = (
    update(_table)
    .where(_THIS, _IS_DUE)
    .values(leased_by=bindparam("me"), leased_until=bindparam("until"))
    .returning(_table.c.guild_id, _table.c.kind, _table.c.due_at, _table.c.failures)
)
_HELD = and_(_THIS, _table.c.leased_by == bindparam("me"))
_RENEW = update(_table).where(_HELD).values(leased_until=bindparam("until"))
# A due time that was moved meanwhile stays: a change of the time zone asks to look once more.
_FINISH = (
    update(_table)
    .where(_HELD, _table.c.due_at == bindparam("was_due"))
    .values(due_at=bindparam("next_due"), leased_by=None, leased_until=None, failures=0)
)
_POSTPONE = (
    update(_table)
    .where(_HELD)
    .values(
        due_at=bindparam("next_due"),
        leased_by=None,
        leased_until=None,
        failures=_table.c.failures + 1,
    )
)
_RELEASE = update(_table).where(_HELD).values(leased_by=None, leased_until=None)
_REMOVE = delete(_table).where(_HELD, _table.c.due_at == bindparam("was_due"))


def _put(insert: Any) -> Any:
    statement = insert(_table)
    return statement.on_conflict_do_update(
        index_elements=("guild_id", "kind"), set_={"due_at": statement.excluded.due_at}
    )


_PUT = {"postgresql": _put(postgresql.insert), "sqlite": _put(sqlite.insert)}


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due for a guild, leased by this process."""

    guild_id: int
    kind: str
    due_at: datetime
    failures: int = 0


class Schedules:
    """The schedule of all guilds, as one process sees it."""

    def __init__(self, db: DatabaseService, share: Share = ALL_GUILDS) -> None:
        self._db = db
        self._share = share
        self._me = secrets.token_hex(8)

    async def put(self, guild_id: int, kind: str, due_at: datetime) -> None:
        """Let something be due for a guild, instead of when it was due before."""
        row = {"guild_id": guild_id, "kind": kind, "due_at": due_at, "failures": 0}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_PUT[connection.dialect.name], row)

        await self._db.maintenance.write(work)

    async def lease_due(self, kinds: Collection[str]) -> list[Due]:
        """Take up to twenty things that are due, the longest due first.

        Nothing is written when nothing is due.
        """
        return await self._db.nodes.ask(partial(self._lease_among, kinds))

    async def _lease_among(self, kinds: Collection[str], guilds: Sequence[int] | None) -> list[Due]:
        now = self._db.clock()
        asked: dict[str, Any] = {
            "now": now,
            "longest": now + LEASE,
            "kinds": sorted(kinds),
            **values_of(self._share, now),
        }

        statement = _DUE
        if guilds is not None:
            statement, asked["guilds"] = _DUE_AMONG, guilds

        async def look(connection: AsyncConnection) -> Sequence[Any]:
            return (await connection.execute(statement, asked)).all()

        found = await self._db.maintenance.read(look)
        if not found:
            return []

        async def take(connection: AsyncConnection) -> list[Due]:
            taken = []
            for row in found:
                values = {"g": row.guild_id, "k": row.kind, "me": self._me, "now": now}
                values |= {"longest": now + LEASE, "until": now + LEASE}
                taken += [Due(*each) for each in await connection.execute(_LEASE, values)]
            return taken

        return await self._db.maintenance.write(take)

    async def renew(self, held: Iterable[Due]) -> None:
        """Keep what was leased for another minute."""
        until = self._db.clock() + LEASE
        await self._change(_RENEW, [self._of(due) | {"until": until} for due in held])

    async def finish(self, handled: Iterable[tuple[Due, datetime | None]]) -> None:
        """Put what was handled to its next time; without one it is not due any more."""
        done = list(handled)
        again = [
            self._of(due) | {"was_due": due.due_at, "next_due": next_due}
            for due, next_due in done
            if next_due is not None
        ]
        over = [
            self._of(due) | {"was_due": due.due_at} for due, next_due in done if next_due is None
        ]
        await self._change(_FINISH, again)
        await self._change(_REMOVE, over)
        # What was moved meanwhile is given back as it is.
        await self._change(_RELEASE, [self._of(due) for due, _ in done])

    async def postpone(self, due: Due, wait: timedelta) -> None:
        """Let what failed be tried again later."""
        values = self._of(due) | {"next_due": self._db.clock() + wait}
        await self._change(_POSTPONE, [values])

    async def release(self, held: Iterable[Due]) -> None:
        """Give back what was not handled."""
        await self._change(_RELEASE, [self._of(due) for due in held])

    def _of(self, due: Due) -> dict[str, Any]:
        return {"g": due.guild_id, "k": due.kind, "me": self._me}

    async def _change(self, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
        # In one order, as a change that wakes books takes them: no two wait for each other.
        ordered = sorted(rows, key=lambda row: (row["g"], row["k"]))

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement, ordered)

        if rows:
            await self._db.maintenance.write(work)

"""What the processes of one token share: its requests, and the turns in which shards identify.

Their clocks have to agree to within some seconds, as those that lease lanes do.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.lane_statements import LEASE
from bot.database.models import IdentifyTurn, TokenShare
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.pacing.shares import SLICE_SECONDS, Holder, fair_share, grant

# Three times as long as between two renewals: a slow database takes no share away.
HELD: Final = timedelta(seconds=3 * SLICE_SECONDS)

_share, _turn = table_of(TokenShare), table_of(IdentifyTurn)
_OF_TOKEN: Final = _share.c.application_id == bindparam("a")
_EXPIRED = delete(_share).where(
    _OF_TOKEN,
    _share.c.process != "",
    # No share is held that long: the clock of who took it was ahead.
    (_share.c.held_until < bindparam("now", type_=_share.c.held_until.type))
    | (_share.c.held_until > bindparam("longest", type_=_share.c.held_until.type)),
)
_OTHERS = select(_share.c.permits, _share.c.waiting).where(
    _OF_TOKEN, _share.c.process.not_in(["", bindparam("me")])
)
_RELEASE = delete(_share).where(_OF_TOKEN, _share.c.process == bindparam("me"))


def _set_share(insert: Any) -> Any:
    statement = insert(_share)
    new = {name: statement.excluded[name] for name in ("permits", "waiting", "held_until")}
    return statement.on_conflict_do_update(index_elements=_share.primary_key.columns, set_=new)


def _take_turn(insert: Any) -> Any:
    statement = insert(_turn)
    is_free = _turn.c.free_at <= bindparam("now", type_=_turn.c.free_at.type)
    is_wrong = _turn.c.free_at > bindparam("longest", type_=_turn.c.free_at.type)
    return statement.on_conflict_do_update(
        index_elements=_turn.primary_key.columns,
        set_={"free_at": statement.excluded.free_at},
        where=is_free | is_wrong,
    ).returning(_turn.c.free_at)


_INSERTS: Final[dict[str, Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_SET = {name: _set_share(insert) for name, insert in _INSERTS.items()}
_TAKE = {name: _take_turn(insert) for name, insert in _INSERTS.items()}
_FREE_AT = select(_turn.c.free_at).where(
    _turn.c.application_id == bindparam("a"), _turn.c.bucket == bindparam("b")
)


class TokenShares:
    """One process's part of what Discord allows the token of so many."""

    def __init__(self, db: DatabaseService, processes: int = 1) -> None:
        self._db = db
        self._processes = processes
        self._me = secrets.token_hex(8)

    async def renew(self, application_id: int, waiting: int) -> tuple[int, bool]:
        """Take a share for the next half minute, in permits for ten seconds.

        Returns it and whether it is less than a fair one, because others have still to give
        back what they hold.
        """
        now = self._db.clock()
        values = {"a": application_id, "me": self._me, "now": now, "longest": now + HELD + LEASE}

        async def work(connection: AsyncConnection) -> tuple[int, bool]:
            set_share = _SET[connection.dialect.name]
            # Two that both look first would both take what is free.
            await connection.execute(set_share, self._row(application_id, "", now))
            await connection.execute(_EXPIRED, values)
            found = await connection.execute(_OTHERS, values)
            others = [Holder(row.permits, row.waiting) for row in found]
            permits = grant(waiting, others, processes=self._processes)
            own = self._row(application_id, self._me, now + HELD, permits, waiting)
            await connection.execute(set_share, own)
            fair = fair_share(waiting, others, processes=self._processes)
            return permits, permits < fair

        return await self._db.maintenance.write(work)

    async def release(self, application_id: int) -> None:
        """Give the share back."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_RELEASE, {"a": application_id, "me": self._me})

        await self._db.maintenance.write(work)

    async def take_turn(self, application_id: int, bucket: int, length: timedelta) -> timedelta:
        """Take the next turn to identify; returns how long to wait before trying again, or zero."""
        now = self._db.clock()
        row = {"application_id": application_id, "bucket": bucket, "free_at": now + length}

        async def work(connection: AsyncConnection) -> timedelta:
            statement = _TAKE[connection.dialect.name]
            taken = await connection.execute(
                statement, {**row, "now": now, "longest": now + 10 * length}
            )
            if taken.first() is not None:
                return timedelta(0)
            asked = {"a": application_id, "b": bucket}
            free_at: datetime = (await connection.execute(_FREE_AT, asked)).scalar_one()
            return max(free_at - now, timedelta(milliseconds=1))

        return await self._db.maintenance.write(work)

    @staticmethod
    def _row(
        application_id: int, process: str, until: datetime, permits: int = 0, waiting: int = 0
    ) -> dict[str, Any]:
        return {
            "application_id": application_id,
            "process": process,
            "permits": permits,
            "waiting": waiting,
            "held_until": until,
        }

"""Answers that were shown: their promises are deleted in batches, a little later."""

import asyncio
from collections.abc import Sequence
from contextvars import Context
from typing import TYPE_CHECKING, Any, TypeAlias

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery import promise_statements as sql
from bot.database.delivery.apart import by_guild, do_apart
from bot.database.delivery.promise_statements import TOKEN_LIFE
from bot.database.service import DatabaseService
from bot.errors import Unavailable

if TYPE_CHECKING:
    from datetime import datetime

Key: TypeAlias = tuple[int, str]

_DELETE_AT_ONCE = 500
_TRY_AGAIN_SECONDS = 5.0


class ShownAnswers:
    """What was shown and not deleted yet: until then only this process knows of it."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db
        self._shown: dict[Key, datetime] = {}
        self._refused: set[Key] = set()
        self._handle: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_late = False

    def __contains__(self, key: Key) -> bool:
        return key in self._shown

    def list_keys(self) -> frozenset[Key]:
        """Return all that this process knows of."""
        return frozenset(self._shown)

    def note(self, key: Key, *, is_refusal: bool) -> None:
        """Note an answer; the promise of a refusal is kept, without its token."""
        self._shown[key] = self._db.clock()
        if is_refusal:
            self._refused.add(key)

    def take_back(self, key: Key) -> bool:
        """Keep the promise of an answer that is to be shown again; refusals stay as they are."""
        return key not in self._refused and self._shown.pop(key, None) is not None

    async def flush(self) -> None:
        """Delete the promises of all; raises Unavailable."""
        while batch := list(self._shown)[:_DELETE_AT_ONCE]:
            try:
                await self._delete(batch)
            except Unavailable:
                failed = await do_apart(by_guild(batch, lambda key: key[0]), self._delete)
                for key in (key for group in failed for key in group if key in self._shown):
                    # Behind all others: those of guilds that can be reached come next.
                    self._shown[key] = self._shown.pop(key)
                if failed:
                    raise

    async def finish(self) -> None:
        """Delete them at the end of the process."""
        if self._handle is not None:
            self._handle.cancel()
        if self._task is not None:
            await asyncio.wait({self._task})
        try:
            await self.flush()
        except Unavailable:
            logger.warning("The database is away; some answers will be shown once more")

    def flush_later(self, seconds: float) -> None:
        """Let a flush begin then, unless one is to begin or under way."""
        if self._handle is not None or (self._task is not None and not self._task.done()):
            return
        loop = asyncio.get_running_loop()
        self._handle = loop.call_later(seconds, self._begin, context=Context())

    def _begin(self) -> None:
        self._handle = None
        self._task = asyncio.create_task(self._flush())

    async def _delete(self, keys: Sequence[Key]) -> None:
        kept = [_values(key) for key in keys if key in self._refused]
        done = [_values(key) for key in keys if key not in self._refused]

        async def work(connection: AsyncConnection) -> None:
            if done:
                await connection.execute(sql.DELETE, done)
            if kept:
                await connection.execute(sql.KEEP_REFUSAL, kept)

        await self._db.maintenance.write(work)
        for key in keys:
            self._shown.pop(key, None)
            self._refused.discard(key)

    async def _flush(self) -> None:
        try:
            await self.flush()
        except Unavailable:
            if not self._is_late:
                logger.warning("The database is away; what was shown is noted later")
            self._is_late = True
            expired = self._db.clock() - TOKEN_LIFE
            self._shown = {key: at for key, at in self._shown.items() if at > expired}
            self._refused &= self._shown.keys()
            asyncio.get_running_loop().call_later(
                _TRY_AGAIN_SECONDS, self.flush_later, 0.0, context=Context()
            )
        else:
            self._is_late = False


def _values(key: Key) -> dict[str, Any]:
    return {"g": key[0], "k": key[1]}

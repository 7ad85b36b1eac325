"""Maintenance: bookkeeping that is not business, in transactions without lock or record.

Promised answers, leases and marks of the outbox, message ids, the schedule, the command tree. The
tables that may be written here are listed in a test.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.engine import Engines
from bot.database.errors import refusing
from bot.database.transactions import refuse_nesting, transaction

T = TypeVar("T")


class Maintenance:
    """Reads and writes the delivery tables on the background connections."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Look something up, without the write lock that SQLite has for all guilds together."""
        engines = self._engines
        return await self._run(engines.read if engines.is_sqlite else engines.background, work)

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Change delivery tables, all or nothing; raises Unavailable."""
        return await self._run(self._engines.background, work)

    async def _run(self, engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        refuse_nesting()
        with refusing():
            async with transaction(engine) as connection:
                return await work(connection)

"""The line at a pool: who has waited longest has the next connection.

SQLAlchemy's pool gives a connection that was just returned to the first who asks, though it has
woken another for it, who then waits behind all others. A task that ends one transaction and begins
the next always asks first: on SQLite, while people's promises went into one gathered transaction
after the other, hardly a unit of any guild began for as long as they came, three seconds and more.
"""

import asyncio
from typing import Final

from sqlalchemy.exc import TimeoutError as PoolTimeout

# An execution option of engines: those that share a pool share its line.
POOL_LINE: Final = "pool_line"


class PoolLine:
    """A place for each connection of a pool, so that the pool itself never lets anyone wait."""

    def __init__(self, connections: int, wait_seconds: float) -> None:
        self._places = asyncio.Semaphore(connections)
        self._wait_seconds = wait_seconds

    async def take(self) -> None:
        """Wait for a place; raises as the pool would when it takes too long."""
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise PoolTimeout(f"no connection within {self._wait_seconds:g} s") from error

    def leave(self) -> None:
        """Give the place to who has waited longest."""
        self._places.release()

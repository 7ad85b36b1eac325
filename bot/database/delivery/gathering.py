"""Gathering: what many ask for at once goes into one transaction.

While one commit is on its way the next requests wait together, and those that arrive until the
connection is there still join: a durable commit costs the same for one row and for a hundred.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Final, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.maintenance import Maintenance
from bot.errors import Unavailable

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

_MAX_AT_ONCE: Final = 200
# More than wait for any living database.
_MAX_WAITING: Final = 5_000


class Gathered(Generic[ItemT, ResultT]):
    """Writes items in batches and gives each asker its own result.

    An asker that is cancelled takes nothing along but its own item; an error of a transaction
    reaches those whose items were in it.
    """

    def __init__(
        self,
        maintenance: Maintenance,
        write: Callable[[AsyncConnection, Sequence[ItemT]], Awaitable[Sequence[ResultT]]],
    ) -> None:
        self._maintenance = maintenance
        self._write = write
        self._waiting: deque[tuple[ItemT, asyncio.Future[ResultT]]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def ask(self, item: ItemT) -> ResultT:
        """Write an item with the next transaction; raises Unavailable."""
        if len(self._waiting) >= _MAX_WAITING:
            raise Unavailable
        answer: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._writer is None or self._writer.done():
            # A context of its own: it works for all askers, not for the one that started it.
            self._writer = asyncio.create_task(self._write_all(), context=Context())
        return await answer

    async def _write_all(self) -> None:
        while self._waiting:
            taken: list[tuple[ItemT, asyncio.Future[ResultT]]] = []

            async def work(
                connection: AsyncConnection,
                taken: list[tuple[ItemT, asyncio.Future[ResultT]]] = taken,
            ) -> Sequence[ResultT]:
                taken += self._take()
                return await self._write(connection, [item for item, _ in taken]) if taken else []

            try:
                results = await self._maintenance.write(work)
            except Exception as error:  # noqa: BLE001  # it is raised where the results are awaited
                for _, answer in taken or self._take():
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), result in zip(taken, results, strict=True):
                if not answer.done():
                    answer.set_result(result)

    def _take(self) -> list[tuple[ItemT, asyncio.Future[ResultT]]]:
        taken: list[tuple[ItemT, asyncio.Future[ResultT]]] = []
        while self._waiting and len(taken) < _MAX_AT_ONCE:
            item, answer = self._waiting.popleft()
            if not answer.done():
                taken.append((item, answer))
        return taken

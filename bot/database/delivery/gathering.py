"""Gathering: what many ask for at once goes into one transaction.

While one commit is on its way the next requests wait together, and those that arrive until the
connection is there still join: a durable commit costs the same for one row and for a hundred.
Where books are on several nodes, a guild whose node is away fails alone.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Final, Generic, TypeAlias, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.apart import by_guild, do_apart
from bot.database.maintenance import Maintenance
from bot.errors import Unavailable

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
Asked: TypeAlias = tuple[ItemT, asyncio.Future[ResultT]]

_MAX_AT_ONCE: Final = 200
# More than wait for any living database.
_MAX_WAITING: Final = 5_000
# How long a guild that failed alone is kept apart from others.
_ASIDE_SECONDS: Final = 10.0


class Gathered(Generic[ItemT, ResultT]):
    """Writes items in batches and gives each asker its own result.

    An asker that is cancelled takes nothing along but its own item; an error of a transaction
    reaches those whose items were in it.
    """

    def __init__(
        self,
        maintenance: Maintenance,
        write: Callable[[AsyncConnection, Sequence[ItemT]], Awaitable[Sequence[ResultT]]],
        guild_of: Callable[[ItemT], int],
    ) -> None:
        self._maintenance = maintenance
        self._write = write
        self._guild_of = guild_of
        self._waiting: deque[Asked[ItemT, ResultT]] = deque()
        self._writer: asyncio.Task[None] | None = None
        # Those of guilds whose node seems to be away: no one else waits for them.
        self._aside: deque[Asked[ItemT, ResultT]] = deque()
        self._aside_writer: asyncio.Task[None] | None = None
        self._aside_until: dict[int, float] = {}
        # What failed last, for those that are not tried after it.
        self._trouble = Unavailable()

    async def ask(self, item: ItemT) -> ResultT:
        """Write an item with the next transaction; raises Unavailable."""
        if len(self._waiting) + len(self._aside) >= _MAX_WAITING:
            raise Unavailable
        answer: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        # Contexts of their own: they work for all askers, not for the one that started them.
        if self._is_aside(self._guild_of(item)):
            self._aside.append((item, answer))
            if self._aside_writer is None or self._aside_writer.done():
                self._aside_writer = asyncio.create_task(self._write_aside(), context=Context())
        else:
            self._waiting.append((item, answer))
            if self._writer is None or self._writer.done():
                self._writer = asyncio.create_task(self._write_all(), context=Context())
        return await answer

    async def _write_all(self) -> None:
        while self._waiting:
            taken: list[Asked[ItemT, ResultT]] = []

            async def work(
                connection: AsyncConnection, taken: list[Asked[ItemT, ResultT]] = taken
            ) -> Sequence[ResultT]:
                taken += _take(self._waiting)
                return await self._write(connection, [item for item, _ in taken]) if taken else []

            try:
                results = await self._maintenance.write(work)
            except Unavailable as error:
                self._trouble = error
                await self._write_apart(taken or _take(self._waiting))
            except Exception as error:  # noqa: BLE001  # it is raised where the results are awaited
                _fail(taken or _take(self._waiting), error)
            else:
                _answer(taken, results)

    async def _write_aside(self) -> None:
        while self._aside:
            await self._write_apart(_take(self._aside))

    async def _write_apart(self, taken: Sequence[Asked[ItemT, ResultT]]) -> None:
        """Write what was asked for guild by guild."""
        groups = by_guild(taken, lambda asked: self._guild_of(asked[0]))
        for group in await do_apart(groups, self._write_group):
            _fail(group, self._trouble)

    async def _write_group(self, asked: Sequence[Asked[ItemT, ResultT]]) -> None:
        guild_id = self._guild_of(asked[0][0])
        try:
            results = await self._maintenance.write(
                lambda connection: self._write(connection, [item for item, _ in asked])
            )
        except Unavailable as error:
            self._trouble = error
            _fail(asked, error)
            self._aside_until[guild_id] = time.monotonic() + _ASIDE_SECONDS
            raise
        except Exception as error:  # noqa: BLE001  # it is raised where the results are awaited
            _fail(asked, error)
        else:
            self._aside_until.pop(guild_id, None)
            _answer(asked, results)

    def _is_aside(self, guild_id: int) -> bool:
        until = self._aside_until.get(guild_id)
        if until is not None and until < time.monotonic():
            del self._aside_until[guild_id]
            return False
        return until is not None


def _take(waiting: deque[Asked[ItemT, ResultT]]) -> list[Asked[ItemT, ResultT]]:
    taken: list[Asked[ItemT, ResultT]] = []
    while waiting and len(taken) < _MAX_AT_ONCE:
        item, answer = waiting.popleft()
        if not answer.done():
            taken.append((item, answer))
    return taken


def _answer(asked: Sequence[Asked[ItemT, ResultT]], results: Sequence[ResultT]) -> None:
    for (_, answer), result in zip(asked, results, strict=True):
        if not answer.done():
            answer.set_result(result)


def _fail(asked: Sequence[Asked[ItemT, ResultT]], error: Exception) -> None:
    for _, answer in asked:
        if not answer.done():
            answer.set_exception(error)

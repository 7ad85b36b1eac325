"""Where books are on several nodes: what a process asks about all guilds, while one is away.

A question about all guilds needs every node. When it fails it is asked once more for the guilds
that this process serves, those of each node on their own: those that answer are worked for.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeAlias, TypeVar

from loguru import logger
from sqlalchemy import ColumnElement, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.maintenance import Maintenance
from bot.errors import Unavailable

T = TypeVar("T")
# Asks about these guilds alone, or about all.
Ask: TypeAlias = Callable[[Sequence[int] | None], Awaitable[list[T]]]

_AT_ONCE: Final = 500
_IS_SPREAD: Final = text(
    "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'pg_dist_partition') "
    "AND to_regproc('get_shard_id_for_distribution_column') IS NOT NULL"
)
# Every node knows this of all others.
_PLACES: Final = text(
    "SELECT guild_id, groupid FROM unnest(CAST(:guilds AS bigint[])) guild_id "
    "JOIN pg_dist_placement ON shardid = get_shard_id_for_distribution_column('book', guild_id) "
    "ORDER BY groupid, guild_id"
)


class Nodes:
    """Asks about all guilds, or about those whose nodes answer."""

    def __init__(self, maintenance: Maintenance) -> None:
        self._maintenance = maintenance
        # The guilds whose events this process gets; the client knows them.
        self.list_served: Callable[[], Iterable[int]] = tuple
        self._is_away = False

    async def ask(self, ask: Ask[T]) -> list[T]:
        """Ask about all guilds at once, else node by node; raises Unavailable if none answers."""
        try:
            found = await ask(None)
        except Unavailable as error:
            return await self._ask_each(ask, error)
        self._note(is_away=False)
        return found

    async def _ask_each(self, ask: Ask[T], trouble: Unavailable) -> list[T]:
        found: list[T] = []
        answers = 0
        for guilds in await self._maintenance.read(self._list_groups):
            try:
                for start in range(0, len(guilds), _AT_ONCE):
                    found += await ask(guilds[start : start + _AT_ONCE])
            except Unavailable as error:
                trouble = error
            else:
                answers += 1
        if not answers:
            raise trouble
        self._note(is_away=True)
        return found

    async def _list_groups(self, connection: AsyncConnection) -> list[list[int]]:
        """List the served guilds of each node; nothing where there is only one."""
        served = sorted(self.list_served())
        if not served or connection.dialect.name != "postgresql":
            return []
        if not await connection.scalar(_IS_SPREAD):
            return []
        groups: dict[int, list[int]] = {}
        for guild_id, group in await connection.execute(_PLACES, {"guilds": served}):
            groups.setdefault(group, []).append(guild_id)
        return list(groups.values())

    def _note(self, *, is_away: bool) -> None:
        """Say once that a node is away, and once that it is back."""
        if is_away and not self._is_away:
            logger.warning("A node of the database is away; its guilds wait, others are served")
        elif self._is_away and not is_away:
            logger.info("All nodes of the database answer again")
        self._is_away = is_away


def among(guild_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a guild is one of those that are asked about."""
    return guild_id.in_(bindparam("guilds", expanding=True))

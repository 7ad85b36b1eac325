"""Reads: the two doors for looking, and the right that is looked at before anything is written."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, TypeAlias

from bot.database.heavy_work import HeavyWork
from bot.database.operations import Operation, Query, RequestT, ResultT
from bot.database.outcomes import Outcome
from bot.database.rights import RightsCache
from bot.database.snapshots import Snapshots
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.chain import canonical_json
from bot.errors import NotAllowed

Declared: TypeAlias = Operation[Any, Any] | Query[Any, Any]

_LOOK_UP = "look_up"


class Reads:
    """Answers queries and opens look-ups; says how sensitive and refused ones came out."""

    def __init__(
        self,
        snapshots: Snapshots,
        rights: RightsCache,
        clock: Callable[[], datetime],
        on_outcome: list[Callable[[Outcome], None]],
    ) -> None:
        self._snapshots = snapshots
        self._rights = rights
        self._clock = clock
        self._on_outcome = on_outcome
        self._heavy = HeavyWork()

    def heavy_work(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Wait for the guild's place for a verification or an export."""
        return self._heavy.place(guild_id)

    def in_long_line(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Wait in line for work of many queries that each wait in line."""
        return self._heavy.in_long_line(guild_id)

    def in_file_line(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Wait in line to read a file that was sent, or to draw one, among other guilds' files."""
        return self._heavy.in_file_line(guild_id)

    async def query(
        self, query: Query[RequestT, ResultT], request: RequestT, actor: Actor
    ) -> ResultT:
        """Answer a query over several controllers from one snapshot."""
        if query.is_heavy and not self._heavy.is_under_way(actor.guild_id):
            async with self._heavy.place(actor.guild_id):
                return await self._query(query, request, actor)
        if query.is_in_line:
            async with self._heavy.in_line(actor.guild_id):
                return await self._query(query, request, actor)
        return await self._query(query, request, actor)

    @asynccontextmanager
    async def look_up(self, actor: Actor, *, is_timed: bool = False) -> AsyncIterator[Books]:
        """Open the guild's controllers on one read snapshot, each guarded by its permission."""
        began = time.monotonic()
        try:
            async with self._snapshots.open(actor, guarded=True, is_timed=is_timed) as books:
                yield books
        except NotAllowed:
            self._tell(_LOOK_UP, None, actor, "NotAllowed", began)
            raise

    def knows_right(self, declared: Declared, actor: Actor) -> bool:
        """Whether the actor could do this when last looked at; the unit looks at its moment."""
        need = declared.need
        known = self._rights.peek(actor, founding=need.is_founding)
        return known is not None and not need.missing(known)

    async def require_right(
        self, declared: Declared, request: object, actor: Actor, key: str
    ) -> None:
        """Raise NotAllowed if the actor may not do this, before anything is written for them."""
        need, began = declared.need, time.monotonic()
        async with self._snapshots.open(actor, founding=need.is_founding) as books:
            try:
                need.check(books.rights)
            except NotAllowed:
                self._tell(declared.name, request, actor, "NotAllowed", began, key=key)
                raise

    async def _query(
        self, query: Query[RequestT, ResultT], request: RequestT, actor: Actor
    ) -> ResultT:
        need, began = query.need, time.monotonic()
        try:
            async with self._snapshots.open(
                actor, founding=need.is_founding, is_heavy=query.is_heavy or query.is_in_line
            ) as books:
                need.check(books.rights)
                result = await query(books, request)
        except NotAllowed:
            self._tell(query.name, request, actor, "NotAllowed", began)
            raise
        if query.is_sensitive:
            self._tell(query.name, request, actor, "read", began)
        return result

    def _tell(
        self, name: str, request: object, actor: Actor, kind: str, began: float, *, key: str = ""
    ) -> None:
        if not self._on_outcome:
            return
        try:
            asked = canonical_json(request)
        except (TypeError, ValueError):
            asked = b"null"
        outcome = Outcome(
            at=self._clock(),
            actor=actor,
            key=key,
            operation=name,
            request=asked,
            kind=kind,
            record=None,
            seconds=time.monotonic() - began,
            is_read=not key,
        )
        for notify in self._on_outcome:
            notify(outcome)

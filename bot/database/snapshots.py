"""Snapshots: a guild's books as of one moment, for reading without a lock."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError

from bot.database.encryption import Encryption
from bot.database.engine import Engines
from bot.database.errors import refusing
from bot.database.models import AuditEvent, Book
from bot.database.models.base import table_of
from bot.database.rights import RightsCache
from bot.database.scope import Scope
from bot.database.statements import Prepared
from bot.database.transactions import refuse_nesting, transaction
from bot.database.turns import Turns
from bot.database.unit import BookHead, Books
from bot.domain.actors import Actor
from bot.errors import TallymanError

_book, _event = table_of(Book).c, table_of(AuditEvent).c
HEAD = select(_book.last_record, _book.last_id, _book.chain_head, _book.rights_version).where(
    _book.guild_id == bindparam("guild_id")
)
_HEAD = Prepared(HEAD)
# FOR NO KEY UPDATE: units exclude each other, while bookkeeping rows, whose foreign keys check the
# book (a card to be drawn again), need not wait for a unit that takes long.
# The time of the newest record is as old as the statement: a unit that waited for the lock may get
# None or an earlier one, which a clock is never behind. The guild is named twice: Citus locks rows
# only where each table of the statement has one.
LOCK_HEAD = Prepared(
    HEAD.add_columns(
        select(_event.at)
        .where(_event.guild_id == bindparam("guild_id"), _event.record == _book.last_record)
        .scalar_subquery(),
        _book.is_asleep,
    ).with_for_update(key_share=True, of=table_of(Book))
)
_MAX_WAITING = 100
_WAIT_SECONDS = 2.0
_LOOK_UP_TIMEOUT = text("SET LOCAL statement_timeout = 300")


class Snapshots:
    """Opens read snapshots; each begins with the book's head, which says how old rights may be."""

    def __init__(
        self,
        engines: Engines,
        encryption: Encryption,
        rights: RightsCache,
        clock: Callable[[], datetime],
    ) -> None:
        self._engines = engines
        self._encryption = encryption
        self._rights = rights
        self._clock = clock
        # A guild whose reads take long leaves connections to all others.
        self._turns = Turns(
            engines.reads_per_guild, max_waiting=_MAX_WAITING, wait_seconds=_WAIT_SECONDS
        )

    @asynccontextmanager
    async def open(
        self,
        actor: Actor,
        *,
        founding: bool = False,
        guarded: bool = False,
        is_timed: bool = False,
        is_heavy: bool = False,
    ) -> AsyncIterator[Books]:
        """Open the guild's controllers, each guarded by its view permission or none of them."""
        refuse_nesting()
        how = {"founding": founding, "guarded": guarded, "is_timed": is_timed, "is_heavy": is_heavy}
        if is_heavy:
            # `HeavyWork` has bounded it, on connections of its own.
            async with self._open_or_refuse(actor, how) as books:
                yield books
            return
        await self._turns.take(actor.guild_id)
        try:
            async with self._open_or_refuse(actor, how) as books:
                yield books
        finally:
            self._turns.give_back(actor.guild_id)

    @asynccontextmanager
    async def _open_or_refuse(self, actor: Actor, how: dict[str, bool]) -> AsyncIterator[Books]:
        with refusing():
            try:
                snapshot, books = await self._open(actor, **how)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # A connection that was lost since its last use is found by its first statement.
                snapshot, books = await self._open(actor, **how)
            async with snapshot:
                try:
                    yield books
                except TallymanError as error:
                    error.refused = error.refused or books.rights
                    raise

    async def _open(
        self, actor: Actor, *, founding: bool, guarded: bool, is_timed: bool, is_heavy: bool
    ) -> tuple[AsyncExitStack, Books]:
        async with AsyncExitStack() as stack:
            engine = self._engines.heavy if is_heavy else self._engines.read
            connection = await stack.enter_async_context(transaction(engine))
            if is_timed and not self._engines.is_sqlite:
                await connection.execute(_LOOK_UP_TIMEOUT)
            heads = await _HEAD.fetch(connection, {"guild_id": actor.guild_id})
            head = BookHead(*heads[0]) if heads else BookHead.of_nothing(actor.guild_id)
            version = head.rights_version
            rights = await self._rights.of(connection, actor, version, founding=founding)
            scope = Scope(
                connection, actor.guild_id, self._clock(), self._encryption, record=head.last_record
            )
            return stack.pop_all(), Books(scope, actor, rights, head, guarded=guarded)

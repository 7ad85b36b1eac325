"""DatabaseService: the only owner of connections and transactions, and the only way to change.

Every change of a guild's books goes through `run`: one transaction whose first statement locks
the guild's book and whose last writes the ledger, the record, the outbox and the receipt.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from loguru import logger
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.condition import Condition, file_of
from bot.database.encryption import Encryption
from bot.database.engine import DatabaseSettings, Engines, PoolFigures, open_engines
from bot.database.entries import Missed
from bot.database.errors import is_transient, to_domain_error, unavailable
from bot.database.maintenance import Maintenance
from bot.database.models import Receipt
from bot.database.models.base import table_of
from bot.database.new_guild import open_book
from bot.database.nodes import Nodes
from bot.database.operations import FINISHES, Operation, Query, RequestT, ResultT
from bot.database.reads import Reads
from bot.database.resting import wake
from bot.database.rights import RightsCache
from bot.database.running import RunningUnit
from bot.database.scope import Scope
from bot.database.signing import Signing
from bot.database.snapshots import LOCK_HEAD, Snapshots
from bot.database.transactions import refuse_nesting, transaction
from bot.database.turns import Turns
from bot.database.unit import BookHead, Books, UnitOfWork
from bot.database.upkeep import Upkeep
from bot.database.writer import ReceiptDraft, write_unit
from bot.domain.actions import is_observation
from bot.domain.actors import Actor
from bot.errors import BrokenBooks, KeyReused, TallymanError

if TYPE_CHECKING:
    from bot.database.outcomes import Outcome

_UNITS_PER_GUILD = 2
_ATTEMPTS = 5
_ATTEMPTS_SECONDS = 2.0
_DISPOSE_SECONDS = 2.0

_receipt = table_of(Receipt).c
_guild_id: BindParameter[int] = bindparam("guild_id")
_RECEIPT = select(
    _receipt.actor_id, _receipt.operation, _receipt.fingerprint, _receipt.answer, _receipt.record
).where(_receipt.guild_id == _guild_id, _receipt.key == bindparam("key"))


def utc_now() -> datetime:
    """The clock on the wall; tests and the demo inject their own."""
    return datetime.now(UTC)


class DatabaseService:
    """Runs operations and reads, each in a transaction of its own.

    Three doors lead to the rows, and each needs an actor: `look_up`, `query` and `run`.
    `maintenance` is for the bookkeeping of deliveries. `clock` says what time a change happens at.
    `on_commit` callbacks get the guild of every committed change, to wake jobs, those of
    `on_rights_change` the guild of one that changes what roles or people may do; `on_outcome`
    callbacks how every run ended. They must not raise or block.
    """

    def __init__(
        self, settings: DatabaseSettings, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.clock = clock
        self.on_commit: list[Callable[[int], None]] = []
        self.on_rights_change: list[Callable[[int], None]] = []
        self.on_outcome: list[Callable[[Outcome], None]] = []
        self._engines: Engines = open_engines(settings)
        self.maintenance = Maintenance(self._engines)
        self.nodes = Nodes(self.maintenance)
        file = file_of(settings.url)
        checked = clock if settings.clock_check else None
        self.condition = Condition(self.maintenance, file, checked, self._engines.last)
        self.upkeep = Upkeep(self._engines, self.maintenance, self.condition, file)
        self.encryption = Encryption(settings.url, settings.data_key)
        self.signing = Signing(settings.url, settings.signing_key)
        self._rights = RightsCache(clock)
        self._engines.on_other_books(self._rights.forget)
        snapshots = Snapshots(self._engines, self.encryption, self._rights, clock)
        self.reads = Reads(snapshots, self._rights, clock, self.on_outcome)
        self.turns = Turns(_UNITS_PER_GUILD)
        self._units: set[asyncio.Task[Any]] = set()

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is an SQLite file."""
        return self._engines.is_sqlite

    def list_pools(self) -> list[PoolFigures]:
        """Measure the pools of connections."""
        return self._engines.list_pools()

    async def close(self, *, within_seconds: float = 10.0) -> None:
        """Wait for the units that have begun, then close every connection."""
        if self._units:
            await asyncio.wait(self._units, timeout=within_seconds)
        try:
            async with asyncio.timeout(_DISPOSE_SECONDS):
                await self._engines.dispose()
        except TimeoutError:
            logger.warning("The database does not answer; its connections are given up")

    async def ping(self) -> None:
        """Ask whether the database takes changes; raises Unavailable."""
        await self.condition.check()

    async def run(
        self,
        operation: Operation[RequestT, ResultT],
        request: RequestT,
        actor: Actor,
        key: str,
        *,
        missed: Sequence[Missed] = (),
        ahead: object = None,
    ) -> ResultT:
        """Change a guild's books by one operation, all or nothing, and return its answer.

        `key` makes it idempotent: delivered again by the same actor with the same request it
        returns the first answer, anything else raises KeyReused. Cancelling the caller while
        it waits for its turn does nothing at all; a unit that has begun is finished. `missed` are
        requests that it must not repeat unasked; `ahead` is what was prepared for it.
        Raises what the operation refuses with, NotAllowed, or Unavailable.
        """
        refuse_nesting()
        await self.turns.take(actor.guild_id)
        unit = RunningUnit(operation, request, actor, key, missed, ahead)
        task = asyncio.create_task(self._run_and_tell(unit))
        self._units.add(task)
        task.add_done_callback(lambda done: self._end_turn(done, unit))
        return await asyncio.shield(task)

    async def query(
        self, query: Query[RequestT, ResultT], request: RequestT, actor: Actor
    ) -> ResultT:
        """Answer a query over several controllers from one snapshot."""
        return await self.reads.query(query, request, actor)

    def look_up(
        self, actor: Actor, *, is_timed: bool = False
    ) -> AbstractAsyncContextManager[Books]:
        """Open the guild's controllers on one read snapshot, each guarded by its permission.

        A timed look-up (autocomplete) may take 300 ms at most on PostgreSQL.
        """
        return self.reads.look_up(actor, is_timed=is_timed)

    # How a unit runs

    async def _run_and_tell(self, unit: RunningUnit[RequestT, ResultT]) -> ResultT:
        began, kind = time.monotonic(), "failed"
        try:
            result = await self._run_until_settled(unit)
            # Found again after a commit whose answer was lost, it is this unit's own.
            is_replay = unit.was_answered_before and not unit.may_have_committed
            kind = "replayed" if is_replay else "committed"
        except TallymanError as error:
            kind = type(error).__name__
            raise
        finally:
            if self.on_outcome:
                outcome = unit.end(kind, self.clock(), time.monotonic() - began)
                for notify in self.on_outcome:
                    notify(outcome)
        return result

    async def _run_until_settled(self, unit: RunningUnit[RequestT, ResultT]) -> ResultT:
        deadline = time.monotonic() + _ATTEMPTS_SECONDS
        attempts = 0
        while True:
            attempts += 1
            try:
                return await self._run_once(unit)
            except Exception as error:
                if not is_transient(error):
                    return await self._settle(unit, error)
                pause = random.uniform(0.02, 0.1) * 2**attempts  # noqa: S311  # jitter
                if attempts >= _ATTEMPTS or time.monotonic() + pause > deadline:
                    raise _lost(error, unit) from error
                logger.debug("{} is tried again: {}", unit.operation.name, type(error).__name__)
                await asyncio.sleep(pause)

    async def _run_once(self, unit: RunningUnit[RequestT, ResultT]) -> ResultT:
        operation, actor = unit.operation, unit.actor
        self.condition.require_right_clock()
        now = self.clock()
        async with transaction(self._engines.write) as connection:
            head = await self._lock_book(connection, actor.guild_id)
            if head is None:
                # A lock holds nothing that is not there: open the book, then lock it.
                await open_book(connection, actor.guild_id, now)
                head = await self._lock_book(connection, actor.guild_id)
                assert head is not None
            self.condition.require_clock(actor.guild_id, now, head.newest_at)
            if head.is_asleep:
                await wake(connection, actor.guild_id, now)
            rights = await self._rights.of(
                connection, actor, head.rights_version, founding=operation.need.is_founding
            )
            operation.need.check(rights)
            scope = Scope(
                connection,
                actor.guild_id,
                now,
                self.encryption,
                record=head.last_record + 1,
                last_id=head.last_id,
                signing=self.signing,
            )
            uow = UnitOfWork(scope, actor, rights, head)
            uow.missed, uow.ahead = unit.missed, unit.ahead
            try:
                result = await operation(uow, unit.request)
                for finish in FINISHES:
                    await finish(uow)
            except TallymanError as error:
                error.refused = error.refused or rights
                raise
            await self._write(uow, head, unit, result)
            unit.record, unit.may_have_committed = head.last_record, True
        for notify in self.on_commit:
            notify(actor.guild_id)
        if scope.has_changed_rights:
            for notify in self.on_rights_change:
                notify(actor.guild_id)
        return result

    async def _write(
        self, uow: UnitOfWork, head: BookHead, unit: RunningUnit[RequestT, ResultT], result: ResultT
    ) -> None:
        operation = unit.operation
        entry = uow.entry
        if entry is None or not (uow.scope.has_changes or is_observation(entry.action)):
            raise BrokenBooks(f"{operation.name} must change something and record it, once")
        head.last_record += 1
        head.last_id = uow.scope.last_id
        head.rights_version += uow.scope.has_changed_rights
        request = unit.dump_request()
        kept = request if uow.resolved is None else operation.dump(uow.resolved)
        receipt = ReceiptDraft(
            key=unit.actor.prefixed(unit.key),
            operation_id=unit.key,
            operation=operation.name,
            fingerprint=self.encryption.fingerprints.make(request),
            request=kept.decode() if operation.is_repeatable else None,
            answer=operation.dump(result).decode(),
        )
        await write_unit(uow, head, receipt)

    async def _settle(self, unit: RunningUnit[RequestT, ResultT], error: Exception) -> ResultT:
        """Return what this key was answered before; else raise what the unit failed with."""
        operation, actor = unit.operation, unit.actor
        refusal = error if isinstance(error, TallymanError) else to_domain_error(error)
        # Without a receipt a unit that failed changed nothing, whatever ails the database.
        refusal = refusal or unavailable(error)
        try:
            async with transaction(self._engines.read) as connection:
                here = {"guild_id": actor.guild_id, "key": actor.prefixed(unit.key)}
                receipt = (await connection.execute(_RECEIPT, here)).first()
        except Exception as trouble:
            raise _lost(trouble, unit) from trouble
        if receipt is None:
            raise refusal or error
        is_same = (receipt.actor_id, receipt.operation) == (actor.user_id, operation.name)
        matches = self.encryption.fingerprints.matches
        if not is_same or not matches(receipt.fingerprint, unit.dump_request()):
            raise KeyReused(unit.key) from error
        unit.record, unit.was_answered_before = receipt.record, True
        return operation.load_result(receipt.answer)

    async def _lock_book(self, connection: AsyncConnection, guild_id: int) -> BookHead | None:
        rows = await LOCK_HEAD.fetch(connection, {"guild_id": guild_id})
        return BookHead(*rows[0]) if rows else None

    def _end_turn(self, task: asyncio.Task[Any], unit: RunningUnit[RequestT, ResultT]) -> None:
        self._units.discard(task)
        self.turns.give_back(unit.actor.guild_id)
        # The caller may be gone: then nothing else would ever look at the error.
        if not task.cancelled():
            task.exception()


def _lost(error: Exception, unit: RunningUnit[Any, Any]) -> Exception:
    """Return what is raised when it cannot be looked up what came of a unit."""
    return unavailable(error, is_certain=not unit.may_have_committed) or error

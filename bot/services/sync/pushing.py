"""Pushing: what devices did is done in the books, one unit each, in the order of the device.

A refusal is an answer: it says why and changes nothing. What the books cannot take now is held, and
so is all behind it: the device sends it again.
"""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from loguru import logger

from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.sync import (
    MAX_OPERATIONS,
    RETENTION,
    Pushed,
    PushTable,
    Status,
    SyncConflict,
    SyncOperation,
    SyncResult,
)
from bot.domain.sync_refusals import ChangedSince, RightsUnknown, TooOld, reason_of
from bot.errors import (
    Ambiguous,
    BrokenBooks,
    Conflict,
    KeyReused,
    NamesUnknown,
    NotAllowed,
    NotFound,
    RuleBroken,
    TallymanError,
    TooManyAtOnce,
    Unavailable,
)
from bot.logs import new_reference
from bot.services.sync.intents import read_operation
from bot.services.sync.performing import (
    Delivery,
    Performed,
    PerformOperation,
    perform_operation,
)
from bot.services.sync.server_rows import read_server_row, wanted_row

_FLOOR: Final[frozenset[PushTable]] = frozenset({"stock_moves", "stock_counts"})
_REFUSALS: Final = (Ambiguous, Conflict, NamesUnknown, NotAllowed, NotFound, RuleBroken)
_TOO_MANY: Final = "too_many"


@dataclass(frozen=True, slots=True)
class Known:
    """An operation that the books know: the record that it made, or that made another of it."""

    record: int
    fingerprint: str
    is_superseded: bool = False


@dataclass(slots=True)
class _Batch:
    """What a device sent at once, and what has become of it so far."""

    db: DatabaseService
    actor: Actor
    device_id: int
    skew: timedelta
    may_only_floor: bool
    known: dict[str, Known] = field(default_factory=dict)
    refused: dict[str, SyncResult] = field(default_factory=dict)
    conflicts: list[SyncConflict] = field(default_factory=list)
    # Why the rest is held, once something was.
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindKnown:
    """Ask which operations the books know."""

    ids: tuple[str, ...]


@query("sync.known", everyone=True, is_shown=False)
async def find_known(books: Books, request: FindKnown) -> Mapping[str, Known]:
    """Return what is known of operations, by their ids: no one's rights are needed to hear it."""
    return {
        row.operation_id: Known(row.record, row.fingerprint, row.superseded_by is not None)
        for row in await books.sync_operations.find_known(request.ids)
    }


async def push(
    db: DatabaseService,
    actor: Actor,
    operations: Sequence[SyncOperation],
    *,
    device_id: int,
    skew: timedelta,
    may_only_floor: bool = False,
) -> Pushed:
    """Do what a device did and say what became of each; refusals are answers.

    `skew` is how much its clock is behind the server's. While Discord cannot be asked what the
    member may do, only floor work is done (`may_only_floor`).
    """
    batch = _Batch(db, actor, device_id, skew, may_only_floor)
    ordered = sorted(operations, key=lambda each: each.seq)
    if ordered:
        await _look_up(batch, [each.id for each in ordered])
    results = []
    for number, each in enumerate(ordered):
        if number >= MAX_OPERATIONS and not batch.held:
            batch.held = _TOO_MANY
        results.append(await _push_one(batch, each))
    return Pushed(results=results, conflicts=batch.conflicts)


async def _look_up(batch: _Batch, ids: Sequence[str]) -> None:
    try:
        found = await batch.db.query(find_known, FindKnown(ids=tuple(ids)), batch.actor)
    except TallymanError as error:
        batch.held = reason_of(error)
        return
    batch.known.update(found)


async def _push_one(batch: _Batch, sent: SyncOperation) -> SyncResult:
    refused = batch.refused.get(sent.id)
    if refused is not None:
        return refused
    try:
        return await _perform_once(batch, sent, read_operation(sent))
    except TooManyAtOnce as error:
        return _hold(batch, sent, error)
    except _REFUSALS as error:
        batch.refused[sent.id] = await _refuse(batch, sent, error)
        return batch.refused[sent.id]
    except BrokenBooks as error:
        # Held for ever, unless an operator hears of it.
        with logger.contextualize(guild=batch.actor.guild_id, reference=new_reference()):
            logger.opt(exception=error).error("What device {} did is held", batch.device_id)
        return _hold(batch, sent, error)
    except TallymanError as error:
        return _hold(batch, sent, error)


async def _perform_once(
    batch: _Batch, sent: SyncOperation, request: PerformOperation
) -> SyncResult:
    if sent.id in batch.known:
        return _say_known(batch, request)
    try:
        return await _perform(batch, sent, request)
    except Conflict:
        # It (or what takes its place) was sent twice at once, and the other one was quicker.
        await _look_up(batch, [sent.id])
        if sent.id not in batch.known:
            raise
        return _say_known(batch, request)


def _say_known(batch: _Batch, request: PerformOperation) -> SyncResult:
    """Return what the books know of an operation; raises KeyReused if they know another one."""
    known = batch.known[request.id]
    status: Status = "superseded" if known.is_superseded else "duplicate"
    if not known.is_superseded and not batch.db.encryption.fingerprints.matches(
        known.fingerprint, request.fingerprint()
    ):
        raise KeyReused(request.id)
    return SyncResult(id=request.id, status=status, record=known.record)


async def _perform(batch: _Batch, sent: SyncOperation, request: PerformOperation) -> SyncResult:
    if batch.held:
        return SyncResult(id=sent.id, status="held", reason=batch.held)
    if batch.may_only_floor and sent.table not in _FLOOR:
        raise RightsUnknown
    delivery = Delivery(
        attempt=uuid.uuid4().hex,
        device_id=batch.device_id,
        happened_at=_require_recent(batch, request.timestamp),
    )
    done: Performed = await batch.db.run(
        perform_operation, request, batch.actor, sent.id, ahead=delivery
    )
    fingerprint = batch.db.encryption.fingerprints.make(request.fingerprint())
    batch.known[sent.id] = Known(done.record, fingerprint)
    if sent.supersedes is not None:
        batch.known[sent.supersedes] = Known(done.record, "", is_superseded=True)
    if done.overtaken is not None:
        lost = ChangedSince(done.overtaken.fields, done.overtaken.record)
        await _tell_conflict(batch, sent, lost)
    # The same was sent twice at once, and the other one was quicker.
    is_first = done.attempt == delivery.attempt
    return SyncResult(id=sent.id, status="applied" if is_first else "duplicate", record=done.record)


def _require_recent(batch: _Batch, timestamp: datetime) -> datetime:
    """Return when something happened by the server's clock; raises TooOld."""
    now = batch.db.clock()
    try:
        happened_at = timestamp + batch.skew
    except OverflowError:
        happened_at = now
    if now - happened_at > RETENTION:
        raise TooOld(now - happened_at, RETENTION)
    return min(happened_at, now)


async def _refuse(batch: _Batch, sent: SyncOperation, error: TallymanError) -> SyncResult:
    await _tell_conflict(batch, sent, error)
    return SyncResult(
        id=sent.id,
        status="rejected",
        reason=reason_of(error),
        record=getattr(error, "record", None),
    )


async def _tell_conflict(batch: _Batch, sent: SyncOperation, error: TallymanError) -> None:
    """Add why something was refused or overtaken, with the row as it is if they may see it."""
    wanted, row = wanted_row(sent), None
    if wanted is not None:
        with suppress(*_REFUSALS, Unavailable):
            row = await batch.db.query(read_server_row, wanted, batch.actor)
    batch.conflicts.append(
        SyncConflict(
            operation_id=sent.id,
            table=sent.table,
            reason=reason_of(error),
            error=error,
            server_record=row,
        )
    )


def _hold(batch: _Batch, sent: SyncOperation, error: TallymanError) -> SyncResult:
    batch.held = batch.held or reason_of(error)
    return SyncResult(id=sent.id, status="held", reason=batch.held)

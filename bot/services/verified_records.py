"""The records of a guild as verifying reads and takes them, page by page."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from bot.database.controllers.receipts import ReceiptKept
from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.database.written_rows import WrittenPage
from bot.domain.actors import Actor
from bot.domain.findings import Finding
from bot.domain.verification import Verification
from bot.domain.written_records import read_event

_RECORDS_AT_ONCE: Final = 500
# Receipts are deleted after a week; the job's clock may be a little ahead of this one.
_RECEIPTS_SURELY_KEPT: Final = timedelta(days=6, hours=23)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadChain:
    """Read the next records of the chain."""

    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRead:
    """Records with their moves, the book beside them, and which of the newest have receipts."""

    events: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    last_record: int
    now: datetime
    receipts: tuple[ReceiptKept, ...]
    is_last: bool


@query(permission="audit.view", is_shown=False, is_heavy=True)
async def read_chain(books: Books, request: ReadChain) -> ChainRead:
    """Read the next records of the chain with what goes with them."""
    events = await books.audit.list_stored(request.after, _RECORDS_AT_ONCE)
    is_last = len(events) < _RECORDS_AT_ONCE
    last = None if is_last else events[-1]["record"]
    receipts: list[ReceiptKept] = []
    if events and _is_recent(events[-1], books.now):
        receipts = await books.receipts.list_kept(request.after, events[-1]["record"])
    return ChainRead(
        events=events,
        moves=await books.audit.list_stored_moves(request.after, last),
        last_record=books.head.last_record,
        now=books.now,
        receipts=tuple(receipts),
        is_last=is_last,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRead:
    """Records and their moves as the database writes them, and the book beside them."""

    records: WrittenPage
    moves: WrittenPage
    last_record: int
    now: datetime


@query(permission="audit.view", is_shown=False, is_heavy=True)
async def read_written(books: Books, request: ReadChain) -> WrittenRead | None:
    """Read the next records, or None at the end."""
    records = await books.audit.list_written(request.after, _RECORDS_AT_ONCE)
    if records.count < _RECORDS_AT_ONCE or type(records.last) is not int:
        return None
    return WrittenRead(
        records=records,
        moves=await books.audit.list_written_moves(request.after, records.last),
        last_record=books.head.last_record,
        now=books.now,
    )


class Taken(Enum):
    """What became of records that the database wrote."""

    ALL = "all"
    # Something is wrong among them.
    NONE = "none"
    # Their receipts have to be looked for, and those of all that follow.
    RECENT = "recent"


async def take_written_records(
    db: DatabaseService, actor: Actor, verification: Verification
) -> None:
    """Take records as the database writes them, up to the last or the recent ones.

    Those among which something is wrong are read again, value by value.
    """
    piece = await db.query(read_written, ReadChain(after=verification.last_taken), actor)
    while piece is not None:
        taken, following = await asyncio.gather(
            asyncio.to_thread(take_written, verification, piece),
            db.query(read_written, ReadChain(after=piece.records.last), actor),
        )
        if taken is Taken.RECENT:
            return
        if taken is Taken.NONE:
            after = ReadChain(after=verification.last_taken)
            again = await db.query(read_chain, after, actor)
            await asyncio.to_thread(take_records, verification, again)
            if verification.last_taken != piece.records.last:
                following = await db.query(
                    read_written, ReadChain(after=verification.last_taken), actor
                )
        piece = following


def take_written(verification: Verification, piece: WrittenRead) -> Taken:
    """Take a piece as the database wrote it, if its receipts need not be there any more."""
    records, moves = piece.records.read(), piece.moves.read()
    if not records or moves is None:
        return Taken.NONE
    try:
        newest = read_event(records[-1][-1])
    except ValueError:
        return Taken.NONE
    if _is_recent(newest, piece.now):
        return Taken.RECENT
    return Taken.ALL if verification.take_written(records, moves, piece.last_record) else Taken.NONE


def take_records(verification: Verification, piece: ChainRead) -> None:
    """Take the records of a piece, and look for the receipts of those that must have one."""
    verification.take(piece.events, piece.moves, piece.last_record)
    if not piece.events or not _is_recent(piece.events[-1], piece.now):
        return  # as `read_chain`, which read no receipts then
    known = {event["record"]: event for event in piece.events}
    for receipt in piece.receipts:
        if not _belongs(receipt, known.get(receipt.record)):
            verification.note(Finding("stray_receipt", receipt.record))
    receipts = {receipt.record for receipt in piece.receipts}
    of_operation = {e["operation_id"] for e in piece.events if e["record"] in receipts}
    for event in piece.events:
        # A schema without sources of keys kept the first of two receipts of one operation id.
        if (
            event["operation_id"] is not None
            and _is_recent(event, piece.now)
            and event["record"] not in receipts
            and event["operation_id"] not in of_operation
        ):
            verification.note(Finding("no_receipt", event["record"]))


def _belongs(receipt: ReceiptKept, event: dict[str, Any] | None) -> bool:
    """Whether a receipt is that of a record: of who made it, under the key of its operation."""
    if event is None or receipt.actor_id != event["actor_id"]:
        return False
    operation_id = event["operation_id"]
    return operation_id is None or receipt.key == f"{event['source']}:{operation_id}"


def _is_recent(event: dict[str, Any], now: datetime) -> bool:
    at = event["at"]
    # PostgreSQL's driver gives an instant without a zone for what is no instant: `infinity`.
    is_instant = isinstance(at, datetime) and at.tzinfo is not None
    return is_instant and at > now - _RECEIPTS_SURELY_KEPT

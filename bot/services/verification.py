"""Verifying a guild's books while they are in use: piece by piece, each from one snapshot."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.database.controllers.base import BaseController
from bot.database.errors import trouble_of
from bot.database.operations import query
from bot.database.raw_rows import READING_ERRORS
from bot.database.service import DatabaseService
from bot.database.signing import Signing
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.anchors import Anchor
from bot.domain.compared_days import NOUN as DAYS
from bot.domain.findings import ClosedDay, Finding
from bot.domain.lanes import AUDIT
from bot.domain.replayed_rows import COMPARED
from bot.domain.verification import Verification
from bot.services.verified_beside import IMPORT, verify_imports, verify_receipts
from bot.services.verified_dates import (
    MOVE,
    OPERATION,
    verify_dated_moves,
    verify_operations,
)
from bot.services.verified_days import verify_days
from bot.services.verified_records import (
    ReadChain,
    read_chain,
    take_records,
    take_written_records,
)
from bot.services.verified_signatures import Judgement
from bot.services.verified_tables import ROWS_AT_ONCE, compared_tables, read_pages

# Ten megabytes at most.
_FILES_AT_ONCE: Final = {"image": 50, "invoice file": 2}
_MAX_DELETED: Final = 10_000
_LEVELS: Final = "level"


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksVerified:
    """How far the books were checked, the head of the chain, and what is wrong with them.

    `unreadable` counts encrypted values that could not be compared because their key is missing,
    `unknown` records of actions that this version does not know, `foreign` signatures of keys that
    are not known here. `matched` are the outside copies of heads that agree with the books and
    prove it, `days` those that were closed.
    """

    guild_id: int
    last_record: int
    head: str
    findings: tuple[Finding, ...]
    names: dict[int, str]
    unreadable: int = 0
    unknown: int = 0
    foreign: int = 0
    matched: tuple[Anchor, ...] = ()
    days: tuple[ClosedDay, ...] = ()


@query(permission="audit.view", is_shown=False, is_heavy=True)
async def compare_tables(books: Books, request: Verification) -> BooksVerified:
    """Take the last records, then compare every table with them, all from one snapshot."""
    verification = request
    while True:
        piece = await read_chain(books, ReadChain(after=verification.last_taken))
        await asyncio.to_thread(take_records, verification, piece)
        if piece.is_last:
            break
    with _noting_what_cannot_be_read(verification, _LEVELS):
        async for levels in read_pages(books.stock, ("item_id", "location_id", "lot_id")):
            await asyncio.to_thread(verification.compare_levels, levels)
    for noun, controller in compared_tables(books).items():
        with _noting_what_cannot_be_read(verification, noun):
            await _compare_table(verification, noun, controller)
    with _noting_what_cannot_be_read(verification, DAYS):
        await verify_days(books, verification)
    with _noting_what_cannot_be_read(verification, IMPORT):
        await verify_imports(books, verification)
    with _noting_what_cannot_be_read(verification, OPERATION):
        await verify_operations(books, verification)
    with _noting_what_cannot_be_read(verification, MOVE):
        await verify_dated_moves(books, verification)
    await verify_receipts(books, verification)
    await _compare_lines(books, verification)
    head = books.head
    findings = await asyncio.to_thread(verification.finish, head.last_record, head.chain_head)
    return BooksVerified(
        guild_id=books.actor.guild_id,
        last_record=head.last_record,
        head=head.chain_head,
        findings=tuple(findings),
        names=await _name_things(books, findings),
        unreadable=verification.comparison.unreadable,
        unknown=len(verification.replay.unknown),
        matched=tuple(verification.matched),
        days=tuple(verification.days),
    )


async def _compare_table(
    verification: Verification, noun: str, controller: BaseController[Any]
) -> None:
    at_once = _FILES_AT_ONCE.get(noun, ROWS_AT_ONCE)
    async for rows in read_pages(controller, COMPARED[noun].key, at_once):
        await asyncio.to_thread(verification.compare_rows, noun, rows)
    if verification.replay.unknown:
        since = min(verification.replay.unknown) - 1
        for key, record in await controller.list_deleted(since, _MAX_DELETED):
            verification.excuse(noun, key, record)


@contextmanager
def _noting_what_cannot_be_read(verification: Verification, noun: str) -> Iterator[None]:
    """Note a table that has a value which cannot be read or compared; the others are compared."""
    try:
        yield
    except READING_ERRORS as error:
        if trouble_of(error) is not None:
            raise
        verification.replay.rows.get(noun, {}).clear()
        verification.note(Finding("unreadable", noun=noun))


async def verify_books(
    db: DatabaseService,
    actor: Actor,
    anchors: Iterable[Anchor] = (),
    *,
    fetch_anchors: Callable[[], Awaitable[Iterable[Anchor]]] | None = None,
) -> BooksVerified:
    """Recompute a guild's chain, balances and rows, and compare them with outside copies.

    Other people go on working meanwhile. Raises HeavyWorkUnderWay while the guild has another,
    before copies are fetched.
    """
    async with db.reads.heavy_work(actor.guild_id):
        fetched = await fetch_anchors() if fetch_anchors is not None else ()
        verification = Verification(actor.guild_id, (*anchors, *fetched))
        try:
            return await _verify(db, actor, verification)
        except READING_ERRORS as error:
            if trouble_of(error) is not None:
                raise
            behind = Finding("unreadable_books", verification.last_record)
            return BooksVerified(
                guild_id=actor.guild_id,
                last_record=verification.last_record,
                head="",
                findings=(*verification.findings, behind),
                names={},
            )


async def _verify(db: DatabaseService, actor: Actor, verification: Verification) -> BooksVerified:
    await take_written_records(db, actor, verification)
    piece = await db.query(read_chain, ReadChain(after=verification.last_taken), actor)
    while not piece.is_last:
        following = ReadChain(after=piece.events[-1]["record"])
        # Hashing holds the interpreter for milliseconds at a time, not the loop: the database
        # reads meanwhile.
        _, piece = await asyncio.gather(
            asyncio.to_thread(take_records, verification, piece),
            db.query(read_chain, following, actor),
        )
    # The last records are taken together with the tables that they lead to.
    verified = await db.query(compare_tables, verification, actor)
    return await asyncio.to_thread(_check_signatures, db.signing, verified)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditChannel:
    """The audit channel, and the record whose line is the first that it need not have yet."""

    channel_id: int | None
    first_waiting: int


@query(permission="audit.view", is_shown=False)
async def find_audit_channel(books: Books, request: None) -> AuditChannel:
    """Return where lines go and how many have gone out."""
    del request
    waiting = await books.outbox.find_first_waiting_line()
    first = books.head.last_record + 1 if waiting is None else waiting
    channels = await books.guild_channels.find_ids()
    return AuditChannel(channel_id=channels.get(AUDIT), first_waiting=first)


def _check_signatures(signing: Signing, verified: BooksVerified) -> BooksVerified:
    heads = [day.head for day in verified.days]
    judged = Judgement(signing, (*verified.matched, *heads))
    return replace(
        verified,
        findings=(*verified.findings, *judged.list_findings(verified.days)),
        foreign=judged.foreign,
        matched=tuple(filter(judged.proves, verified.matched)),
    )


async def _compare_lines(books: Books, verification: Verification) -> None:
    """Say which record's line for the audit channel is neither delivered nor waiting.

    Lines go out in order, so those that wait are the last ones. Where no channel was ever named,
    none can have gone out.
    """
    waiting = await books.outbox.count_waiting_lines()
    last = books.head.last_record
    first = last + 1 if waiting.first is None else waiting.first
    told = await books.audit_messages.find_last_told()
    if told is not None and told < first - 1:
        verification.note(Finding("no_line", told + 1))
    elif first + waiting.total != last + 1:
        gap = await books.outbox.find_gap()
        verification.note(Finding("no_line", gap))
    elif first > 1 and not verification.has_channel and last:
        verification.note(Finding("no_line", first - 1))


async def _name_things(books: Books, findings: Iterable[Finding]) -> dict[int, str]:
    """Name items and locations by their ids, for what is wrong with them."""
    findings = list(findings)
    ids = {f.item_id for f in findings} | {f.location_id for f in findings}
    known = [each for each in ids if isinstance(each, int)]
    locations = await books.locations.get_many(known)
    items = await books.items.get_many(known)
    names = {key: location.name for key, location in locations.items()}
    return names | {key: item.sku for key, item in items.items()}

"""The books as an outsider can check them: each record with all that its hash covers.

One JSON object a line, in the one form that is hashed (`docs/verify_export.py` reads it): a guild's
line, its records, where they end, and the levels they lead to if the last records are there. Read
in pages, so a book of any size is written with the memory of a page.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.chain import canonical_json, first_link, hashed_content
from bot.services.audit import FindRecords, find_bounds

_RECORDS_AT_ONCE: Final = 500
_LEVELS_AT_ONCE: Final = 1000
VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """Read the next records of an export, up to before one; the whole book without a bound."""

    after: int
    beyond: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """Some lines of an export, how many of them are records, and where to read on."""

    lines: list[bytes]
    after: int
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The records of an export: after one and before another, and the hash before the first."""

    after: int
    beyond: int | None
    previous: str


@query("export_chain", permission="audit.view", is_shown=False, is_heavy=True, is_sensitive=True)
async def find_export_period(books: Books, request: FindRecords) -> Period:
    """Return which records a period has."""
    first, beyond = await find_bounds(books, request)
    # A time after the last record: there is nothing, and it is behind that one.
    after = min(first - 1, books.head.last_record)
    is_whole = not request.until.strip()
    previous = await _hash_of(books, after)
    return Period(after=after, beyond=None if is_whole else beyond, previous=previous)


@query(permission="audit.view", is_shown=False, is_heavy=True)
async def read_export_page(books: Books, request: ReadPage) -> PageRead:
    """Read the next records; behind the last one, from the same snapshot, where the book ends."""
    events = await books.audit.list_stored(request.after, _RECORDS_AT_ONCE)
    is_last = len(events) < _RECORDS_AT_ONCE
    if request.beyond is not None:
        kept = [event for event in events if event["record"] < request.beyond]
        is_last, events = is_last or len(kept) < len(events), kept
    last = events[-1]["record"] if events else request.after
    moves = await books.audit.list_stored_moves(request.after, last) if events else []
    lines = await asyncio.to_thread(_record_lines, events, moves)
    if is_last and request.beyond is None:
        head = {"head": books.head.chain_head, "last": books.head.last_record}
        lines.append(canonical_json(head))
        lines += await _level_lines(books)
    elif is_last:
        # Without an end of its own it would look like one that was cut.
        part = {"head": await _hash_of(books, last), "last": last, "goes_on": True}
        lines.append(canonical_json(part))
    return PageRead(lines=lines, after=last, is_last=is_last)


async def _hash_of(books: Books, record: int) -> str:
    found = await books.audit.list_stored(record - 1, 1) if record else ()
    return found[0]["hash"] if found else first_link(books.actor.guild_id)


async def export_chain(
    db: DatabaseService, request: FindRecords, actor: Actor
) -> AsyncIterator[bytes]:
    """Yield a guild's export in pieces of many lines; raises HeavyWorkUnderWay."""
    async with db.reads.heavy_work(actor.guild_id):
        async for piece in _export(db, request, actor):
            yield piece


async def _export(db: DatabaseService, request: FindRecords, actor: Actor) -> AsyncIterator[bytes]:
    period = await db.query(find_export_period, request, actor)
    keys = {key.name: key.content for key in await asyncio.to_thread(db.signing.list_public_keys)}
    begin = {
        "export": "tallyman books",
        "version": VERSION,
        "guild": actor.guild_id,
        "after": period.after,
        "previous": period.previous,
        "public_keys": keys,
    }
    yield canonical_json(begin) + b"\n"
    after = period.after
    while True:
        page = await db.query(read_export_page, ReadPage(after=after, beyond=period.beyond), actor)
        yield b"".join(line + b"\n" for line in page.lines)
        if page.is_last:
            return
        after = page.after


def _record_lines(events: Sequence[Mapping[str, Any]], moves: Sequence[Any]) -> list[bytes]:
    of_record = {number: list(found) for number, found in groupby(moves, lambda m: m["record"])}
    lines = []
    for event in events:
        try:
            chained, moved = hashed_content(event, of_record.get(event["record"], []))
            record = {"format": event["format"], "event": chained, "moves": moved}
            lines.append(canonical_json(record | {"hash": event["hash"]}))
        except (TypeError, ValueError, ArithmeticError):
            # Tampered beyond what a record can be: the export goes on, and its reader is told.
            lines.append(canonical_json({"unreadable": str(event["record"])}))
    return lines


async def _level_lines(books: Books) -> list[bytes]:
    lines: list[bytes] = []
    after: tuple[Any, ...] | None = None
    names = ("item_id", "location_id", "lot_id", "quantity")
    while True:
        rows = await books.stock.page_stored(after, _LEVELS_AT_ONCE)
        lines += [canonical_json({"level": {name: row[name] for name in names}}) for row in rows]
        if len(rows) < _LEVELS_AT_ONCE:
            return lines
        after = tuple(rows[-1][name] for name in names[:3])

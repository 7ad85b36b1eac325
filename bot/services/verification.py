"""Verifying a guild's books while they are in use: piece by piece, each from one snapshot."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.verification import Finding, Verification

_RECORDS_AT_ONCE: Final = 1000
_BEFORE_ALL: Final = -(2**62)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadChain:
    """Read the next records of the chain."""

    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRead:
    """Records with their moves and the book beside them; the last piece has the levels as well."""

    events: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    last_record: int
    head: str
    levels: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksVerified:
    """How far the books were checked, where the chain stood, and what is wrong with them."""

    guild_id: int
    last_record: int
    head: str
    findings: tuple[Finding, ...]
    names: dict[int, str]


@query(permission="audit.view", is_shown=False)
async def read_chain(books: Books, request: ReadChain) -> ChainRead:
    """Read the next records of the chain, and what they lead to when they are the last."""
    events = await books.audit.list_stored(request.after, _RECORDS_AT_ONCE)
    is_last = len(events) < _RECORDS_AT_ONCE
    last = None if is_last else events[-1]["record"]
    return ChainRead(
        events=events,
        moves=await books.audit.list_stored_moves(request.after, last),
        last_record=books.head.last_record,
        head=books.head.chain_head,
        levels=await books.stock.list_stored() if is_last else None,
    )


@query(permission="audit.view", is_shown=False)
async def name_things(books: Books, request: tuple[int, ...]) -> dict[int, str]:
    """Name items and locations by their ids, for what is wrong with them."""
    names = {}
    for thing_id in request:
        item = await books.items.get_by_id(thing_id)
        location = None if item else await books.locations.get_by_id(thing_id)
        if item or location:
            names[thing_id] = item.sku if item else location.name if location else ""
    return names


async def verify_books(db: DatabaseService, actor: Actor) -> BooksVerified:
    """Recompute a guild's chain and balances; other people go on working meanwhile."""
    verification = Verification(actor.guild_id)
    after = _BEFORE_ALL
    while True:
        piece = await db.query(read_chain, ReadChain(after=after), actor)
        # Hashing holds the interpreter for milliseconds at a time, not the loop.
        await asyncio.to_thread(verification.take, piece.events, piece.moves, piece.last_record)
        if piece.levels is not None:
            break
        after = piece.events[-1]["record"]
    findings = await asyncio.to_thread(
        verification.finish, piece.last_record, piece.head, piece.levels
    )
    involved = {f.item_id for f in findings} | {f.location_id for f in findings}
    ids = tuple(sorted(thing for thing in involved if thing is not None))
    return BooksVerified(
        guild_id=actor.guild_id,
        last_record=piece.last_record,
        head=piece.head,
        findings=tuple(findings),
        names=await db.query(name_things, ids, actor) if ids else {},
    )

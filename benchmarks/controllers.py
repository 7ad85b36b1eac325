"""BaseController against asyncpg by hand: single rows, pages, audited changes, many at once."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.pairs import Figure, Work, compare
from benchmarks.servers import (
    FIRST_GUILD,
    Server,
    Stock,
    clerk_of,
    item_named,
    new_key,
    opened,
    raw_pool,
    stocked,
)
from bot.database.operations import operation
from bot.database.service import DatabaseService
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import NO_WAY_BACK, declare_actions

CALLERS = 16
_GUILDS = 32
_BULK = 50
_READS_AT_ONCE = 50
_SKUS = itertools.count(1)
_HASH = "0" * 64

_COLUMNS = """guild_id, id, sku, sku_key, name, name_key, unit, reorder_point, archived_at,
    reserved, changed_record"""
_GET = f"SELECT {_COLUMNS} FROM item WHERE guild_id = $1 AND id = $2"
_PAGE = f"""SELECT {_COLUMNS} FROM item WHERE guild_id = $1 AND sku_key >
    (SELECT sku_key FROM item WHERE guild_id = $1 AND id = $2) ORDER BY sku_key LIMIT 11"""
_HEAD = "SELECT last_record, last_id, chain_head, rights_version FROM book WHERE guild_id = $1"
_LOCK = f"{_HEAD} FOR UPDATE"
_INSERT = f"INSERT INTO item ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)"
_UPDATE = (
    f"UPDATE item SET name = $3, name_key = $4 WHERE guild_id = $1 AND id = $2 RETURNING {_COLUMNS}"
)
_AUDIT = """INSERT INTO audit_event (guild_id, record, format, at, actor_kind, actor_id, source,
    action, subject_type, subject_id, subject, detail, hash) VALUES ($1, $2, 2, $3, 'member', $4,
    'discord', 'item.changed', 'item', $5, $6, '{}', $7)"""
_OUTBOX = """INSERT INTO outbox (guild_id, lane, record, kind, created_at)
    VALUES ($1, 'channel:audit', $2, 'audit_line', $3)"""
_RECEIPT = """INSERT INTO receipt (guild_id, key, record, actor_id, operation, fingerprint, answer,
    created_at) VALUES ($1, $2, $3, $4, 'change_item', $5, $6, $7)"""
_BOOK = """UPDATE book SET last_record = $2, last_id = $3, chain_head = $4
    WHERE guild_id = $1 AND last_record = $2 - 1"""


@dataclass(frozen=True, slots=True)
class Renaming:
    """An item and its new name."""

    item_id: int
    name: str


declare_actions("bench.added", "bench.renamed", way_back=NO_WAY_BACK)


@operation("bench.create_item", permission="item.manage")
async def create_item(uow: UnitOfWork, request: str) -> int:
    """Add an item and record it."""
    item = await uow.items.create(**item_named(request))
    uow.record("bench.added", subject_type="item", subject_id=item.id, subject=item.sku)
    return item.id


@operation("bench.rename_item", permission="item.manage")
async def rename_item(uow: UnitOfWork, request: Renaming) -> int:
    """Rename an item and record it."""
    name = request.name
    item = await uow.items.update_by_id(request.item_id, name=name, name_key=name.lower())
    uow.record("bench.renamed", subject_type="item", subject_id=item.id, subject=item.sku)
    return item.id


@operation("bench.create_items", permission="item.manage")
async def create_items(uow: UnitOfWork, request: tuple[str, ...]) -> int:
    """Add many items as one record."""
    items = await uow.items.bulk_create([item_named(sku) for sku in request])
    uow.record("bench.added", subject_type="item", subject_id=None, subject=items[0].sku)
    return len(items)


class ByHand:
    """The same changes on asyncpg: begin, lock the book, change, audit, outbox, receipt, book."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def create_item(self, guild_id: int, sku: str) -> None:
        """Add an item and record it, in eight round trips."""
        item = item_named(sku)

        async def change(connection: Any, last_id: int) -> int:
            await connection.execute(_INSERT, *_row(guild_id, last_id + 1, item))
            return last_id + 1

        await self._audited(guild_id, change)

    async def rename_item(self, guild_id: int, item_id: int, name: str) -> None:
        """Rename an item and record it, in eight round trips."""

        async def change(connection: Any, last_id: int) -> int:
            await connection.fetchrow(_UPDATE, guild_id, item_id, name, name.lower())
            return last_id

        await self._audited(guild_id, change)

    async def create_items(self, guild_id: int, skus: tuple[str, ...]) -> None:
        """Add many items as one record, in eight round trips."""

        async def change(connection: Any, last_id: int) -> int:
            rows = [_row(guild_id, last_id + n, item_named(s)) for n, s in enumerate(skus, start=1)]
            await connection.executemany(_INSERT, rows)
            return last_id + len(rows)

        await self._audited(guild_id, change)

    async def _audited(self, guild_id: int, change: Callable[[Any, int], Awaitable[int]]) -> None:
        now, key = datetime.now(UTC), new_key()
        async with self._pool.acquire() as connection, connection.transaction():
            book = await connection.fetchrow(_LOCK, guild_id)
            record = book["last_record"] + 1
            last_id = await change(connection, book["last_id"])
            await connection.execute(_AUDIT, guild_id, record, now, 77, last_id, "BOLT", _HASH)
            await connection.execute(_OUTBOX, guild_id, record, now)
            await connection.execute(_RECEIPT, guild_id, key, record, 77, _HASH, "1", now)
            await connection.execute(_BOOK, guild_id, record, last_id, _HASH)


def _row(guild_id: int, item_id: int, item: dict[str, Any]) -> tuple[Any, ...]:
    texts = (item["sku"], item["sku_key"], item["name"], item["name_key"])
    return (guild_id, item_id, *texts, "pcs", None, None)


async def measure(server: Server) -> list[Figure]:
    """Measure controllers on PostgreSQL."""
    await server.create("controllers")
    stock = await stocked(server.url("controllers"), guilds=_GUILDS)
    async with opened(server.url("controllers")) as service:
        for guild_id in range(FIRST_GUILD, FIRST_GUILD + _GUILDS):
            skus = tuple(f"NUT-{n}" for n in range(200))
            await service.run(create_items, skus, clerk_of(guild_id), new_key())
    await server.create("controllers_baseline", template="controllers")
    figures = await _measure_reads(server, stock)
    async with (
        opened(server.url("controllers")) as service,
        raw_pool(server.dsn("controllers_baseline")) as pool,
    ):
        figures += await _measure_changes(service, ByHand(pool), stock)
    return figures


async def _measure_reads(server: Server, stock: Stock) -> list[Figure]:
    """Read rows in snapshots, many in each: what a controller adds to one statement."""
    item_id = stock.items[0]
    async with (
        opened(server.url("controllers"), pool_size=CALLERS) as service,
        raw_pool(server.dsn("controllers_baseline"), size=CALLERS) as pool,
    ):

        async def read(caller: int, one: Callable[[Books], Awaitable[object]]) -> None:
            async with service.look_up(clerk_of(FIRST_GUILD + caller)) as books:
                for _ in range(_READS_AT_ONCE):
                    await one(books)

        async def read_by_hand(caller: int, one: Callable[[Any, int], Awaitable[object]]) -> None:
            snapshot = {"isolation": "repeatable_read", "readonly": True}
            async with pool.acquire() as connection, connection.transaction(**snapshot):
                await connection.fetchrow(_HEAD, FIRST_GUILD + caller)
                for _ in range(_READS_AT_ONCE):
                    await one(connection, FIRST_GUILD + caller)

        async def get(caller: int) -> None:
            await read(caller, lambda books: books.items.get_by_id(item_id))

        async def get_by_hand(caller: int) -> None:
            await read_by_hand(caller, lambda c, guild_id: c.fetchrow(_GET, guild_id, item_id))

        async def page(caller: int) -> None:
            await read(caller, lambda b: b.items.paginate(after=item_id, order_by="sku_key"))

        async def page_by_hand(caller: int) -> None:
            await read_by_hand(caller, lambda c, guild_id: c.fetch(_PAGE, guild_id, item_id))

        figures = []
        for callers, floor in ((1, 0.5), (CALLERS, 0.4)):
            figures += [
                await _pair("get_by_id", get, get_by_hand, callers, floor),
                await _pair("paginate, 10 rows", page, page_by_hand, callers),
            ]
        return figures


async def _measure_changes(service: DatabaseService, by_hand: ByHand, stock: Stock) -> list[Figure]:
    guilds = itertools.cycle(range(FIRST_GUILD, FIRST_GUILD + _GUILDS))

    async def create(_caller: int) -> None:
        await service.run(create_item, f"A-{next(_SKUS)}", clerk_of(next(guilds)), new_key())

    async def create_by_hand(_caller: int) -> None:
        await by_hand.create_item(next(guilds), f"A-{next(_SKUS)}")

    async def update(_caller: int) -> None:
        request = Renaming(stock.items[0], f"Renamed {next(_SKUS)}")
        await service.run(rename_item, request, clerk_of(next(guilds)), new_key())

    async def update_by_hand(_caller: int) -> None:
        await by_hand.rename_item(next(guilds), stock.items[0], f"Renamed {next(_SKUS)}")

    async def bulk(_caller: int) -> None:
        await service.run(create_items, _skus(), clerk_of(next(guilds)), new_key())

    async def bulk_by_hand(_caller: int) -> None:
        await by_hand.create_items(next(guilds), _skus())

    figures = []
    for callers, floor in ((1, 0.6), (CALLERS, 0.5)):
        figures += [
            await _pair("audited create", create, create_by_hand, callers, floor),
            await _pair("audited update", update, update_by_hand, callers, floor),
        ]
    for callers in (1, CALLERS):
        name = f"audited bulk_create({_BULK})"
        figures.append(await _pair(name, bulk, bulk_by_hand, callers, 0.5))
    return figures


def _skus() -> tuple[str, ...]:
    return tuple(f"B-{next(_SKUS)}" for _ in range(_BULK))


async def _pair(
    name: str, ours: Work, theirs: Work, callers: int, floor: float | None = None
) -> Figure:
    name += ", 1 caller" if callers == 1 else f", {callers} callers"
    return await compare(name, ours, theirs, callers=callers, floor=floor)

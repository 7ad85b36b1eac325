"""Many guilds, few connections, rollbacks and cancellations at random: nobody sees another's rows.

`make test-all` plays six hundred reads and writes, `make soak` twenty thousand.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from bot.database.engine import DatabaseSettings
from bot.database.models import Item, metadata
from bot.database.models.base import GuildRow
from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.database.unit import Books, UnitOfWork
from bot.domain.rights import Need
from bot.domain.stock import InsufficientStock
from bot.errors import Unavailable
from bot.services.stock import MoveStock, PutStock, TakeStock, move_stock, put_stock, take_stock
from tests.conftest import DATA_KEY, SOAK
from tests.database.books import (
    Warehouse,
    require_no_open_transaction,
    require_sound_books,
    snapshot,
)

pytestmark = pytest.mark.slow


ACTS = 20_000 if SOAK else 300
TASKS, CONNECTIONS, GUILDS = 64, 8, 50 if SOAK else 8
FIRST_GUILD = 9001
_SEED = 1871
# Long enough for some to be cancelled while they wait, some within a unit, some not at all.
_CANCELLED_WITHIN_SECONDS = 0.02


class RolledBackError(Exception):
    """What an operation raises that changes rows and thinks better of it."""


async def _think_better(uow: UnitOfWork, request: str) -> None:
    await uow.items.create(sku=request, sku_key=request, name=request, name_key=request)
    await uow.suppliers.create(name=request, name_key=request, email="ann@example.com")
    raise RolledBackError


THINK_BETTER: Operation[str, None] = Operation(
    "test._think_better", _think_better, Need(("item.manage",))
)


@pytest_asyncio.fixture
async def crowded(database_url: str) -> AsyncIterator[DatabaseService]:
    """A service with few connections for many guilds."""
    settings = DatabaseSettings(database_url, data_key=DATA_KEY, pool_size=CONNECTIONS)
    service = DatabaseService(settings)
    yield service
    await service.close()


def mark_of(guild_id: int) -> str:
    """Return what stands in every name of a guild."""
    return f"guild {guild_id}"


class Crowd:
    """Acts of all kinds in all guilds, and what must never have been seen."""

    def __init__(self, warehouses: list[Warehouse]) -> None:
        self.warehouses = warehouses
        self.done: Counter[str] = Counter()
        self.strangers: list[str] = []
        self._draw = random.Random(_SEED)
        self._left = ACTS

    async def work(self) -> None:
        """Act until all acts are done."""
        while self._left > 0:
            self._left -= 1
            warehouse = self._draw.choice(self.warehouses)
            is_cancelled = self._draw.random() < 0.1
            act = self._draw.choice((self._look, self._look, self._move, self._move, self._fail))
            patience = self._draw.random() * _CANCELLED_WITHIN_SECONDS if is_cancelled else None
            try:
                async with asyncio.timeout(patience):
                    await act(warehouse)
            except TimeoutError:
                self.done["cancelled"] += 1
            except Unavailable:  # 64 tasks at 8 connections of a slow machine may wait too long
                self.done["busy"] += 1

    async def _look(self, warehouse: Warehouse) -> None:
        async with warehouse.db.look_up(warehouse.manager) as books:
            rows = await _see(books)
        for row in rows:
            is_own = not isinstance(row, Item) or mark_of(warehouse.guild_id) in row.name
            if row.guild_id != warehouse.guild_id or not is_own:
                self.strangers.append(f"{row!r} in {warehouse.guild_id}")
        self.done["looked"] += 1

    async def _move(self, warehouse: Warehouse) -> None:
        quantity = Decimal(self._draw.randint(1, 4))
        here, there = self._draw.sample(("A1", "B2"), 2)
        kind = self._draw.randint(0, 2)
        try:
            if kind == 0:
                put = PutStock(item="BOLT-8", quantity=quantity, location=here)
                moved = await warehouse.run(put_stock, put)
            elif kind == 1:
                take = TakeStock(item="BOLT-8", quantity=quantity, location=here)
                moved = await warehouse.run(take_stock, take)
            else:
                move = MoveStock(item="BOLT-8", quantity=quantity, source=here, target=there)
                moved = await warehouse.run(move_stock, move)
        except InsufficientStock:
            self.done["refused"] += 1
            return
        if mark_of(warehouse.guild_id) not in moved.lines[0].name:
            self.strangers.append(f"{moved!r} in {warehouse.guild_id}")
        self.done["moved"] += 1

    async def _fail(self, warehouse: Warehouse) -> None:
        name = f"{mark_of(warehouse.guild_id)} never kept"
        try:
            await warehouse.run(THINK_BETTER, name, warehouse.admin)
        except RolledBackError:
            self.done["rolled back"] += 1


async def _see(books: Books) -> list[GuildRow]:
    """Read rows of every kind that a look may meet with."""
    rows: list[GuildRow] = [*await books.items.search("bolt"), *await books.locations.search("")]
    rows += await books.audit.find_all(limit=20)
    rows += [*await books.roles.find_all(), *await books.suppliers.search("")]
    item = await books.items.require_reference("BOLT-8")
    assert {level.sku for level in await books.stock.levels_of_item(item.id)} <= {"BOLT-8"}
    return rows


async def _open(db: DatabaseService, guild_id: int) -> Warehouse:
    """Open a guild whose things carry its mark, with the same ids and SKUs as in all others."""
    warehouse = await Warehouse.open(db, guild_id)
    await warehouse.add_item("BOLT-8", f"Bolt of {mark_of(guild_id)}")
    for place in ("A1", "B2"):
        await warehouse.add_shelf(place)
    return warehouse


@pytest.mark.soak_on("sqlite")
async def test_no_row_of_another_guild_is_ever_seen(crowded: DatabaseService) -> None:
    guild_ids = range(FIRST_GUILD, FIRST_GUILD + GUILDS)
    warehouses = [await _open(crowded, guild_id) for guild_id in guild_ids]
    crowd = Crowd(warehouses)
    await asyncio.gather(*(crowd.work() for _ in range(TASKS)))
    assert crowd.strangers == []
    assert set(crowd.done) - {"busy"} == {"looked", "moved", "refused", "rolled back", "cancelled"}
    assert sum(crowd.done.values()) >= ACTS
    await crowded.close(within_seconds=30)  # units that no one waits for any more end first
    for table, rows in (await snapshot(crowded)).items():
        if "guild_id" in metadata.tables[table].columns:
            assert {row[0] for row in rows} <= set(guild_ids), f"{table} has rows of nobody"
            assert "never kept" not in repr(rows), f"{table} kept what was rolled back"
    for guild_id in guild_ids:
        await require_sound_books(crowded, guild_id)
    await require_no_open_transaction(crowded)

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from bot.database.engine import DatabaseSettings
from bot.database.models import Item, Location
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.stock import InsufficientStock
from bot.services.moved import StockMoved
from bot.services.stock import MoveStock, TakeStock, move_stock, take_stock
from tests.database.books import (
    GUILD,
    OTHER_GUILD,
    Warehouse,
    count_connections_in_use,
    require_no_open_transaction,
    require_sound_books,
)
from tests.database.clock import Clock

TASKS = 16
MOVES = 100
CALLERS = 64


@pytest_asyncio.fixture
async def second(database_url: str, clock: Clock) -> AsyncIterator[Warehouse]:
    """The same guild as another process sees it: with pools, caches and turns of its own."""
    service = DatabaseService(DatabaseSettings(database_url), clock=clock)
    yield Warehouse(service, GUILD)
    await service.close()


async def fill_shelves(warehouse: Warehouse) -> tuple[Item, Location, Location]:
    """Make an item with 1,000 on each of two shelves."""
    item = await warehouse.add_item()
    a1, b2 = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    await warehouse.put(item, 1000, a1)
    await warehouse.put(item, 1000, b2)
    return item, a1, b2


async def carry_both_ways(*warehouses: Warehouse) -> None:
    """Make 100 moves between two shelves in both directions from 16 tasks, and check all."""
    first = warehouses[0]
    item, a1, b2 = await fill_shelves(first)
    last = await require_sound_books(first.db)
    queue = iter(range(MOVES))

    async def carry(warehouse: Warehouse) -> list[StockMoved]:
        done = []
        for number in queue:
            ends = (a1, b2) if number % 2 else (b2, a1)
            request = MoveStock(
                item=item.id, quantity=Decimal(number + 1), source=ends[0].id, target=ends[1].id
            )
            done.append(await warehouse.run(move_stock, request))
        return done

    carriers = [warehouses[n % len(warehouses)] for n in range(TASKS)]
    results = await asyncio.gather(*(carry(warehouse) for warehouse in carriers))
    records = sorted(moved.record for each in results for moved in each)
    assert records == list(range(last + 1, last + 1 + MOVES))
    assert sum(1 for each in results if each) == TASKS
    assert await require_sound_books(first.db) == last + MOVES
    # Odd numbers go from A1 to B2: 50 more than the even ones carry back.
    assert await first.level(item, a1) == 1000 - 50
    assert await first.level(item, b2) == 1000 + 50


async def take_too_much(*warehouses: Warehouse) -> None:
    """Take 600 of 1,000 five times at once: once it succeeds."""
    item, a1, _ = await fill_shelves(warehouses[0])
    last = await require_sound_books(warehouses[0].db)
    request = TakeStock(item=item.id, quantity=Decimal(600), location=a1.id)
    takers = [warehouses[n % len(warehouses)] for n in range(5)]
    results = await asyncio.gather(
        *(taker.run(take_stock, request) for taker in takers), return_exceptions=True
    )
    taken = [result for result in results if isinstance(result, StockMoved)]
    refused = [result for result in results if isinstance(result, InsufficientStock)]
    assert (len(taken), len(refused)) == (1, 4)
    assert {refusal.available for refusal in refused} == {Decimal(400)}
    assert await require_sound_books(warehouses[0].db) == last + 1
    assert await warehouses[0].level(item, a1) == 400


async def test_a_hundred_moves_both_ways_at_once_keep_the_books_right(
    warehouse: Warehouse,
) -> None:
    await carry_both_ways(warehouse)
    await require_no_open_transaction(warehouse.db)


async def test_two_processes_that_move_at_once_keep_the_books_right(
    warehouse: Warehouse, second: Warehouse
) -> None:
    await carry_both_ways(warehouse, second)


async def test_of_five_who_take_most_of_it_at_once_one_succeeds(warehouse: Warehouse) -> None:
    await take_too_much(warehouse)


async def test_of_five_in_two_processes_who_take_most_of_it_one_succeeds(
    warehouse: Warehouse, second: Warehouse
) -> None:
    await take_too_much(warehouse, second)


async def test_a_quiet_guild_does_not_queue_behind_a_busy_one(warehouse: Warehouse) -> None:
    quiet = await Warehouse.open(warehouse.db, OTHER_GUILD)
    await fill_shelves(warehouse)
    await fill_shelves(quiet)
    request = TakeStock(item="BOLT-8", quantity=Decimal(1), location="A1")
    # Connect as often as both will need, so that what is seen is the queue alone.
    await asyncio.gather(*(guild.run(take_stock, request) for guild in (warehouse, quiet) * 2))
    commits: list[int] = []
    warehouse.db.on_commit.append(commits.append)
    callers = [asyncio.create_task(warehouse.run(take_stock, request)) for _ in range(CALLERS)]
    callers.append(asyncio.create_task(quiet.run(take_stock, request)))
    await asyncio.gather(*callers)
    assert len(commits) == CALLERS + 1
    assert commits.index(OTHER_GUILD) < CALLERS / 4
    await require_sound_books(warehouse.db)


@pytest.mark.only_on("postgresql")  # an SQLite file has one writer, whichever the guild
async def test_a_busy_guild_holds_two_connections_and_the_others_go_on(
    warehouse: Warehouse, database_url: str
) -> None:
    settings = DatabaseSettings(database_url, pool_size=3)
    small = DatabaseService(settings, clock=warehouse.db.clock)
    busy, quiet = Warehouse(small, GUILD), await Warehouse.open(small, OTHER_GUILD)
    entered, opened = asyncio.Event(), asyncio.Event()

    async def hold(uow: UnitOfWork) -> None:
        await uow.members.get_or_create(1, name="x", registered_at=uow.now)
        entered.set()
        await opened.wait()

    async def touch(uow: UnitOfWork) -> None:
        await uow.members.get_or_create(uow.scope.next_id(), name="x", registered_at=uow.now)

    callers = [asyncio.create_task(busy.change(hold))]
    await entered.wait()
    callers += [asyncio.create_task(busy.change(touch)) for _ in range(CALLERS)]
    for _ in range(3):
        await quiet.change(touch)
        assert count_connections_in_use(small) <= 2
        async with small.look_up(quiet.owner) as books:
            assert books.rights.is_owner
    assert not any(caller.done() for caller in callers)
    opened.set()
    await asyncio.gather(*callers)
    await small.close()
    assert await require_sound_books(warehouse.db) == CALLERS + 2


async def test_readers_see_one_moment_while_others_write(warehouse: Warehouse) -> None:
    item, a1, b2 = await fill_shelves(warehouse)
    request = MoveStock(item=item.id, quantity=Decimal(1), source=a1.id, target=b2.id)
    is_read = asyncio.Event()

    async def write() -> StockMoved:
        await is_read.wait()
        return await warehouse.run(move_stock, request)

    writer = asyncio.create_task(write())
    async with warehouse.db.look_up(warehouse.viewer) as books:
        before = await books.stock.levels_of_item(item.id)
        is_read.set()
        await writer
        assert await books.stock.levels_of_item(item.id) == before
        assert len((await books.stock.history())[0]) == 2
    assert await warehouse.level(item, b2) == 1001

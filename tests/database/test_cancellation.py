import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Member
from bot.database.unit import UnitOfWork
from tests.database.books import (
    GUILD,
    Warehouse,
    recorded,
    require_no_open_transaction,
    require_sound_books,
    rows_of,
)


class Gate:
    """A change that stops in the middle until it is let go."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.opened = asyncio.Event()

    def work(self, user_id: int) -> Callable[[UnitOfWork], Awaitable[None]]:
        async def change(uow: UnitOfWork) -> None:
            await uow.members.create(user_id=user_id, name="x", registered_at=uow.now)
            self.entered.set()
            await self.opened.wait()

        return change


async def members(warehouse: Warehouse) -> list[int]:
    return [row.user_id for row in await rows_of(warehouse.db, Member, GUILD)]


async def test_who_gives_up_waiting_for_their_turn_changes_nothing(warehouse: Warehouse) -> None:
    gate = Gate()
    running = asyncio.create_task(warehouse.change(gate.work(1)))
    await gate.entered.wait()
    waiting = [asyncio.create_task(warehouse.change(gate.work(n))) for n in range(2, 8)]
    for _ in range(20):  # the second one has its turn and waits for the lock
        await asyncio.sleep(0)
    for task in waiting[1:]:
        task.cancel()
    results = await asyncio.gather(*waiting[1:], return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)
    gate.opened.set()
    await asyncio.gather(running, waiting[0])
    assert await members(warehouse) == [1, 2]
    await warehouse.change(gate.work(9))
    await require_no_open_transaction(warehouse.db)
    await require_sound_books(warehouse.db)


async def test_a_unit_that_has_begun_is_finished_after_its_caller_gave_up(
    warehouse: Warehouse,
) -> None:
    gate = Gate()
    task = asyncio.create_task(
        warehouse.run(recorded(gate.work(1)), None, warehouse.owner, "the key")
    )
    await gate.entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.opened.set()
    # The same request again finds the receipt of the first, or waits for it.
    await warehouse.run(recorded(gate.work(1)), None, warehouse.owner, "the key")
    assert await members(warehouse) == [1]
    await require_no_open_transaction(warehouse.db)
    await require_sound_books(warehouse.db)


async def test_closing_waits_for_the_units_that_have_begun(
    warehouse: Warehouse, database_url: str
) -> None:
    gate = Gate()
    task = asyncio.create_task(warehouse.change(gate.work(1)))
    await gate.entered.wait()
    task.cancel()
    closing = asyncio.create_task(warehouse.db.close())
    await asyncio.sleep(0)
    assert not closing.done()
    gate.opened.set()
    await closing
    # The pools open again by themselves for the next caller.
    assert await members(warehouse) == [1]
    assert database_url


async def test_a_failure_without_a_waiting_caller_is_not_left_in_the_loop(
    warehouse: Warehouse,
) -> None:
    gate = Gate()
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))

    async def fail(uow: UnitOfWork) -> None:
        await gate.work(1)(uow)
        raise ValueError

    task = asyncio.create_task(warehouse.change(fail))
    await gate.entered.wait()
    task.cancel()
    gate.opened.set()
    await warehouse.db.close()
    assert await members(warehouse) == []
    assert complaints == []


async def test_a_cancelled_reader_gives_its_connection_back(warehouse: Warehouse) -> None:
    entered = asyncio.Event()

    async def read() -> None:
        async with warehouse.db.look_up(warehouse.viewer) as books:
            await books.items.find_all()
            entered.set()
            await asyncio.Event().wait()

    for _ in range(12):  # more than the pool holds
        entered.clear()
        task = asyncio.create_task(read())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await require_no_open_transaction(warehouse.db)
    await warehouse.add_item()


@pytest.mark.only_on("postgresql")  # SQLite answers in a thread, which cannot be interrupted
async def test_a_reader_that_is_cancelled_within_a_query_gives_its_connection_back(
    warehouse: Warehouse,
) -> None:
    async def read() -> None:
        async with warehouse.db.look_up(warehouse.viewer) as books:
            await books.scope.connection.execute(text("SELECT pg_sleep(60)"))

    sleeping = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")
    for _ in range(3):
        task = asyncio.create_task(read())
        for _ in range(1000):
            if await warehouse.db.maintenance.write(lambda connection: connection.scalar(sleeping)):
                break
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await require_no_open_transaction(warehouse.db)
    await warehouse.add_item()


async def test_a_job_that_is_cancelled_within_a_statement_ends_as_cancelled(
    warehouse: Warehouse,
) -> None:
    long = {
        True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
        " SELECT max(i) FROM n",
        False: "SELECT pg_sleep(5)",
    }
    begun = asyncio.Event()

    async def read(connection: AsyncConnection) -> None:
        begun.set()
        await connection.execute(text(long[warehouse.db.is_sqlite]))

    reading = asyncio.create_task(warehouse.db.maintenance.read(read))
    await begun.wait()
    reading.cancel()
    (result,) = await asyncio.gather(reading, return_exceptions=True)
    assert isinstance(result, asyncio.CancelledError)
    await require_no_open_transaction(warehouse.db)

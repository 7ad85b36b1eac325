import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from loguru import logger
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.database.engine import DatabaseSettings
from bot.database.models import Member
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.actors import Actor
from bot.errors import Unavailable
from bot.services.stock import TakeStock, take_stock
from tests.database.books import (
    GUILD,
    Warehouse,
    refusal,
    require_no_open_transaction,
    require_sound_books,
    rows_of,
)
from tests.database.servers import PostgresqlServer
from tests.database.wire import Wire

PASSING = ["40001", "40P01", "55P03", "57P01", "57P02", "57P03"]
PASSING += ["57014", "25P03", "28000", "28P01"]
RAISE = "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{}'; END $$"


class Attempts:
    """A change that counts how often it is tried, and fails as often as it is told to."""

    def __init__(self, trouble: Callable[[UnitOfWork], Awaitable[Any]], failures: int = 1) -> None:
        self.count = 0
        self._trouble = trouble
        self._failures = failures

    async def __call__(self, uow: UnitOfWork) -> None:
        self.count += 1
        await uow.members.create(user_id=self.count, name="x", registered_at=uow.now)
        if self.count <= self._failures:
            await self._trouble(uow)


def failing_with(state: str) -> Callable[[UnitOfWork], Awaitable[Any]]:
    return lambda uow: uow.scope.connection.execute(text(RAISE.format(state)))


async def members(warehouse: Warehouse) -> list[int]:
    return [row.user_id for row in await rows_of(warehouse.db, Member, GUILD)]


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("state", PASSING)
async def test_a_unit_that_lost_a_race_is_tried_again(warehouse: Warehouse, state: str) -> None:
    change = Attempts(failing_with(state))
    await warehouse.change(change)
    assert change.count == 2
    assert await members(warehouse) == [2]
    await require_sound_books(warehouse.db)


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("state", ["0A000", "22012", "23514", "42601", "P0001"])
async def test_a_defect_is_not_tried_again(warehouse: Warehouse, state: str) -> None:
    change = Attempts(failing_with(state))
    async with refusal(warehouse.db, DBAPIError):
        await warehouse.change(change)
    assert change.count == 1


@pytest.mark.only_on("postgresql")
async def test_a_unit_with_a_plan_from_before_a_migration_is_tried_again(
    warehouse: Warehouse,
) -> None:
    async def migrate(uow: UnitOfWork) -> None:
        create, look = "CREATE TEMPORARY TABLE seen (a int) ON COMMIT DROP", "SELECT * FROM seen"
        for statement in (create, look, "ALTER TABLE seen ADD b int", look):
            await uow.scope.connection.execute(text(statement))

    change = Attempts(migrate)
    await warehouse.change(change)
    assert change.count == 2
    await require_sound_books(warehouse.db)


@pytest.mark.only_on("postgresql")
async def test_what_never_succeeds_ends_in_busy_and_nothing_was_changed(
    warehouse: Warehouse,
) -> None:
    change = Attempts(failing_with("40001"), failures=100)
    async with asyncio.timeout(5), refusal(warehouse.db, Unavailable) as caught:
        await warehouse.change(change)
    assert 2 <= change.count <= 5
    assert caught.value.is_certain
    await require_no_open_transaction(warehouse.db)


@pytest.mark.only_on("postgresql")
async def test_a_refused_login_is_busy_and_logged_in_plain_words(database_url: str) -> None:
    url = make_url(database_url).set(username="unknown").render_as_string(hide_password=False)
    stranger, lines = DatabaseService(DatabaseSettings(url)), list[str]()
    sink = logger.add(lines.append, level="ERROR", format="{message}")
    for call in (Warehouse.open(stranger), stranger.ping()):
        with pytest.raises(Unavailable):
            await call
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable):
            async with stranger.look_up(Actor(guild_id=GUILD, user_id=1)):
                pytest.fail("a user that may not log in looked something up")
    logger.remove(sink)
    await stranger.close()
    assert len(lines) == 1
    assert "refuses this program's user" in lines[0]


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    "when", ["within", "told, by the driver", "told, by SQLAlchemy", "before commit"]
)
async def test_a_unit_whose_connection_is_killed_is_tried_again(
    warehouse: Warehouse, postgresql: PostgresqlServer, when: str
) -> None:
    async def kill(uow: UnitOfWork) -> None:
        pid = await uow.scope.connection.scalar(text("SELECT pg_backend_pid()"))
        terminate = f"SELECT pg_terminate_backend({pid}, 5000)"
        if when != "before commit":
            postgresql.execute(terminate)
            # The driver reads what the server said last, but not yet that it is gone.
            for _ in range(2 if when.startswith("told") else 0):
                await asyncio.sleep(0)
            if when == "told, by SQLAlchemy":
                await uow.scope.connection.scalar(text("SELECT 1"))
            await uow.items.find_all()
        else:
            engine = warehouse.db._engines.write.sync_engine
            event.listen(engine, "commit", lambda _: postgresql.execute(terminate), once=True)

    change = Attempts(kill)
    await warehouse.change(change)
    assert change.count == 2
    assert await members(warehouse) == [2]
    await require_sound_books(warehouse.db)
    await require_no_open_transaction(warehouse.db)


@pytest.mark.only_on("postgresql")
async def test_a_book_that_another_process_holds_is_waited_for_and_tried_again(
    warehouse: Warehouse, database_url: str
) -> None:
    other = create_async_engine(database_url, poolclass=NullPool)
    async with other.connect() as holder:
        await holder.execute(text("SELECT * FROM book FOR UPDATE"))
        change = Attempts(failing_with("40001"), failures=0)
        with attempts_that_failed() as failure:
            task = asyncio.create_task(warehouse.change(change))
            await failure.wait()
    await task
    await other.dispose()
    assert await members(warehouse) == [1]
    await require_sound_books(warehouse.db)


@pytest.mark.only_on("sqlite")
async def test_a_file_that_another_process_writes_is_waited_for_and_tried_again(
    warehouse: Warehouse, database_url: str
) -> None:
    other = sqlite3.connect(str(make_url(database_url).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    change = Attempts(failing_with("40001"), failures=0)
    with attempts_that_failed() as failure:
        task = asyncio.create_task(warehouse.change(change))
        await failure.wait()
    other.close()
    await task
    assert await members(warehouse) == [1]
    await require_sound_books(warehouse.db)


@contextmanager
def attempts_that_failed() -> Iterator[asyncio.Event]:
    """Yield what is set once a unit is tried again."""
    seen = asyncio.Event()
    sink = logger.add(
        lambda _: seen.set(), level="DEBUG", filter=lambda line: "tried again" in line["message"]
    )
    yield seen
    logger.remove(sink)


@pytest.mark.only_on("postgresql")
class TestALostAnswerToACommit:
    async def test_is_found_out_and_the_change_happens_once(
        self, warehouse: Warehouse, database_url: str, tmp_path: Path
    ) -> None:
        request = await stocked(warehouse)
        async with Wire(database_url, tmp_path).carrying() as wire:
            there = Warehouse(DatabaseService(DatabaseSettings(wire.url)), GUILD)
            wire.cut_after = [b"COMMIT;", b"never"]
            answer = await there.run(take_stock, request, key="key")
            await there.db.close()
        assert wire.cuts == 1
        assert answer.lines[0].source.after == 400
        assert await warehouse.run(take_stock, request, key="key") == answer
        await require_sound_books(warehouse.db)

    @pytest.mark.parametrize(
        "moment", [[], [b"receipt.actor_id"]], ids=["at once", "when it is looked up"]
    )
    async def test_is_not_called_certain_while_the_outcome_is_unknown(
        self, warehouse: Warehouse, database_url: str, tmp_path: Path, moment: list[bytes]
    ) -> None:
        request = await stocked(warehouse)
        last = await require_sound_books(warehouse.db)
        async with Wire(database_url, tmp_path).carrying() as wire:
            there = Warehouse(DatabaseService(DatabaseSettings(wire.url)), GUILD)
            wire.cut_after = [b"COMMIT;", *moment]
            with pytest.raises(Unavailable) as caught:
                await there.run(take_stock, request, key="key")
            assert wire.cuts == 1 + len(moment)
            assert not caught.value.is_certain
            assert await require_sound_books(warehouse.db) == last + 1
            wire.is_dead = False
            assert (await there.run(take_stock, request, key="key")).record == last + 1
            await there.db.close()
        assert await require_sound_books(warehouse.db) == last + 1


async def stocked(warehouse: Warehouse) -> TakeStock:
    """Put 1,000 on a shelf and return a request that takes 600 of them, possible once."""
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(item, 1000, shelf)
    return TakeStock(item=item.id, quantity=Decimal(600), location=shelf.id)

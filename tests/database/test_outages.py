import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.database.admin import migrate
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.errors import Unavailable
from bot.services.items import AddItem, add_item
from tests.database.books import (
    Warehouse,
    require_no_open_transaction,
    require_sound_books,
    snapshot,
)
from tests.database.servers import Databases, PostgresqlServer

PROMISED_SECONDS = 2.5

pytestmark = [pytest.mark.slow, pytest.mark.only_on("postgresql")]  # SQLite has no server to lose


@dataclass
class Scene:
    server: PostgresqlServer
    warehouse: Warehouse


@pytest.fixture(scope="module")
def private_server(databases: Databases) -> Iterator[PostgresqlServer]:
    server = databases.private_server()
    server.start()
    asyncio.run(migrate.upgrade(server.create("migrated", template="template1")))
    yield server
    if server.is_running:
        server.stop()


@pytest_asyncio.fixture
async def scene(engine: str, private_server: PostgresqlServer) -> AsyncIterator[Scene]:
    assert engine == "postgresql"
    if not private_server.is_running:
        private_server.start()
    db = DatabaseService(DatabaseSettings(private_server.create("books", template="migrated")))
    yield Scene(private_server, await Warehouse.open(db))
    await db.close()
    if not private_server.is_running:
        private_server.start()
    private_server.drop("books")


async def unavailable(door: Callable[[], Awaitable[object]]) -> Unavailable:
    """Claim that a door says so in time; returns what it said."""
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        await door()
    assert time.monotonic() - began < PROMISED_SECONDS
    return caught.value


async def test_every_door_says_so_in_time_and_opens_again_by_itself(scene: Scene) -> None:
    warehouse, db = scene.warehouse, scene.warehouse.db
    request = AddItem(sku="BOLT-8", name="Hex bolt")

    async def read() -> None:
        async with db.look_up(warehouse.viewer) as books:
            await books.items.find_all()

    async def change() -> None:
        await warehouse.run(add_item, request, warehouse.admin, "the key")

    before = await snapshot(db)
    scene.server.stop()
    assert (await unavailable(change)).is_certain
    await unavailable(read)
    await unavailable(db.ping)
    await asyncio.gather(*(unavailable(door) for door in (change, read, db.ping) * 2))
    scene.server.start()

    assert await snapshot(db) == before
    await read()
    await change()
    await require_sound_books(db)
    await require_no_open_transaction(db)


async def test_a_restart_in_the_middle_of_a_unit_is_not_noticed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The server is restarted within the unit: on a busy machine that alone takes its two seconds.
    monkeypatch.setattr("bot.database.service._ATTEMPTS_SECONDS", 30.0)
    tries: list[int] = []

    async def change(uow: UnitOfWork) -> None:
        tries.append(1)
        if len(tries) == 1:
            scene.server.stop("fast")
            scene.server.start()
        await uow.members.create(user_id=1, name="x", registered_at=uow.now)

    await scene.warehouse.change(change)
    assert len(tries) == 2
    await require_sound_books(scene.warehouse.db)

"""A network that holds everything up for a while: no session is left in a transaction by it."""

import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.statements import driver_of
from bot.database.unit import UnitOfWork
from bot.errors import Unavailable
from tests.database.books import GUILD, Warehouse, require_no_open_transaction, require_sound_books
from tests.database.wire import Wire

pytestmark = pytest.mark.only_on("postgresql")

ADD_MEMBER = b"INSERT INTO member"
_user_ids = itertools.count(1_000)


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a statement up early: what counts is what becomes of its session afterwards."""
    monkeypatch.setattr("bot.database.engine._COMMAND_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr("bot.database.service._ATTEMPTS_SECONDS", 0.1)


@pytest_asyncio.fixture
async def far(wire: Wire, warehouse: Warehouse) -> AsyncIterator[Warehouse]:
    """The same books through the wire, over a single session."""
    del warehouse  # it made the books
    db = DatabaseService(DatabaseSettings(wire.url, pool_size=1))
    yield Warehouse(db, GUILD)
    await db.close()


async def add_member(uow: UnitOfWork) -> None:
    await uow.members.create(user_id=next(_user_ids), name="x", registered_at=uow.now)


async def refuse(uow: UnitOfWork) -> None:
    await add_member(uow)
    raise KeyError


async def require_kept(far: Warehouse, warehouse: Warehouse) -> None:
    """Check that one who looks directly sees what the far end was told, and nothing is open."""
    told = await require_sound_books(far.db)
    assert await require_sound_books(warehouse.db) == told
    await require_no_open_transaction(warehouse.db)


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("moment", [b"BEGIN", ADD_MEMBER, b"COMMIT"])
async def test_what_is_answered_afterwards_is_in_the_books(
    wire: Wire, far: Warehouse, warehouse: Warehouse, moment: bytes
) -> None:
    await far.add_shelf()
    wire.hold_at = moment
    with pytest.raises(Unavailable):
        await far.change(add_member)
    wire.let_go()
    await far.change(add_member)
    await require_kept(far, warehouse)


@pytest.mark.usefixtures("impatience")
async def test_a_rollback_that_is_held_up_leaves_nothing_open(
    wire: Wire, far: Warehouse, warehouse: Warehouse
) -> None:
    await far.add_shelf()
    wire.hold_at = b"ROLLBACK"
    with pytest.raises(Unavailable):
        await far.change(refuse)
    wire.let_go()
    await far.change(add_member)
    await require_kept(far, warehouse)


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("moment", [b"BEGIN", b"SELECT 7", b"COMMIT"])
async def test_what_is_noted_in_the_background_afterwards_stays(
    wire: Wire, far: Warehouse, warehouse: Warehouse, moment: bytes
) -> None:
    async def note(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT 7"))
        await connection.execute(text("UPDATE outbox_lane SET failures = failures + 1"))

    async def noted(connection: AsyncConnection) -> int:
        return int(await connection.scalar(text("SELECT max(failures) FROM outbox_lane")) or 0)

    await far.change(add_member)
    await far.db.maintenance.read(noted)
    wire.hold_at = moment
    with pytest.raises(Unavailable):
        await far.db.maintenance.write(note)
    wire.let_go()
    await far.db.maintenance.write(note)
    told = await far.db.maintenance.read(noted)
    assert told
    assert await warehouse.db.maintenance.read(noted) == told
    await require_no_open_transaction(warehouse.db)


async def test_a_session_that_is_in_a_transaction_already_keeps_nothing_unasked(
    far: Warehouse, warehouse: Warehouse
) -> None:
    """However a session came to that: what is told to be done is done, in another one."""
    async with far.db._engines.write.connect() as connection:
        await driver_of(connection).transaction().start()
    await far.change(add_member)
    await require_kept(far, warehouse)

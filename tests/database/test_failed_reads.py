"""A read on SQLite that fails in the middle: its connection forgets what it saw."""

import gc
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.database.statements import driver_of
from bot.services.verification import verify_books
from tests.database.books import Warehouse
from tests.database.tampering import tamper

pytestmark = pytest.mark.only_on("sqlite")

SPOIL = "UPDATE location SET name = CAST(x'ff' AS TEXT) WHERE id > 99"
REPAIR = "UPDATE location SET name = 'A1' WHERE id > 99"
NAMES = "SELECT name FROM location WHERE id > 99"


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Collect no garbage: what a failure left behind stays until the test has ended."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def read_names(warehouse: Warehouse, *, is_direct: bool) -> list[str]:
    async with warehouse.db.look_up(warehouse.employee) as books:
        connection = books.scope.connection
        if is_direct:
            rows = await driver_of(connection).execute_fetchall(NAMES)
        else:
            rows = (await connection.execute(text(NAMES))).all()
        return [row[0] for row in rows]


@pytest.mark.parametrize("is_direct", [False, True], ids=["SQLAlchemy", "driver"])
async def test_a_read_that_failed_does_not_show_its_snapshot_again(
    warehouse: Warehouse, database_url: str, *, is_direct: bool
) -> None:
    await warehouse.add_shelf("A1")
    await tamper(database_url, SPOIL)
    with pytest.raises(Exception, match="Could not decode to UTF-8") as failed:
        await read_names(warehouse, is_direct=is_direct)
    await tamper(database_url, REPAIR)
    assert await read_names(warehouse, is_direct=is_direct) == ["A1"]
    # Its frames, and with them the cursor, were kept until here.
    assert failed.value.__traceback__ is not None


@pytest.mark.usefixtures("uncollected")
async def test_books_are_verified_as_they_are_at_once_after_a_repair(
    warehouse: Warehouse, database_url: str
) -> None:
    await warehouse.add_shelf("A1")

    async def codes() -> set[str]:
        verified = await verify_books(warehouse.db, warehouse.auditor)
        return {finding.code for finding in verified.findings}

    await tamper(database_url, SPOIL)
    assert await codes() == {"unreadable"}
    await tamper(database_url, REPAIR)
    assert await codes() == set()

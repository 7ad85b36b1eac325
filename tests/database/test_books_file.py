"""The books' file deleted, moved or replaced under the bot: nothing is done that would be lost."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.errors import Unavailable
from tests.conftest import DATA_KEY
from tests.database.books import Warehouse, require_sound_books
from tests.database.test_condition import move, trouble_of

pytestmark = pytest.mark.only_on("sqlite")


def copy_of(file: Path) -> Path:
    copy = file.with_name("copy.db")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    return copy


def remove_log(file: Path) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def delete(file: Path) -> None:
    file.unlink()
    remove_log(file)


def make_foreign(file: Path) -> None:
    delete(file)
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE song (title TEXT)")


def make_garbage(file: Path) -> None:
    delete(file)
    file.write_bytes(b"no database of anyone" * 1000)


def contents(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


@pytest.fixture
def file(own_database_url: str) -> Path:
    return Path(str(make_url(own_database_url).database))


@pytest_asyncio.fixture
async def own_warehouse(own_database_url: str) -> AsyncIterator[Warehouse]:
    db = DatabaseService(DatabaseSettings(own_database_url, data_key=DATA_KEY))
    yield await Warehouse.open(db)
    await db.close()


async def require_refused(warehouse: Warehouse, trouble: str) -> None:
    """Require that nothing is changed or looked up, and that readiness says why."""
    with pytest.raises(Unavailable) as caught:
        await warehouse.add_item("LOST")
    assert (caught.value.trouble, caught.value.is_certain) == (trouble, True)
    with pytest.raises(Unavailable) as caught:
        async with warehouse.db.look_up(warehouse.admin):
            pytest.fail("looked up in a file that is gone")
    assert caught.value.trouble == trouble
    assert await trouble_of(warehouse.db) == trouble


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [(delete, "unreachable"), (make_foreign, "wrong schema"), (make_garbage, "damaged")],
)
async def test_nothing_is_changed_while_the_file_is_gone_or_another_programs(
    own_warehouse: Warehouse, file: Path, spoil: Callable[[Path], None], trouble: str
) -> None:
    await own_warehouse.add_item("KEPT")
    copy = copy_of(file)
    spoil(file)
    before = contents(file)
    await require_refused(own_warehouse, trouble)
    assert contents(file) == before
    copy.replace(file)
    await own_warehouse.add_item("BACK")
    assert await trouble_of(own_warehouse.db) == "ok"
    await require_sound_books(own_warehouse.db)


async def test_a_file_that_was_moved_away_and_back_is_used_again(
    own_warehouse: Warehouse, file: Path
) -> None:
    await own_warehouse.add_item("KEPT")
    away = file.with_name("away.db")
    move(file, away)
    await require_refused(own_warehouse, "unreachable")
    move(away, file)
    await own_warehouse.add_item("BACK")
    await require_sound_books(own_warehouse.db)


async def test_a_copy_is_not_opened_beside_the_log_of_the_file_before(
    own_warehouse: Warehouse, file: Path
) -> None:
    await own_warehouse.add_item("KEPT")
    copy = copy_of(file)
    await own_warehouse.add_item("AFTER-COPY")
    copy.replace(file)
    await require_refused(own_warehouse, "unreachable")
    remove_log(file)
    await own_warehouse.add_item("AFTER-COPY")
    await require_sound_books(own_warehouse.db)


async def test_what_was_committed_to_a_file_just_deleted_is_not_said_to_be_done(
    own_warehouse: Warehouse, file: Path
) -> None:
    """Deleted within the unit, behind the look at its beginning."""

    async def work(uow: UnitOfWork) -> None:
        await uow.members.create(user_id=1, name="x", registered_at=uow.now)
        delete(file)

    with pytest.raises(Unavailable) as caught:
        await own_warehouse.change(work)
    assert (caught.value.trouble, caught.value.is_certain) == ("unreachable", False)

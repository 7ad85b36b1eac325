"""The log beside the books' file deleted under the bot: nothing that was acknowledged is lost."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from loguru import logger
from sqlalchemy.engine import make_url

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.errors import Unavailable
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, require_sound_books
from tests.database.test_condition import trouble_of

pytestmark = pytest.mark.only_on("sqlite")

DELETED = pytest.mark.parametrize(
    "suffixes", [("-wal",), ("-shm",), ("-wal", "-shm")], ids=["log", "index", "both"]
)


@pytest.fixture(autouse=True)
def always_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.database.books_log._INDEX_SECONDS", 0.0)


@pytest.fixture
def file(own_database_url: str) -> Path:
    return Path(str(make_url(own_database_url).database))


@pytest_asyncio.fixture
async def own_warehouse(own_database_url: str) -> AsyncIterator[Warehouse]:
    db = DatabaseService(DatabaseSettings(own_database_url, data_key=DATA_KEY))
    yield await Warehouse.open(db)
    await db.close()


def delete(file: Path, *suffixes: str) -> None:
    for suffix in suffixes:
        Path(f"{file}{suffix}").unlink()


def beside(file: Path) -> set[str]:
    """Return what is beside a file by now, which other processes would open."""
    return {suffix for suffix in ("-wal", "-shm") if Path(f"{file}{suffix}").exists()}


def left_by_a_kill(file: Path, tmp_path: Path) -> set[str]:
    """Return the items that the next process finds if this one is killed now."""
    left = tmp_path / "left"
    left.mkdir(exist_ok=True)
    for suffix in ("", "-wal"):
        if Path(f"{file}{suffix}").exists():
            shutil.copy(f"{file}{suffix}", left)
    with closing(sqlite3.connect(left / file.name)) as books:
        assert books.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = {sku for (sku,) in books.execute("SELECT sku FROM item")}
    shutil.rmtree(left)
    return found


@DELETED
async def test_what_is_acknowledged_after_the_log_was_deleted_outlives_a_kill(
    own_warehouse: Warehouse, file: Path, tmp_path: Path, suffixes: tuple[str, ...]
) -> None:
    await own_warehouse.add_item("BEFORE")
    delete(file, *suffixes)
    await own_warehouse.add_item("AFTER")
    assert left_by_a_kill(file, tmp_path) == {"BEFORE", "AFTER"}
    assert beside(file) == {"-wal", "-shm"}
    await own_warehouse.add_item("LATER")
    assert left_by_a_kill(file, tmp_path) == {"BEFORE", "AFTER", "LATER"}
    assert await trouble_of(own_warehouse.db) == "ok"
    await require_sound_books(own_warehouse.db)


async def test_a_log_that_is_deleted_within_a_unit_is_carried_over_before_it_is_acknowledged(
    own_warehouse: Warehouse, file: Path, tmp_path: Path
) -> None:
    await own_warehouse.add_item("BEFORE")

    async def work(uow: UnitOfWork) -> None:
        await uow.members.create(user_id=1, name="x", registered_at=uow.now)
        delete(file, "-wal")

    await own_warehouse.change(work)
    assert left_by_a_kill(file, tmp_path) == {"BEFORE"}
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as books:
        assert books.execute("SELECT name FROM member WHERE user_id = 1").fetchall() == [("x",)]
    await own_warehouse.add_item("AFTER")
    await require_sound_books(own_warehouse.db)


async def test_nothing_is_changed_until_those_have_ended_who_read_the_deleted_log(
    own_warehouse: Warehouse, file: Path, tmp_path: Path
) -> None:
    await own_warehouse.add_item("BEFORE")
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def read() -> list[str]:
        async with own_warehouse.db.look_up(own_warehouse.viewer) as books:
            has_begun.set()
            await may_end.wait()
            return [item.sku for item in await books.items.find_all()]

    reading = asyncio.create_task(read())
    await has_begun.wait()
    delete(file, "-wal", "-shm")
    with pytest.raises(Unavailable) as caught:
        await own_warehouse.add_item("MEANWHILE")
    assert (caught.value.trouble, caught.value.is_certain) == ("unreachable", True)
    may_end.set()
    assert await reading == ["BEFORE"]
    await own_warehouse.add_item("AFTER")
    assert left_by_a_kill(file, tmp_path) == {"BEFORE", "AFTER"}
    await require_sound_books(own_warehouse.db)


async def test_many_who_write_at_once_go_on_with_a_new_log(
    own_warehouse: Warehouse, file: Path, tmp_path: Path
) -> None:
    houses = [
        await Warehouse.open(own_warehouse.db, guild_id) for guild_id in range(GUILD + 1, GUILD + 9)
    ]
    delete(file, "-wal", "-shm")
    skus = [f"ITEM-{number}" for number in range(3)]
    await asyncio.gather(*(house.add_item(sku) for sku in skus for house in houses))
    assert left_by_a_kill(file, tmp_path) == set(skus)
    assert beside(file) == {"-wal", "-shm"}
    for house in houses:
        await require_sound_books(house.db, house.guild_id)


async def test_a_log_of_others_is_not_played_into_the_file(
    own_warehouse: Warehouse, file: Path, tmp_path: Path
) -> None:
    await own_warehouse.add_item("BEFORE")
    log = Path(f"{file}-wal")
    other = tmp_path / "other-wal"
    shutil.copy(log, other)
    shutil.move(other, log)
    lines = list[str]()
    sink = logger.add(lines.append, level="ERROR", format="{message}")
    with pytest.raises(Unavailable) as caught:
        await own_warehouse.add_item("MEANWHILE")
    logger.remove(sink)
    assert caught.value.trouble == "unreachable"
    assert [line for line in lines if f"{log.name} is another one" in line], lines
    delete(file, "-wal")
    await own_warehouse.add_item("AFTER")
    assert left_by_a_kill(file, tmp_path) == {"BEFORE", "AFTER"}
    await require_sound_books(own_warehouse.db)


async def test_a_log_is_looked_for_beside_the_file_that_a_link_leads_to(
    file: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(file)
    settings = DatabaseSettings(f"sqlite+aiosqlite:///{link}", data_key=DATA_KEY)
    warehouse = await Warehouse.open(DatabaseService(settings))
    await warehouse.add_item("BEFORE")
    delete(file, "-wal")
    await warehouse.add_item("AFTER")
    assert left_by_a_kill(file, tmp_path) == {"BEFORE", "AFTER"}
    await warehouse.db.close()

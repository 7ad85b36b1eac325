"""A schema taken back says what it drops and leaves a copy, as does one that is upgraded."""

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.database.admin import revisions
from bot.database.admin.backup import back_up, restore
from bot.database.admin.migrate import downgrade
from bot.database.admin.safekeeping import downgrade_keeping_copy, find_loss
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.errors import BackupRefused, UnknownRevision
from bot.settings import Settings
from bot.startup import bring_schema_up_to_date
from tests.database.books import Warehouse, require_sound_books
from tests.database.servers import PostgresqlServer

NEWEST = revisions.newest_revision()


async def open_books(url: str) -> int:
    """Write some books; returns their last record."""
    db = DatabaseService(DatabaseSettings(url))
    warehouse = await Warehouse.open(db)
    await warehouse.add_item()
    last = await require_sound_books(db)
    await db.close()
    return last


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def require_books(url: str, records: int) -> None:
    db = DatabaseService(DatabaseSettings(url))
    assert await require_sound_books(db) == records
    await db.close()


@pytest.mark.only_on("sqlite")
async def test_a_file_is_copied_before_its_schema_is_taken_back(own_database_url: str) -> None:
    records = await open_books(own_database_url)
    loss = await find_loss(own_database_url, "0001")
    assert await revisions.current_revision(own_database_url) == NEWEST
    assert (loss.guilds, loss.tables["supplier"], "item.changed_record" in loss.columns) == (
        (1, 0, True)
    )
    kept = await downgrade_keeping_copy(own_database_url, "base", None)
    assert kept is not None
    assert mode_of(kept) == 0o600
    assert await revisions.current_revision(own_database_url) is None
    await require_books(f"sqlite+aiosqlite:///{kept}", records)


@pytest.mark.only_on("postgresql")
async def test_a_server_is_not_taken_back_without_a_backup(
    own_database_url: str,
    postgresql: PostgresqlServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{postgresql.programs}{os.pathsep}{os.environ['PATH']}")
    records = await open_books(own_database_url)
    assert (await find_loss(own_database_url, "0001")).tables["supplier"] == 0
    backup = tmp_path / "books.backup"
    for named in (None, backup):
        with pytest.raises(BackupRefused):
            await downgrade_keeping_copy(own_database_url, "base", named)
    await require_books(own_database_url, records)
    await back_up(own_database_url, backup)
    assert await downgrade_keeping_copy(own_database_url, "base", backup) is None
    await restore(own_database_url, backup)
    await require_books(own_database_url, records)


async def test_a_database_in_use_is_not_taken_back(own_database_url: str, tmp_path: Path) -> None:
    db = DatabaseService(DatabaseSettings(own_database_url))
    warehouse = await Warehouse.open(db)
    for what in (
        find_loss(own_database_url, "base"),
        downgrade_keeping_copy(own_database_url, "base", tmp_path / "books.backup"),
    ):
        with pytest.raises(BackupRefused, match=r"in use.*stop the bot first"):
            await what
    await warehouse.add_item()
    await require_sound_books(db)
    await db.close()
    assert (await find_loss(own_database_url, "base")).guilds == 1


async def test_a_revision_that_does_not_exist_or_is_newer_is_named(own_database_url: str) -> None:
    await downgrade(own_database_url, "0003")
    for wanted in ("9999", "0004", "-1"):
        with pytest.raises(UnknownRevision) as caught:
            await downgrade(own_database_url, wanted)
        assert caught.value.known == ("base", "0001", "0002", "0003")
    assert await revisions.current_revision(own_database_url) == "0003"


@pytest.mark.only_on("sqlite")
async def test_a_file_is_copied_before_the_start_upgrades_it(own_database_url: str) -> None:
    file = Path(str(make_url(own_database_url).database))
    await open_books(own_database_url)
    await downgrade(own_database_url, "0005")
    settings = Settings(_env_file=None, database_url=f"sqlite:///{file}")
    for _ in range(2):
        await bring_schema_up_to_date(settings)
    (kept,) = file.parent.glob("*.before-upgrade-from-0005-*")
    assert await revisions.current_revision(f"sqlite+aiosqlite:///{kept}") == "0005"
    assert await revisions.current_revision(own_database_url) == NEWEST

"""Contact data is encrypted: under a key, for a row; the key is beside an SQLite file."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.engine import make_url

from bot.database.admin import migrate
from bot.database.admin.keys import find_keys_state
from bot.database.admin.revisions import on_connection
from bot.database.ciphers import Ciphers
from bot.database.encryption import Encryption, find_keys, key_file, split_keys
from bot.database.engine import DatabaseSettings
from bot.database.models import Book, Member
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.errors import KeyMissing
from bot.settings import Settings, SettingsError
from bot.startup import require_keys
from tests.database.books import Warehouse

KEY, OTHER_KEY = "one-key-of-the-tests", "another-key-of-the-tests"
PLACE = "supplier/email/7001/104"
PLAIN = "ann@example.com"


def test_what_is_encrypted_can_be_decrypted_and_not_read() -> None:
    ciphers = Ciphers([KEY])
    encrypted = ciphers.encrypt(PLAIN, PLACE)
    assert PLAIN not in encrypted
    assert "ann" not in encrypted
    assert ciphers.decrypt(encrypted, PLACE) == PLAIN


def test_the_same_text_is_encrypted_differently_each_time() -> None:
    ciphers = Ciphers([KEY])
    assert ciphers.encrypt(PLAIN, PLACE) != ciphers.encrypt(PLAIN, PLACE)


def test_a_value_is_decrypted_for_its_own_row_and_column_alone() -> None:
    ciphers = Ciphers([KEY])
    encrypted = ciphers.encrypt(PLAIN, PLACE)
    for place in ("supplier/email/7001/105", "supplier/phone/7001/104", "supplier/email/7002/104"):
        with pytest.raises(KeyMissing):
            ciphers.decrypt(encrypted, place)


def test_a_changed_value_is_not_decrypted() -> None:
    ciphers = Ciphers([KEY])
    encrypted = ciphers.encrypt(PLAIN, PLACE)
    changed = encrypted[:-6] + ("A" if encrypted[-6] != "A" else "B") + encrypted[-5:]
    with pytest.raises(KeyMissing):
        ciphers.decrypt(changed, PLACE)


def test_a_new_key_in_front_decrypts_what_the_old_one_encrypted() -> None:
    encrypted = Ciphers([KEY]).encrypt(PLAIN, PLACE)
    both = Ciphers(split_keys(f"{OTHER_KEY}, {KEY}"))
    assert both.decrypt(encrypted, PLACE) == PLAIN
    assert both.newest_key_name in both.encrypt(PLAIN, PLACE)
    with pytest.raises(KeyMissing):
        Ciphers([OTHER_KEY]).decrypt(encrypted, PLACE)


def test_without_any_key_nothing_is_encrypted() -> None:
    with pytest.raises(KeyMissing):
        Encryption("postgresql+asyncpg://host/books", None).encrypt(PLAIN, PLACE)


def test_the_key_beside_an_sqlite_file_is_made_once_and_for_its_owner_alone(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'books.db'}"
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: find_keys(make_url(url), None), range(16)))
    assert len({tuple(keys) for keys in found}) == 1
    path = key_file(make_url(url))
    assert path == tmp_path / "books.db.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["books.db.key"]
    assert (
        Encryption(url, None).decrypt(Encryption(url, None).encrypt(PLAIN, PLACE), PLACE) == PLAIN
    )


def test_a_key_that_cannot_be_written_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    url = f"sqlite+aiosqlite:///{tmp_path / 'books.db'}"
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space left"):
            find_keys(make_url(url), None)
    assert list(tmp_path.iterdir()) == []
    keys = find_keys(make_url(url), None)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space left"):
            Encryption(url, None).add_key()
    assert [each.name for each in tmp_path.iterdir()] == ["books.db.key"]
    assert find_keys(make_url(url), None) == keys


@pytest.mark.only_on("sqlite")
async def test_no_key_is_made_beside_values_that_another_encrypted(own_database_url: str) -> None:
    url = own_database_url
    path = Path(str(make_url(url).database))
    encryption = Encryption(url, None)
    await on_connection(url, lambda connection: plant_member(connection, encryption))
    key = key_file(make_url(url))
    assert key is not None
    away = key.rename(path.with_name("away.key"))
    with pytest.raises(KeyMissing):
        Encryption(url, None).encrypt(PLAIN, PLACE)
    assert not key.exists()
    # A bot that read the key before goes on with it.
    assert encryption.decrypt(encryption.encrypt(PLAIN, PLACE), PLACE) == PLAIN
    assert not key.exists()
    assert (await find_keys_state(url, None)).is_missing
    for data_key, said in ((None, "is missing"), (OTHER_KEY, "is another one")):
        settings = Settings(database_url=url, data_key=data_key, _env_file=None)
        with pytest.raises(SettingsError, match=said):
            await require_keys(settings)
    away.rename(key)
    assert (await find_keys_state(url, None)).state == "well"


def modes_in(directory: Path) -> dict[str, int]:
    """Return who may do what with each file."""
    return {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()}


def plant_member(connection: Connection, encryption: Encryption) -> None:
    """Insert a member whose address is encrypted."""
    connection.execute(
        insert(table_of(Book)),
        {"guild_id": 1, "last_record": 0, "last_id": 0, "chain_head": "", "rights_version": 1},
    )
    values = Member(guild_id=1, user_id=2, email=encryption.encrypt(PLAIN, "member/email/1/2"))
    connection.execute(insert(table_of(Member)), values.model_dump())


@pytest.mark.only_on("sqlite")
async def test_every_file_of_the_books_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        url = f"sqlite+aiosqlite:///{tmp_path / 'books.db'}"
        await migrate.upgrade(url)
        db = DatabaseService(DatabaseSettings(url))
        await Warehouse.open(db)
        Encryption(url, None).encrypt(PLAIN, PLACE)
        modes = modes_in(tmp_path)
        await db.close()
    finally:
        os.umask(before)
    names = ("books.db", "books.db-shm", "books.db-wal", "books.db.key")
    assert modes == dict.fromkeys(names, 0o600)


def test_a_key_that_was_set_counts_before_the_one_in_the_file(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'books.db'}"
    assert find_keys(make_url(url), KEY) == [KEY]
    assert not list(tmp_path.iterdir())

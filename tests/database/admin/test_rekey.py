"""Rekeying re-encrypts every value, loses nothing that a bot writes meanwhile, and drops keys."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from bot.database.admin import rekey as rekeying
from bot.database.admin.rekey import rekey
from bot.database.encrypted_columns import list_encrypted_columns
from bot.database.encryption import Encryption, key_file
from bot.database.engine import DatabaseSettings
from bot.database.models import Member, Supplier
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.errors import KeyMissing
from bot.services.profiles import RegisterMember, SetEmail, register_member, set_email
from bot.services.suppliers import EditSupplier, ProposeSupplier, edit_supplier, propose_supplier
from tests.conftest import DATA_KEY
from tests.database.books import (
    GUILD,
    OTHER_GUILD,
    Warehouse,
    require_sound_books,
    rows_of,
    snapshot,
)

NEW_KEY = "new-key-of-the-tests-0123456789"
PEOPLE = 5


def person(number: int, guild_id: int = GUILD) -> Actor:
    return Actor(guild_id=guild_id, user_id=5000 + number, discord_role_ids=frozenset({guild_id}))


def mail(number: int) -> str:
    return f"person{number}@example.com"


async def fill(warehouse: Warehouse) -> None:
    """Let people register, and propose a supplier with three encrypted values."""
    for number in range(PEOPLE):
        request = RegisterMember(name=f"P{number}", email=mail(number))
        await warehouse.run(register_member, request, person(number, warehouse.guild_id))
    proposal = ProposeSupplier(
        name="Acme", email="a@acme.example", phone="+49 30 123456", tax_id="DE123456789"
    )
    await warehouse.run(propose_supplier, proposal, warehouse.employee)


async def sealed_values(db: DatabaseService, guild_id: int = GUILD) -> list[str]:
    people = [row.email for row in await rows_of(db, Member, guild_id)]
    suppliers = await rows_of(db, Supplier, guild_id)
    return [*people, *(v for row in suppliers for v in (row.email, row.phone, row.tax_id))]


async def addresses(db: DatabaseService, guild_id: int = GUILD) -> list[str | None]:
    async with db.look_up(Warehouse(db, guild_id).admin) as books:
        return [row.email for row in await books.members.find_all()]


def open_db(url: str, data_key: str | None) -> DatabaseService:
    return DatabaseService(DatabaseSettings(url, data_key=data_key))


def test_every_encrypted_column_is_known_by_its_model() -> None:
    known = {(what.table.name, what.column) for what in list_encrypted_columns()}
    assert known == {
        ("member", "email"),
        ("supplier", "email"),
        ("supplier", "phone"),
        ("supplier", "tax_id"),
    }


async def test_every_value_of_every_guild_is_encrypted_under_the_first_key(
    database_url: str, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekeying, "_BATCH_ROWS", 2)
    monkeypatch.setattr(rekeying, "_MAX_ROUNDS", 1)
    other = await Warehouse.open(warehouse.db, OTHER_GUILD)
    await fill(warehouse)
    await fill(other)
    both = f"{NEW_KEY},{DATA_KEY}"
    db, encryption = open_db(database_url, both), Encryption(database_url, both)
    rekeyed = await rekey(db, encryption)
    assert (rekeyed.encrypted, rekeyed.left) == (2 * (PEOPLE + 3), 0)
    before = await snapshot(db)
    assert (await rekey(db, encryption)).encrypted == 0
    assert await snapshot(db) == before
    await db.close()
    alone = open_db(database_url, NEW_KEY)
    for guild_id in (GUILD, OTHER_GUILD):
        prefix = Encryption(database_url, NEW_KEY).ciphers.newest_prefix
        assert all(v.startswith(prefix) for v in await sealed_values(alone, guild_id))
        assert await addresses(alone, guild_id) == [mail(number) for number in range(PEOPLE)]
        await require_sound_books(alone, guild_id)
    await alone.close()


async def test_a_value_whose_key_is_gone_is_said_and_nothing_changes(
    database_url: str, warehouse: Warehouse
) -> None:
    await fill(warehouse)
    before = await snapshot(warehouse.db)
    with pytest.raises(KeyMissing):
        await rekey(warehouse.db, Encryption(database_url, NEW_KEY))
    assert await snapshot(warehouse.db) == before


async def test_nothing_is_lost_that_a_running_bot_writes_meanwhile(
    database_url: str, warehouse: Warehouse
) -> None:
    await fill(warehouse)
    both = f"{NEW_KEY},{DATA_KEY}"
    rekeyer, bot = open_db(database_url, both), open_db(database_url, both)

    async def work(number: int) -> None:
        for turn in range(4):
            request = SetEmail(email=f"turn{turn}.{mail(number)}")
            await bot.run(set_email, request, person(number), f"turn-{number}-{turn}")
            edit = EditSupplier(supplier="Acme", phone=f"+49 30 {number}{turn}00000")
            await bot.run(edit_supplier, edit, warehouse.employee, f"edit-{number}-{turn}")

    rekeying_all = asyncio.create_task(rekey(rekeyer, Encryption(database_url, both)))
    await asyncio.gather(*(work(number) for number in range(PEOPLE)))
    assert (await rekeying_all).left == 0
    assert await addresses(rekeyer) == [f"turn3.{mail(number)}" for number in range(PEOPLE)]
    await require_sound_books(rekeyer)
    await bot.close()
    await rekeyer.close()


async def test_a_value_that_changed_since_it_was_read_is_left_alone(
    database_url: str, warehouse: Warehouse
) -> None:
    """Break in between the reading and the writing, as a writer without the lock would."""
    await fill(warehouse)
    both = f"{NEW_KEY},{DATA_KEY}"
    encryption = Encryption(database_url, both)
    newer = encryption.ciphers.encrypt("newer@example.com", f"member/email/{GUILD}/5000")
    engine = warehouse.db._engines.background.sync_engine
    broken_in: list[int] = []

    def break_in(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE member") and not broken_in:
            broken_in.append(1)
            connection.exec_driver_sql(f"UPDATE member SET email = '{newer}' WHERE user_id = 5000")

    event.listen(engine, "before_cursor_execute", break_in)
    rekeyed = await rekey(warehouse.db, encryption)
    event.remove(engine, "before_cursor_execute", break_in)
    assert rekeyed.encrypted == PEOPLE + 3 - 1
    db = open_db(database_url, both)
    assert (await addresses(db))[0] == "newer@example.com"
    await db.close()


def keys_in(path: Path) -> list[str]:
    return path.read_text().split()


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def key_files_near(path: Path) -> list[Path]:
    return list(path.parent.glob("*.key*"))


@pytest.fixture
def beside(database_url: str) -> Path:
    """Where the key of an SQLite file lies."""
    path = key_file(make_url(database_url))
    assert path is not None
    return path


@pytest.mark.only_on("sqlite")
async def test_a_key_file_gets_a_new_key_and_a_running_bot_goes_on(
    database_url: str, beside: Path
) -> None:
    bot, db = open_db(database_url, None), open_db(database_url, None)
    await fill(await Warehouse.open(bot))
    old = keys_in(beside)
    rekeyed = await rekey(db, Encryption(database_url, None))
    assert (rekeyed.encrypted, rekeyed.left) == (PEOPLE + 3, 0)
    new = keys_in(beside)
    assert len(old) == len(new) == 1
    assert old != new
    assert mode_of(beside) == 0o600
    assert await addresses(bot) == [mail(number) for number in range(PEOPLE)]
    await bot.run(set_email, SetEmail(email="later@example.com"), person(0), "later")
    prefix = Encryption(database_url, None).ciphers.newest_prefix
    assert all(value.startswith(prefix) for value in await sealed_values(bot))
    assert key_files_near(beside) == [beside]
    await db.close()
    await bot.close()


@pytest.mark.only_on("sqlite")
async def test_a_change_of_keys_that_broke_off_goes_on_with_the_same_key(
    database_url: str, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = open_db(database_url, None)
    await fill(await Warehouse.open(db))
    first = keys_in(beside)

    async def die(*_: Any, **__: Any) -> int:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, "_rekey_column", die)
        with pytest.raises(InterruptedError):
            await rekey(db, Encryption(database_url, None))
    made, *kept = keys_in(beside)
    assert kept == first
    assert (await rekey(db, Encryption(database_url, None))).encrypted == PEOPLE + 3
    assert keys_in(beside) == [made]
    assert await addresses(db) == [mail(number) for number in range(PEOPLE)]
    await db.close()


@pytest.mark.only_on("sqlite")
async def test_a_bot_and_a_change_of_the_key_file_at_once_lose_nothing(
    database_url: str, beside: Path
) -> None:
    bot, db = open_db(database_url, None), open_db(database_url, None)
    await fill(await Warehouse.open(bot))

    async def work(number: int) -> None:
        for turn in range(6):
            request = SetEmail(email=f"turn{turn}.{mail(number)}")
            await bot.run(set_email, request, person(number), f"turn-{number}-{turn}")

    await asyncio.gather(
        rekey(db, Encryption(database_url, None)),
        rekey(db, Encryption(database_url, None)),
        *(work(number) for number in range(PEOPLE)),
    )
    await bot.close()
    await db.close()
    fresh = open_db(database_url, None)
    assert len(keys_in(beside)) == 1
    assert await addresses(fresh) == [f"turn5.{mail(number)}" for number in range(PEOPLE)]
    await fresh.close()

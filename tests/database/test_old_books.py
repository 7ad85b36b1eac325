"""Books of the program of schema 0005 stay whole through every migration since."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

import bot.services
from bot.database.admin import migrate
from bot.database.admin.revisions import on_connection
from bot.database.engine import DatabaseSettings
from bot.database.models import (
    DefaultRoleGrant,
    Lookalike,
    Member,
    Receipt,
    Role,
    StockLevel,
    StockMove,
)
from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.actors import Actor, system_actor
from bot.domain.permissions import defaults_of
from bot.domain.rights import Need
from bot.domain.virtual_locations import VirtualLocation
from bot.interactions.registers import load_modules
from bot.services.role_defaults import ExtendDefaultRoles, extend_default_roles
from bot.services.verification import verify_books
from tests.database.books import rows_of
from tests.database.filling import Checksums, checksums, in_both
from tests.fixtures.books import (
    DATA_KEY,
    GUILD,
    NOW,
    OTHER_GUILD,
    REVISION,
    write_old_books,
)
from tests.planted import plant_actions

pytestmark = pytest.mark.slow


RECORDS = {GUILD: 280, OTHER_GUILD: 6}
NOA, TED, ERASED = (871100000000000000 + number for number in (104, 105, 106))


load_modules(bot.services)  # with them the actions that old records are of
plant_actions("test.received")


def received(level: Any) -> Callable[[UnitOfWork, None], Awaitable[None]]:
    """Receive one unit of what is at a level, with its cost."""

    async def receive(uow: UnitOfWork, request: None) -> None:
        del request
        line = await uow.stock.line(level.item_id, VirtualLocation.SUPPLIER, level.location_id)
        uow.stock.post(line, Decimal(1), Decimal("0.0125"), "EUR")
        uow.record("test.received", subject_type="item", subject_id=level.item_id, subject="x")

    return receive


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[DatabaseService]:
    db = DatabaseService(DatabaseSettings(url, data_key=DATA_KEY), clock=lambda: NOW)
    yield db
    await db.close()


async def require_sound(url: str) -> dict[int, str]:
    """Check that both guilds' books verify, and return their chain heads."""
    heads = {}
    async with opened(url) as db:
        for guild_id, records in RECORDS.items():
            verified = await verify_books(db, system_actor(guild_id, "test"))
            assert not verified.findings, verified.findings
            assert verified.last_record == records
            heads[guild_id] = verified.head
        members = {row.name: row for row in await rows_of(db, Member, GUILD)}
        async with db.look_up(system_actor(GUILD, "test")) as books:
            noa = await books.members.require(members["Noa Lindqvist"].user_id)
        assert noa.email == "noa@warehouse.example"
    return heads


@pytest.mark.soak_on("postgresql")  # there those with records made since are
async def test_old_books_verify_after_migration_and_after_going_down_and_up_again(
    own_database_url: str,
) -> None:
    url = own_database_url
    await write_old_books(url)
    old: Checksums = await on_connection(url, checksums)

    await migrate.upgrade(url)
    heads = await require_sound(url)
    async with opened(url) as db:
        grants = {row.user_id: row for row in await rows_of(db, DefaultRoleGrant, GUILD)}
    given_and_taken = {id_: (row.given_record, row.taken_record) for id_, row in grants.items()}
    # The third erased their profile since: that they once had the role is known all the same.
    assert given_and_taken == {NOA: (225, None), TED: (226, 240), ERASED: (228, None)}
    await migrate.downgrade(url, REVISION)
    # Columns that a record's hash covers stay, whatever the schema.
    before, after = in_both(old, await on_connection(url, checksums))
    assert before == old, "a table or column is gone"
    assert after == old, "a row came back changed"
    await migrate.upgrade(url)
    assert await require_sound(url) == heads


@pytest.mark.soak_on("postgresql")
async def test_old_books_get_the_default_roles_of_later_versions(own_database_url: str) -> None:
    url = own_database_url
    await write_old_books(url)
    await migrate.upgrade(url)
    async with opened(url) as db:
        due = await db.maintenance.read(list_due)
        assert set(RECORDS) <= due
        for guild_id in RECORDS:
            actor = system_actor(guild_id, "job")
            await db.run(extend_default_roles, ExtendDefaultRoles(), actor, "once")
            held = {row.name: row.permissions for row in await rows_of(db, Role, guild_id)}
            assert held["buyer"] == defaults_of("buyer")
            assert "payment.execute" in held["accountant"]
            assert "order.view" in held["viewer"]
            assert (await verify_books(db, actor)).findings == ()


async def list_due(connection: AsyncConnection) -> set[int]:
    """List the guilds whose default roles are to be extended."""
    found = await connection.execute(
        text("SELECT guild_id FROM schedule WHERE kind = 'role_defaults'")
    )
    return {guild_id for (guild_id,) in found}


@pytest.mark.soak_on("sqlite")
async def test_records_made_since_verify_after_going_down_and_up_again(
    own_database_url: str,
) -> None:
    url = own_database_url
    await write_old_books(url)

    def plant_lookalike(connection: Connection) -> None:
        connection.execute(
            text("UPDATE role SET name_key = :key WHERE guild_id = :guild AND id = 11"),
            {"key": "v\u0456\u0435wer", "guild": GUILD},
        )

    await on_connection(url, plant_lookalike)
    await migrate.upgrade(url)
    async with opened(url) as db:
        (alike,) = await rows_of(db, Lookalike, GUILD)
        assert (alike.noun, alike.skeleton) == ("role", "viewer")
        before = (await verify_books(db, system_actor(GUILD, "test"))).last_record
        (level, *_) = [row for row in await rows_of(db, StockLevel, GUILD) if row.location_id > 99]
        member = Actor(guild_id=GUILD, user_id=900)
        await db.run(
            Operation("test.received", received(level), Need()),
            None,
            member,
            "one key",
        )
        # Another source may use the same key; a schema without sources keeps the first receipt.
        http = Actor(guild_id=GUILD, user_id=900, source="http")
        await db.run(
            Operation("test.received", received(level), Need()),
            None,
            http,
            "one key",
        )
    await migrate.downgrade(url, REVISION)
    await migrate.upgrade(url)
    async with opened(url) as db:
        verified = await verify_books(db, system_actor(GUILD, "test"))
        # The planted key is in no record: verifying says so, and nothing else.
        assert {each.field for each in verified.findings} == {"name as it is looked up"}
        assert verified.last_record == before + 2
        (move,) = [m for m in await rows_of(db, StockMove, GUILD) if m.record == before + 1]
        kept = [row.key for row in await rows_of(db, Receipt, GUILD) if row.record > before]
    assert kept == ["discord:one key"]
    assert (str(move.unit_cost), move.currency) == ("0.012500", "EUR")


@pytest.mark.soak_on("postgresql")
async def test_old_books_fill_every_table_of_their_schema(own_database_url: str) -> None:
    await write_old_books(own_database_url)

    def empty(connection: Connection) -> list[str]:
        return [name for name, sums in checksums(connection).items() if not sums]

    assert await on_connection(own_database_url, empty) == []

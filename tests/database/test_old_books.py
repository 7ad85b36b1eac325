"""Books of the program of schema 0005 stay whole through every migration since."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection

from bot.database.admin import migrate
from bot.database.admin.revisions import on_connection
from bot.database.engine import DatabaseSettings
from bot.database.models import Member
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
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

RECORDS = {GUILD: 280, OTHER_GUILD: 6}


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
            assert not verified.findings
            assert verified.last_record == records
            heads[guild_id] = verified.head
        members = {row.name: row for row in await rows_of(db, Member, GUILD)}
        async with db.look_up(system_actor(GUILD, "test")) as books:
            noa = await books.members.require(members["Noa Lindqvist"].user_id)
        assert noa.email == "noa@warehouse.example"
    return heads


async def test_old_books_verify_after_migration_and_after_going_down_and_up_again(
    own_database_url: str,
) -> None:
    url = own_database_url
    await write_old_books(url)
    old: Checksums = await on_connection(url, checksums)

    await migrate.upgrade(url)
    heads = await require_sound(url)
    await migrate.downgrade(url, REVISION)
    # Columns that a record's hash covers stay, whatever the schema.
    before, after = in_both(old, await on_connection(url, checksums))
    assert before == old, "a table or column is gone"
    assert after == old, "a row came back changed"
    await migrate.upgrade(url)
    assert await require_sound(url) == heads


async def test_old_books_fill_every_table_of_their_schema(own_database_url: str) -> None:
    await write_old_books(own_database_url)

    def empty(connection: Connection) -> list[str]:
        return [name for name, sums in checksums(connection).items() if not sums]

    assert await on_connection(own_database_url, empty) == []

"""Tables, columns or privileges that go while the bot runs: said as what they are, and healed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import pytest
import pytest_asyncio
import typer
from loguru import logger
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.cli.doctor.database import examine_database
from bot.console import failures_in_words
from bot.database.admin import migrate, revisions
from bot.database.admin.grants import grant, separate_users
from bot.database.engine import DatabaseSettings
from bot.database.models import Item, Location
from bot.database.service import DatabaseService
from bot.database.trouble_log import forget_logged
from bot.errors import Unavailable
from bot.settings import Settings
from bot.views.errors import explain
from tests.conftest import DATA_KEY
from tests.database.books import Warehouse, require_sound_books
from tests.database.servers import PostgresqlServer
from tests.database.test_condition import TERMINATE, trouble_of
from tests.database.users import Users, users_of

COMMANDS = {"wrong schema": "`tallyman db check`", "no rights": "`tallyman db grant`"}
LOST = {
    "table": (
        "ALTER TABLE stock_level RENAME TO mislaid",
        "ALTER TABLE mislaid RENAME TO stock_level",
    ),
    "column": (
        "ALTER TABLE stock_level RENAME COLUMN quantity TO mislaid",
        "ALTER TABLE stock_level RENAME COLUMN mislaid TO quantity",
    ),
}


@contextmanager
def logged() -> Iterator[list[str]]:
    forget_logged()
    lines = list[str]()
    sink = logger.add(lines.append, level="ERROR", format="{message}")
    yield lines
    logger.remove(sink)


async def execute(url: str, statement: str) -> None:
    await revisions.on_connection(url, lambda connection: connection.execute(text(statement)))


@dataclass(frozen=True)
class Shelf:
    """An item on a shelf, in books of a test's own."""

    warehouse: Warehouse
    item: Item
    location: Location

    @classmethod
    async def open(cls, db: DatabaseService) -> Self:
        warehouse = await Warehouse.open(db)
        shelf = cls(warehouse, await warehouse.add_item(), await warehouse.add_shelf())
        await shelf.put()
        return shelf

    async def put(self) -> None:
        await self.warehouse.put(self.item, 1, self.location)

    async def require_well(self) -> None:
        await self.put()
        await self.warehouse.level(self.item, self.location)
        assert await trouble_of(self.warehouse.db) == "ok"
        await require_sound_books(self.warehouse.db)

    async def require_said(
        self, trouble: str, *, may_read: bool = False, table: str = "stock_level"
    ) -> None:
        """Require that changes, look-ups and readiness say the same, in one line of the log."""
        command = COMMANDS[trouble]
        with logged() as lines:
            for _ in range(3):
                with pytest.raises(Unavailable) as caught:
                    await self.put()
                assert (caught.value.trouble, caught.value.is_certain) == (trouble, True)
                assert command in str(explain(caught.value))
            if not may_read:
                with pytest.raises(Unavailable) as caught:
                    await self.warehouse.level(self.item, self.location)
                assert caught.value.trouble == trouble
            assert await trouble_of(self.warehouse.db) == trouble
        assert len(lines) == 1, lines
        assert table in lines[0]
        assert command in lines[0]
        with pytest.raises(typer.Exit), failures_in_words():
            raise caught.value


async def broken_by_the_doctor(users: Users) -> str:
    settings = Settings(
        _env_file=None,
        database_url=users.app,
        database_owner_url=users.owner,
        database_backup_url=users.owner,
        data_key=DATA_KEY,
    )
    return "; ".join([f.text async for f in examine_database(settings) if f.mark == "✗"])


@pytest_asyncio.fixture
async def shelf(own_database_url: str) -> AsyncIterator[Shelf]:
    db = DatabaseService(DatabaseSettings(own_database_url, data_key=DATA_KEY))
    yield await Shelf.open(db)
    await db.close()


@pytest.mark.parametrize("what", LOST)
async def test_a_lost_table_or_column_is_said_and_used_again_when_it_is_back(
    shelf: Shelf, own_database_url: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lose, find = LOST[what]
    await execute(own_database_url, lose)
    await shelf.require_said("wrong schema", table="")
    assert COMMANDS["wrong schema"] in capsys.readouterr().err
    await execute(own_database_url, find)
    await shelf.require_well()


@pytest.mark.only_on("postgresql")
async def test_a_search_path_that_leads_elsewhere_is_said_and_no_session_keeps_it(
    shelf: Shelf,
    own_database_url: str,
    postgresql: PostgresqlServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = str(make_url(own_database_url).database)
    postgresql.execute(f'ALTER DATABASE "{name}" SET search_path = pg_catalog')
    postgresql.execute(TERMINATE, name)
    await shelf.require_said("wrong schema", table="")
    # A revision of no tables at all would have an operator make a second set of them.
    for work in (revisions.require_current, migrate.upgrade):
        with pytest.raises(typer.Exit), failures_in_words():
            await work(own_database_url)
        assert "books are in the schema public, but search_path" in capsys.readouterr().err
    postgresql.execute(f'ALTER DATABASE "{name}" RESET search_path')
    await shelf.require_well()


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    ("privilege", "table"), [("SELECT", "stock_level"), ("INSERT", "audit_event")]
)
async def test_a_revoked_privilege_is_said_until_it_is_granted_again(
    own_database_url: str,
    postgresql: PostgresqlServer,
    privilege: str,
    table: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with users_of(postgresql, own_database_url) as users:
        everyone = separate_users(users.owner, users.app, users.backup)
        await grant(users.owner, everyone)
        db = DatabaseService(DatabaseSettings(users.app, data_key=DATA_KEY))
        shelf = await Shelf.open(db)
        name = make_url(users.app).username
        quoted = '"' + str(name).replace('"', '""') + '"'
        await execute(users.owner, f"REVOKE {privilege} ON {table} FROM {quoted}")
        await shelf.require_said("no rights", may_read=privilege == "INSERT", table=table)
        assert COMMANDS["no rights"] in capsys.readouterr().err
        assert f" may not {privilege} on {table}" in await broken_by_the_doctor(users)
        await grant(users.owner, everyone)
        assert await broken_by_the_doctor(users) == ""
        await execute(users.owner, f"ALTER ROLE {quoted} SET search_path = pg_catalog")
        assert "in the schema public, but search_path of DATABASE_URL does not begin with it" in (
            await broken_by_the_doctor(users)
        )
        with pytest.raises(typer.Exit), failures_in_words():
            await revisions.require_current(users.app)
        assert "books are in the schema public, but search_path" in capsys.readouterr().err
        await execute(users.owner, f"ALTER ROLE {quoted} RESET search_path")
        await shelf.require_well()
        await db.close()

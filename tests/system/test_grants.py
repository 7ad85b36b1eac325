"""`db grant` and `db check`, as an operator types them, and a bot that runs as a lesser user."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from tests.conftest import SOAK
from tests.database.servers import PostgresqlServer
from tests.database.users import Users, users_of
from tests.system.conftest import Office
from tests.system.depots import OPENING_RECORDS


@pytest.fixture
def users(own_database_url: str, postgresql: PostgresqlServer) -> Iterator[Users]:
    with users_of(postgresql, own_database_url) as users:
        yield users


def settings_of(users: Users) -> dict[str, Any]:
    return {
        "DATABASE_OWNER_URL": users.owner,
        "DATABASE_URL": users.app,
        "DATABASE_BACKUP_URL": users.backup,
    }


@pytest.mark.only_on("sqlite")
async def test_on_sqlite_there_is_nothing_to_grant(office: Office) -> None:
    code, said = await office.tallyman("db", "grant")
    assert (code, "nothing to grant" in said) == (0, True)
    code, said = await office.tallyman("db", "check")
    assert (code, "append-only" in said) == (0, True)


@pytest.mark.only_on("postgresql")
async def test_one_user_for_everything_is_said_to_be_so(office: Office) -> None:
    code, said = await office.tallyman("db", "grant", is_fresh=SOAK)
    assert (code, "no separate privileges" in said) == (1, True)
    code, said = await office.tallyman("db", "check")
    assert (code, "`tallyman db grant`" in said) == (0, True)
    async with office.bot() as bot:
        await office.ready(bot)
        await bot.wait_for_output("is a superuser, so nothing is refused to it")
        assert await bot.terminate() == 0


@pytest.mark.only_on("postgresql")
async def test_granted_users_are_checked_and_serve_the_bot(office: Office, users: Users) -> None:
    settings = settings_of(users)
    code, said = await office.tallyman("db", "check", **settings)
    assert code == 1
    assert f"does not let the user {make_url(users.app).username} in" in said
    assert "Traceback" not in said
    for _ in range(2):
        code, said = await office.tallyman("db", "grant", **settings)
        assert code == 0, said
        assert f"{make_url(users.app).username} " in said
    code, said = await office.tallyman("db", "check", **settings)
    assert code == 0, said
    assert said.count("Everything else was tried and refused.") == 2

    office.ledger.url = users.owner
    async with office.bot(**settings) as bot:
        await office.ready(bot)
        depot = await office.depot()
        taken = await depot.clerk.slash("take", item="BOLT-8", location="A1")
        assert "Took" in taken.content
        await depot.require_in_order(OPENING_RECORDS + 1)
        assert await bot.terminate() == 0
        assert "WARNING  bot." not in bot.output
    for url in (users.owner, users.app, users.backup):
        password = str(make_url(url).password)
        assert not [log for log in office.directory.glob("*.log") if password in log.read_text()]


@pytest.mark.only_on("postgresql")
async def test_check_finds_what_was_granted_beyond_added_rules_and_triggers_that_are_off(
    office: Office, users: Users, postgresql: PostgresqlServer, own_database_url: str
) -> None:
    settings = settings_of(users)
    assert (await office.tallyman("db", "grant", **settings))[0] == 0
    database = str(make_url(own_database_url).database)
    postgresql.execute("GRANT DELETE ON audit_event TO PUBLIC", database)
    off = "ALTER TABLE stock_move DISABLE TRIGGER stock_move_is_append_only"
    postgresql.execute(off, database)
    postgresql.execute("CREATE RULE none AS ON INSERT TO receipt DO INSTEAD NOTHING", database)
    code, said = await office.tallyman("db", "check", **settings)
    assert code == 1
    assert "The trigger stock_move_is_append_only is missing or disabled." in said
    assert "The rule none on receipt was added by hand and may change what is written." in said
    for url in (users.app, users.backup):
        assert f"The user {make_url(url).username} may DELETE on audit_event." in said
    assert "DELETE FROM audit_event WHERE false" in said
    assert "Traceback" not in said

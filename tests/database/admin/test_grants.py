"""On PostgreSQL the bot's user may do what the bot does, the backups' may read, and no more."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from bot.database.admin import revisions
from bot.database.admin.grants import GRANTS, Granted, grant, separate_users
from bot.database.admin.privileges import (
    list_foreign_tables,
    list_privilege_problems,
    list_unrefused,
)
from bot.database.admin.scram import scram_verifier
from bot.database.admin.triggers import APPEND_ONLY
from bot.database.engine import DatabaseSettings
from bot.database.models import Book, metadata
from bot.database.service import DatabaseService
from bot.errors import GrantRefused, Unavailable
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, rows_of, snapshot
from tests.database.servers import PostgresqlServer
from tests.database.test_doors import live
from tests.database.users import Users, users_of

pytestmark = pytest.mark.only_on("postgresql")


@pytest.fixture
def users(own_database_url: str, postgresql: PostgresqlServer) -> Iterator[Users]:
    with users_of(postgresql, own_database_url) as users:
        yield users


async def grant_all(users: Users) -> list[Granted]:
    return await grant(users.owner, separate_users(users.owner, users.app, users.backup))


async def execute(url: str, statement: str) -> None:
    await revisions.on_connection(url, lambda connection: connection.execute(text(statement)))


@contextmanager
def refusing(reason: str) -> Iterator[None]:
    with pytest.raises(Unavailable) as caught:
        yield
    assert caught.value.trouble == "no rights"
    assert reason in str(caught.value.__cause__)


async def require_refused(db: DatabaseService, statement: str, reason: str) -> None:
    with refusing(reason):
        await db.maintenance.write(lambda connection: connection.execute(text(statement)))


async def problems(users: Users) -> list[str]:
    return [
        *await list_privilege_problems(users.app, "app"),
        *await list_privilege_problems(users.backup, "backup"),
        *await list_unrefused(users.app, "app"),
        *await list_unrefused(users.backup, "backup"),
        *await list_foreign_tables(users.owner),
    ]


def test_every_table_says_what_the_bot_may_do_with_it(engine: str) -> None:
    assert engine
    assert set(GRANTS) == {*metadata.tables, "alembic_version"}
    for name in APPEND_ONLY:
        assert set(GRANTS[name]) == {"SELECT", "INSERT"}


async def test_users_are_made_with_what_they_need_and_nothing_else(users: Users) -> None:
    granted = await grant_all(users)
    assert [(each.kind, each.is_new) for each in granted] == [("app", True), ("backup", True)]
    assert await problems(users) == []


async def test_granting_again_changes_nothing_and_repairs_what_went_astray(users: Users) -> None:
    await grant_all(users)
    app = '"' + str(make_url(users.app).username).replace('"', '""') + '"'
    await execute(users.owner, f"GRANT UPDATE (actor_id), TRUNCATE ON audit_event TO {app}")
    await execute(users.owner, f"REVOKE INSERT ON item FROM {app}")
    await execute(users.owner, "GRANT DELETE ON stock_move TO PUBLIC")
    await execute(users.owner, "GRANT CREATE ON SCHEMA public TO PUBLIC")
    name = make_url(users.app).username
    found = await list_privilege_problems(users.app)
    assert found == [
        f"The user {name} may create tables.",
        f"The user {name} may TRUNCATE on audit_event.",
        f"The user {name} may UPDATE on audit_event.",
        f"The user {name} may not INSERT on item.",
        f"The user {name} may DELETE on stock_move.",
    ]
    assert len(await list_unrefused(users.app, "app")) == 2
    assert [each.is_new for each in await grant_all(users)] == [False, False]
    assert await problems(users) == []


async def test_an_administrator_who_grants_takes_large_objects_away(
    users: Users, own_database_url: str
) -> None:
    await grant(own_database_url, {"app": users.app})
    with refusing("permission denied for function lo_create"):
        await execute(users.app, "SELECT lo_create(0)")


async def test_the_bot_is_warned_of_a_later_table_that_is_open(users: Users) -> None:
    await grant_all(users)
    await execute(users.owner, "CREATE TABLE later (number INTEGER)")
    name = make_url(users.app).username
    assert f"The user {name} may DELETE on later." in await list_privilege_problems(users.app)


async def test_the_bot_runs_whole_as_its_own_user(users: Users) -> None:
    await grant_all(users)
    db = DatabaseService(DatabaseSettings(users.app, data_key=DATA_KEY))
    await live(await Warehouse.open(db))
    (book,) = await rows_of(db, Book, GUILD)
    assert book.last_record > 12
    before = await snapshot(db)
    for name in APPEND_ONLY:
        for statement in (f"UPDATE {name} SET record = 0", f"DELETE FROM {name}"):
            await require_refused(db, statement, "permission denied")
        await require_refused(db, f"DROP TABLE {name}", "must be owner")
        await require_refused(db, f"ALTER TABLE {name} DISABLE TRIGGER ALL", "must be owner")
    await require_refused(db, "CREATE TABLE mine (number INT)", "permission denied")
    assert await snapshot(db) == before
    await revisions.require_current(users.app)
    await db.close()


async def test_backups_read_everything_and_write_nothing(users: Users) -> None:
    await grant_all(users)
    for name in (*metadata.tables, "alembic_version"):
        await execute(users.backup, f"SELECT count(*) FROM {name}")
        with refusing("permission denied"):
            await execute(users.backup, f"DELETE FROM {name}")


async def test_a_later_migrations_table_can_be_used_at_once(users: Users) -> None:
    await grant_all(users)
    await execute(users.owner, "CREATE TABLE later (number INTEGER)")
    await execute(users.app, "INSERT INTO later VALUES (1)")
    await execute(users.app, "UPDATE later SET number = 2")
    await execute(users.backup, "SELECT * FROM later")
    with refusing("permission denied"):
        await execute(users.backup, "DELETE FROM later")


async def test_a_user_who_owns_tables_or_is_above_them_is_found(
    users: Users, own_database_url: str
) -> None:
    name = make_url(users.owner).username
    (owns,) = await list_privilege_problems(users.owner)
    assert owns.startswith(f"The user {name} owns alembic_version, approval, approval_card and ")
    assert await list_privilege_problems(own_database_url) == [
        "The user postgres is a superuser, so nothing is refused to it."
    ]
    # That is why the look-ups alone are not believed: only triggers stop an owner.
    assert len(await list_unrefused(users.owner, "app")) == 5


async def test_tables_of_another_owner_are_found_and_get_no_grant(
    users: Users, own_database_url: str
) -> None:
    await execute(own_database_url, "ALTER TABLE receipt OWNER TO postgres")
    name = make_url(users.owner).username
    assert await list_foreign_tables(users.owner) == [
        f"receipt belongs to postgres, not to {name}."
    ]
    with pytest.raises(GrantRefused) as caught:
        await grant_all(users)
    assert (caught.value.reason, caught.value.user) == ("owns_not_all", name)


async def test_an_owner_who_may_make_no_users_is_told_which_one_is_missing(
    own_database_url: str, postgresql: PostgresqlServer
) -> None:
    with users_of(postgresql, own_database_url, may_create=False) as users:
        with pytest.raises(GrantRefused) as caught:
            await grant_all(users)
        name = str(make_url(users.app).username)
        assert (caught.value.reason, caught.value.user) == ("may_not_create", name)
        for url in (users.app, users.backup):
            made_by_another = str(make_url(url).username).replace('"', '""')
            postgresql.execute(f'CREATE ROLE "{made_by_another}" LOGIN')
        assert [each.is_new for each in await grant_all(users)] == [False, False]
        assert await problems(users) == []


def test_only_users_of_their_own_are_separate(engine: str) -> None:
    assert engine
    owner, app, backup = (f"postgresql+asyncpg://{name}@h/d" for name in ("o", "a", "b"))
    assert separate_users(owner, app, backup) == {"app": app, "backup": backup}
    assert separate_users(owner, app, app) == {"app": app}
    assert separate_users(owner, owner, backup) == {"backup": backup}
    assert separate_users(owner, owner, owner) == {}
    assert separate_users(owner, "postgresql+asyncpg://h/d", owner) == {}


@pytest.mark.parametrize("password", ["secret", 'p\'w "x" $', "pässwörd\u00a0\u00ad①", " "])
async def test_a_password_is_stored_as_the_server_itself_would(
    own_database_url: str, password: str, engine: str
) -> None:
    assert engine
    literal = password.replace("'", "''")

    def work(connection: Connection) -> str:
        connection.exec_driver_sql(f"CREATE ROLE plain PASSWORD '{literal}'")
        stored = "SELECT rolpassword FROM pg_authid WHERE rolname = 'plain'"
        verifier = str(connection.scalar(text(stored)))
        connection.exec_driver_sql("DROP ROLE plain")
        return verifier

    stored = await revisions.on_connection(own_database_url, work)
    salt = base64.b64decode(stored.split("$")[1].split(":")[1])
    assert scram_verifier(password, salt) == stored
    assert scram_verifier(password) != scram_verifier(password)


async def test_the_servers_log_never_holds_a_password(
    users: Users, own_database_url: str, postgresql: PostgresqlServer
) -> None:
    database = make_url(own_database_url).database
    postgresql.execute(f"ALTER DATABASE \"{database}\" SET log_statement = 'all'")
    began = len(postgresql.read_log())
    await grant_all(users)
    log = postgresql.read_log()[began:]
    assert log.count("CREATE ROLE") == 2
    for url in (users.app, users.backup):
        assert str(make_url(url).password) not in log.replace("''", "'")

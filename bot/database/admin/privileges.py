"""Checks privileges by lookup and by attempting each statement in a rolled-back savepoint."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.database.admin.grants import Kind, may_do
from bot.database.admin.revisions import on_connection
from bot.database.admin.triggers import APPEND_ONLY
from bot.database.errors import sqlstate
from bot.database.models import metadata

_REFUSED = "42501"
_NAMED_TABLES = 3
_ROLE = text(
    "SELECT rolname, rolsuper, rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls, "
    "has_database_privilege(current_database(), 'CREATE'), "
    "has_database_privilege(current_database(), 'TEMPORARY'), "
    "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) "
    "FROM pg_roles WHERE rolname = current_user"
)
# A right to a single column is a right.
_TABLES = text(
    "SELECT relname, privilege, has_table_privilege(c.oid, privilege) OR "
    "(privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND "
    "has_any_column_privilege(c.oid, privilege)) "
    "FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', "
    "'REFERENCES', 'TRIGGER']) privilege "
    "WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace "
    "ORDER BY relname, privilege"
)
_OWNED = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
    "AND relnamespace = current_schema()::regnamespace AND pg_has_role(relowner, 'USAGE') "
    "ORDER BY relname"
)
_OTHERS = text(
    "SELECT relname, pg_get_userbyid(relowner), current_user FROM pg_class "
    "WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace "
    "AND relname = ANY (:tables) AND pg_get_userbyid(relowner) <> current_user ORDER BY relname"
)


@dataclass(frozen=True, slots=True)
class _Role:
    """What the database says of the connected user."""

    name: str
    is_superuser: bool
    may_administer: bool
    may_create_schemas: bool
    may_create_temporary: bool
    may_create_tables: bool


class Lacking(str):
    """A problem of privileges: the user needs one that it does not have."""

    __slots__ = ()


async def list_privilege_problems(url: str, kind: Kind = "app") -> list[str]:
    """Say in what the user of this address may do more or less than the bot (or backups) should.

    One sentence each, none if all is well. On SQLite there are no users: always none.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return []
    return await on_connection(url, lambda connection: list(_problems(connection, kind)))


async def list_unrefused(url: str, kind: Kind) -> list[str]:
    """Try what must be refused to this user, rolled back if allowed; return the allowed."""
    return await on_connection(url, lambda connection: list(_unrefused(connection, kind)))


async def list_foreign_tables(owner_url: str) -> list[str]:
    """Say which of the product's tables do not belong to the owner."""

    def work(connection: Connection) -> list[str]:
        found = connection.execute(_OTHERS, {"tables": list(metadata.tables)})
        return [f"{table} belongs to {owner}, not to {me}." for table, owner, me in found]

    return await on_connection(owner_url, work)


def _problems(connection: Connection, kind: Kind) -> Iterator[str]:
    role = _Role(*connection.execute(_ROLE).one())
    # A superuser needs no list of rights.
    if role.is_superuser:
        yield f"The user {role.name} is a superuser, so nothing is refused to it."
        return
    if owned := list(connection.scalars(_OWNED)):
        more = len(owned) - _NAMED_TABLES
        names = ", ".join(owned[:_NAMED_TABLES]) + (f" and {more} more" if more > 0 else "")
        yield f"The user {role.name} owns {names}, so it may change and drop them."
        return
    for is_so, what in (
        (role.may_administer, "create databases or roles, replicate, or pass by row security"),
        (role.may_create_schemas, "create schemas"),
        (role.may_create_temporary, "create temporary tables"),
        (role.may_create_tables, "create tables"),
    ):
        if is_so:
            yield f"The user {role.name} may {what}."
    seen = set()
    for table, privilege, may in connection.execute(_TABLES):
        seen.add(table)
        should = privilege in may_do(kind, table)
        if may and not should:
            yield f"The user {role.name} may {privilege} on {table}."
        elif should and not may:
            yield Lacking(f"The user {role.name} may not {privilege} on {table}.")
    if missing := sorted(set(metadata.tables) - seen):
        yield f"The user {role.name} does not see {', '.join(missing)}."


def _unrefused(connection: Connection, kind: Kind) -> Iterator[str]:
    for statement in _forbidden(kind):
        attempt = connection.begin_nested()
        try:
            connection.execute(text(statement))
        except DBAPIError as error:
            if sqlstate(error) != _REFUSED:
                yield f"Not refused for want of a right ({sqlstate(error)}): {statement}"
        else:
            yield f"Not refused: {statement}"
        finally:
            attempt.rollback()


def _forbidden(kind: Kind) -> Iterator[str]:
    """Name statements that a user of this kind must not run; none would change a row."""
    yield "CREATE TABLE tallyman_check (number INTEGER)"
    for name in APPEND_ONLY if kind == "app" else sorted(metadata.tables):
        column = next(iter(metadata.tables[name].columns)).name
        # The names are the models' own.
        yield f"UPDATE {name} SET {column} = {column} WHERE false"  # noqa: S608
        yield f"DELETE FROM {name} WHERE false"  # noqa: S608
        if kind == "backup":
            yield f"INSERT INTO {name} SELECT * FROM {name} WHERE false"  # noqa: S608

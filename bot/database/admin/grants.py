"""Three users on PostgreSQL: who migrates owns all, the bot changes rows, backups read.

`GRANTS` says of each table what the bot may do with it. The owner hands out exactly that and
takes back whatever else the two may have, so running it again corrects what has drifted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from bot.database.admin.citus import is_distributed
from bot.database.admin.citus_roles import set_up_roles
from bot.database.admin.revisions import on_locked_connection
from bot.database.admin.scram import scram_verifier
from bot.database.models.base import CHANGE, READ, list_grants
from bot.errors import GrantRefused

Kind = Literal["app", "backup"]

# Each table's model says what the bot may do with it; alembic's table has no model.
GRANTS: Final[Mapping[str, tuple[str, ...]]] = {"alembic_version": READ, **list_grants()}

_WHERE = text("SELECT current_user, current_schema(), current_database()")
_OWNED = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
    "AND relnamespace = current_schema()::regnamespace AND pg_has_role(relowner, 'USAGE')"
)
_MAY_CREATE = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
_IS_SUPERUSER = text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
# Every user may fill the disk with these, which no table's privileges bound.
_LARGE_OBJECTS: Final = "lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
_EXISTS = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :name)")
_OWNS_DATABASE = text(
    "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
)
_OWNS_SCHEMA = text(
    "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = current_schema()"
)


@dataclass(frozen=True, slots=True)
class Granted:
    """Who may now do what belongs to the bot or to backups, and whether the user is new."""

    kind: Kind
    user: str
    is_new: bool


def separate_users(owner_url: str, app_url: str, backup_url: str) -> dict[Kind, str]:
    """Return the addresses whose users are none of the users before them."""
    seen = {user_of(owner_url)}
    found: dict[Kind, str] = {}
    addresses: dict[Kind, str] = {"app": app_url, "backup": backup_url}
    for kind, url in addresses.items():
        user = user_of(url)
        if user and user not in seen:
            found[kind] = url
            seen.add(user)
    return found


def user_of(url: str) -> str:
    """Return the name of an address's user, empty if it names none."""
    return make_url(url).username or ""


def may_do(kind: Kind, table: str) -> tuple[str, ...]:
    """Return the privileges that a user of this kind has on a table."""
    return READ if kind == "backup" else GRANTS.get(table, ())


async def grant(owner_url: str, users: Mapping[Kind, str]) -> list[Granted]:
    """Make the users that do not exist, and give each what its kind may do, and no more.

    Raises GrantRefused when the owner may not; then nothing was changed.
    """
    granted: list[Granted] = []

    def work(connection: Connection) -> None:
        for kind, url in users.items():
            granted.append(_make_user(connection, kind, url))
        for statement in _statements(connection, {each.kind: each.user for each in granted}):
            connection.exec_driver_sql(statement)
        if is_distributed(connection):
            set_up_roles(connection, {each.user: "app" for each in granted if each.kind == "app"})

    await on_locked_connection(owner_url, work)
    return granted


def _make_user(connection: Connection, kind: Kind, url: str) -> Granted:
    user, password = user_of(url), make_url(url).password
    if connection.scalar(_EXISTS, {"name": user}):
        return Granted(kind, user, is_new=False)
    if not connection.scalar(_MAY_CREATE):
        raise GrantRefused("may_not_create", user)
    name = _quoted(connection, user)
    # Base64 and its separators alone, so the literal needs no escapes.
    secret = f" PASSWORD '{scram_verifier(str(password))}'" if password else ""
    connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN{secret}")
    return Granted(kind, user, is_new=True)


def _statements(connection: Connection, users: Mapping[Kind, str]) -> Iterator[str]:
    names = connection.execute(_WHERE).one()
    _, schema, database = (_quoted(connection, str(name)) for name in names)
    roles = {kind: _quoted(connection, user) for kind, user in users.items()}
    users_and_public = ", ".join(["PUBLIC", *roles.values()])
    if connection.scalar(_OWNS_DATABASE):
        yield f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM {users_and_public}"
        yield f"GRANT CONNECT ON DATABASE {database} TO {', '.join(roles.values())}"
    if connection.scalar(_OWNS_SCHEMA):
        yield f"REVOKE CREATE ON SCHEMA {schema} FROM {users_and_public}"
        yield f"GRANT USAGE ON SCHEMA {schema} TO {', '.join(roles.values())}"
    if connection.scalar(_IS_SUPERUSER):  # the functions are the server's own
        yield f"REVOKE EXECUTE ON FUNCTION {_LARGE_OBJECTS} FROM PUBLIC"
    tables = list(connection.scalars(_OWNED))
    if not set(GRANTS) <= set(tables):
        raise GrantRefused("owns_not_all", str(names[0]))
    for table in tables:
        place = f"{schema}.{_quoted(connection, table)}"
        yield f"REVOKE ALL ON {place} FROM {users_and_public}"
        for kind, role in roles.items():
            if privileges := may_do(kind, table):
                yield f"GRANT {', '.join(privileges)} ON {place} TO {role}"
    # A table of a later migration can be used at once; the next `grant` says what it really takes.
    for kind, role in roles.items():
        later = READ if kind == "backup" else CHANGE
        defaults = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema}"
        yield f"{defaults} GRANT {', '.join(later)} ON TABLES TO {role}"
        if kind == "backup":
            yield f"{defaults} GRANT SELECT ON SEQUENCES TO {role}"


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)

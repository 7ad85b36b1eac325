"""Spreading the books over Citus: each table on its own, so that what broke off is gone on with.

One transaction for all would take more locks than a server has by default.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.database.admin import citus
from bot.database.admin.citus_roles import Role, list_lacking, set_up_roles
from bot.database.admin.in_use import count_others
from bot.database.admin.revisions import on_connection, on_locked_connection
from bot.database.admin.triggers import APPEND_ONLY, REFUSE_ON_CITUS, list_missing, list_on_citus
from bot.database.errors import is_transient
from bot.errors import DistributionRefused

_IS_COORDINATOR: Final = text("SELECT citus_is_coordinator()")
_PLACE: Final = {
    "by guild": text("SELECT create_distributed_table(:table, 'guild_id', colocate_with => :with)"),
    "everywhere": text("SELECT create_reference_table(:table)"),
}
# What was moved is left behind where it was, out of sight.
_LEFT_BEHIND: Final = text(
    "SELECT relname FROM pg_dist_partition JOIN pg_class ON oid = logicalrelid "
    "WHERE relnamespace = current_schema()::regnamespace AND partmethod = 'h' "
    "AND pg_relation_size(oid) > 0"
)
# To truncate the first is to truncate the others.
_GUARDED: Final = {"book", *APPEND_ONLY}
_CLEAR: Final = text("SELECT truncate_local_data_after_distributing_table(:table)")


@dataclass(frozen=True, slots=True)
class Distributed:
    """Which tables were spread just now; `strangers` are users that do not exist yet."""

    tables: list[str]
    strangers: list[str]


async def distribute(owner_url: str, users: Mapping[str, Role]) -> Distributed:
    """Spread the tables that are not yet, with their triggers, and set what the users need.

    Raises DistributionRefused; running it again goes on with what is left.
    """
    missing: list[str] = []
    strangers: list[str] = []

    def look(connection: Connection) -> None:
        _require_able(connection)
        placed = citus.read_placements(connection)
        missing.extend(name for name in citus.PLACEMENTS if name not in placed)
        if missing and (others := count_others(connection)):
            raise DistributionRefused("in_use", str(others))
        # Whatever is left behind is truncated, which they refuse.
        if _GUARDED & {*missing, *connection.scalars(_LEFT_BEHIND)}:
            _drop_triggers(connection)

    def finish(connection: Connection) -> None:
        _finish(connection)
        strangers.extend(set_up_roles(connection, users))

    with _refusing():
        await on_locked_connection(owner_url, look)
        for name in missing:
            await on_locked_connection(owner_url, partial(_place, name))
        await on_locked_connection(owner_url, finish)
    return Distributed(missing, strangers)


async def list_problems(url: str, users: Mapping[str, Role]) -> list[str]:
    """Say what is not as `distribute` leaves it, one sentence each; nothing on other servers."""

    def look(connection: Connection) -> list[str]:
        if not citus.is_citus(connection):
            return []
        return [*citus.list_misplaced(connection), *list_lacking(connection, users)]

    return await on_connection(url, look)


def _require_able(connection: Connection) -> None:
    if not citus.is_citus(connection):
        raise DistributionRefused("no_extension")
    if not connection.scalar(_IS_COORDINATOR):
        raise DistributionRefused("not_coordinator")


def _place(name: str, connection: Connection) -> None:
    placement = citus.PLACEMENTS[name]
    values = {"table": _quoted(connection, name)}
    if placement == "by guild":
        values["with"] = "none" if name == "book" else "book"
    connection.execute(_PLACE[placement], values)


def _finish(connection: Connection) -> None:
    for name in connection.scalars(_LEFT_BEHIND).all():
        connection.execute(_CLEAR, {"table": _quoted(connection, name)})
    _create_triggers(connection)


def _drop_triggers(connection: Connection) -> None:
    for table in APPEND_ONLY:
        for name in list_on_citus(table):
            _drop_trigger(connection, name, table)


def _create_triggers(connection: Connection) -> None:
    missing = list_missing(connection)
    # A migration that took the function down and up again left it as it is elsewhere.
    connection.exec_driver_sql(REFUSE_ON_CITUS)
    for table in APPEND_ONLY:
        for name, events in list_on_citus(table).items():
            if name not in missing:
                continue
            # One without TRUNCATE may take the place of one with it.
            _drop_trigger(connection, name, table)
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {events} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def _drop_trigger(connection: Connection, name: str, table: str) -> None:
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if is_transient(error):
            raise
        told = str(error.orig).splitlines()[0].rpartition(">: ")[2]
        raise DistributionRefused("failed", told.rstrip(".")) from error

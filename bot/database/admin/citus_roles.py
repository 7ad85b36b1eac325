"""What users need on each node of Citus: sessions that it opens there know nothing of the bot's."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from sqlalchemy import Connection, text

from bot.database.engine import LOCK_TIMEOUT_MS

# What the bot's sessions need, and what the owner's need.
Role = Literal["app", "owner"]

# The sessions that the coordinator opens on other nodes have these from their user alone. Without
# the first Citus looks at every row of the catalogue for shards to hide, which takes the driver
# seconds for each new connection. The tables' owner migrates, and waits for locks as long as it
# takes.
_PREFIX: Final = ("citus.show_shards_for_app_name_prefixes", "tallyman")
ROLE_SETTINGS: Final[Mapping[Role, Mapping[str, str]]] = {
    "app": dict([_PREFIX, ("lock_timeout", f"{LOCK_TIMEOUT_MS}ms"), ("jit", "off")]),
    "owner": dict([_PREFIX]),
}
_ON_NODES = text(
    "SELECT coalesce(nodename || ':' || nodeport, 'this node'), success, result "
    "FROM run_command_on_all_nodes(:command) LEFT JOIN pg_dist_node USING (nodeid) ORDER BY 1"
)
_SETTINGS_OF: Final = (
    "SELECT string_agg(setting, ' ') FROM pg_db_role_setting, unnest(setconfig) setting "
    "WHERE setrole = (SELECT oid FROM pg_roles WHERE rolname = {user}) AND setdatabase IN "
    "(0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
)
_EXISTS = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :name)")
_DATABASE = text("SELECT current_database()")


def set_up_roles(connection: Connection, users: Mapping[str, Role]) -> list[str]:
    """Give users their settings in this database on every node; returns who does not exist yet."""
    quoted = connection.dialect.identifier_preparer.quote
    database = quoted(str(connection.scalar(_DATABASE)))
    strangers = []
    for user, role in users.items():
        if not connection.scalar(_EXISTS, {"name": user}):
            strangers.append(user)
            continue
        # Citus repeats it on its workers.
        of_user = f"ALTER ROLE {quoted(user)} IN DATABASE {database} SET"
        for setting, value in ROLE_SETTINGS[role].items():
            connection.exec_driver_sql(f"{of_user} {setting} = '{value}'")
    return strangers


def list_lacking(connection: Connection, users: Mapping[str, Role]) -> Iterator[str]:
    """Say which users lack a setting on which node, one sentence each."""
    for user, role in users.items():
        wanted = {f"{name}={value}" for name, value in ROLE_SETTINGS[role].items()}
        quoted = "'" + user.replace("'", "''") + "'"
        command = _SETTINGS_OF.format(user=quoted)
        for node, was_asked, result in connection.execute(_ON_NODES, {"command": command}):
            if not was_asked:
                yield f"The node {node} does not answer {user}: {result}."
            elif lacking := sorted(wanted - set((result or "").split())):
                yield f"The user {user} lacks {', '.join(lacking)} on the node {node}."

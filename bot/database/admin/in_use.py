"""Whether other programs are in a database whose tables are about to be replaced."""

from typing import Final

from sqlalchemy import Connection, text

from bot.database.admin.citus import is_citus

_INSIDE: Final = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
)
# On all nodes; what Citus itself does there is none of a bot's.
_INSIDE_CITUS: Final = text(
    "SELECT count(*) FROM citus_stat_activity "
    "WHERE datname = current_database() AND usesysid IS NOT NULL AND NOT is_worker_query "
    "AND application_name NOT ILIKE 'citus%' AND global_pid <> citus_backend_gpid()"
)


def count_others(connection: Connection) -> int:
    """Count the connections of others to this database."""
    inside = _INSIDE_CITUS if is_citus(connection) else _INSIDE
    return int(connection.scalar(inside) or 0)

"""Whether other programs are in a database whose tables are about to be replaced or dropped."""

import asyncio
from typing import Final

from sqlalchemy import Connection, text

from bot.database.admin import backup_sqlite
from bot.database.admin.citus import is_citus
from bot.database.admin.revisions import on_connection
from bot.database.condition import file_of
from bot.errors import BackupRefused

# A server goes on listing sessions of this program for a moment after they were closed.
_TRIES: Final = 10
_PAUSE_SECONDS: Final = 0.1

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


async def require_alone(url: str) -> None:
    """Raise BackupRefused while another program, the bot most likely, has the database open."""
    file = file_of(url)
    if file is not None:
        await asyncio.to_thread(backup_sqlite.require_alone, file)
        return
    inside = 0
    for _ in range(_TRIES):
        inside = await on_connection(url, count_others)
        if not inside:
            return
        await asyncio.sleep(_PAUSE_SECONDS)
    raise in_use(inside)


def in_use(connections: int) -> BackupRefused:
    """Return the refusal of a server that others are connected to."""
    return BackupRefused(f"The database is in use ({connections} connections); stop the bot first.")

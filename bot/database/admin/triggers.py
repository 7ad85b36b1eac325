"""The triggers that refuse every change of ledger and audit, and whether they are there."""

from typing import Final

from sqlalchemy import Connection, text

from bot.database.admin.revisions import on_connection

APPEND_ONLY: Final = ("stock_move", "audit_event")

_ON_SQLITE = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
# A disabled trigger is as good as none; Citus takes no triggers at all.
_ON_POSTGRESQL = text(
    "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND tgrelid IN "
    "(SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)"
)
_IS_CITUS = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")


async def list_missing_triggers(url: str) -> list[str]:
    """Name the triggers that should refuse changes of ledger and audit and are not there."""
    return await on_connection(url, _missing)


def _missing(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        wanted = [f"{t}_refuses_{change}" for t in APPEND_ONLY for change in ("update", "delete")]
        there = set(connection.scalars(_ON_SQLITE))
    elif connection.scalar(_IS_CITUS):
        return []
    else:
        wanted = [f"{table}_is_append_only" for table in APPEND_ONLY]
        there = set(connection.scalars(_ON_POSTGRESQL))
    return [name for name in wanted if name not in there]

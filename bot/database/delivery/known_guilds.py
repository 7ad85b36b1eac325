"""What guilds are called and who owns them, for processes that deliver what is not theirs."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import KnownGuild
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

_table = table_of(KnownGuild)


def _upsert(insert: Any) -> Any:
    statement = insert(_table)
    new = {name: statement.excluded[name] for name in ("name", "owner_id")}
    return statement.on_conflict_do_update(index_elements=("guild_id",), set_=new)


_NOTE = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}


class KnownGuilds:
    """The guilds that some process has delivered for."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def note(self, guild_id: int, name: str, owner_id: int) -> None:
        """Note what Discord says of a guild by now."""
        row = {"guild_id": guild_id, "name": name, "owner_id": owner_id}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_NOTE[connection.dialect.name], row)

        await self._db.maintenance.write(work)

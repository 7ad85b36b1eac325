"""Receipts are kept for a week: nothing is delivered again after that, and they hold answers.

Only a guild's oldest receipts are looked at, in the order of their records, so a batch costs
the same however many there are.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Receipt
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

RECEIPT_LIFE = timedelta(days=7)
BATCH_RECEIPTS = 500

_receipt = table_of(Receipt)
_before = bindparam("before", type_=_receipt.c.created_at.type)
_OLDEST = (
    select(_receipt.c.created_at)
    .where(_receipt.c.guild_id == bindparam("g"))
    .order_by(_receipt.c.record)
    .limit(1)
)
_first = (
    select(_receipt.c.key, _receipt.c.created_at)
    .where(_receipt.c.guild_id == bindparam("g"))
    .order_by(_receipt.c.record)
    .limit(BATCH_RECEIPTS)
    .subquery()
)
_PURGE = delete(_receipt).where(
    _receipt.c.guild_id == bindparam("g"),
    _receipt.c.key.in_(select(_first.c.key).where(_first.c.created_at < _before)),
)


class KeptReceipts:
    """The receipts of all guilds."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def find_oldest(self, guild_id: int) -> datetime | None:
        """Return when a guild's oldest receipt was written."""

        async def work(connection: AsyncConnection) -> datetime | None:
            found: datetime | None = await connection.scalar(_OLDEST, {"g": guild_id})
            return found

        return await self._db.maintenance.read(work)

    async def purge(self, guild_id: int) -> int:
        """Delete a guild's receipts older than a week, at most 500; returns how many."""
        values = {"g": guild_id, "before": self._db.clock() - RECEIPT_LIFE}

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(_PURGE, values)).rowcount

        return await self._db.maintenance.write(work)

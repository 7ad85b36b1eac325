"""Receipts are kept for a week: nothing is delivered again after that, and they hold answers.

Only a guild's oldest receipts are looked at, in the order of their records, so a batch costs
the same however many there are.
"""

from datetime import timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Book, Receipt
from bot.database.models.base import table_of
from bot.database.service import DatabaseService

RECEIPT_LIFE = timedelta(days=7)
BATCH_RECEIPTS = 500
_BATCH_GUILDS = 200

_book, _receipt = table_of(Book), table_of(Receipt)
_before = bindparam("before", type_=_receipt.c.created_at.type)
_OLDEST = (
    select(_receipt.c.created_at)
    .where(_receipt.c.guild_id == _book.c.guild_id)
    .order_by(_receipt.c.record)
    .limit(1)
    .scalar_subquery()
)
_GUILDS = select(_book.c.guild_id).where(_before > _OLDEST).limit(_BATCH_GUILDS)
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

    async def list_guilds_to_purge(self) -> list[int]:
        """Name guilds that have receipts older than a week, at most 200."""
        values = {"before": self._db.clock() - RECEIPT_LIFE}

        async def work(connection: AsyncConnection) -> list[int]:
            return list(await connection.scalars(_GUILDS, values))

        return await self._db.maintenance.read(work)

    async def purge(self, guild_id: int) -> int:
        """Delete a guild's receipts older than a week, at most 500; returns how many."""
        values = {"g": guild_id, "before": self._db.clock() - RECEIPT_LIFE}

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(_PURGE, values)).rowcount

        return await self._db.maintenance.write(work)

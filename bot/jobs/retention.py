"""Old receipts are deleted: what was asked a week ago is not asked again under the same key."""

from loguru import logger

from bot.database.delivery.retention import KeptReceipts
from bot.jobs.loop import Job


class ReceiptJob(Job):
    """Purges receipts older than a week, batch by batch, each in a transaction of its own."""

    interval_seconds = 3600.0

    def __init__(self, receipts: KeptReceipts) -> None:
        super().__init__()
        self._receipts = receipts

    async def run_once(self) -> None:
        """Purge until nothing old is left."""
        purged = 0
        while guild_ids := await self._receipts.list_guilds_to_purge():
            for guild_id in guild_ids:
                purged += await self._receipts.purge(guild_id)
        if purged:
            logger.info("{} receipts older than a week were deleted", purged)

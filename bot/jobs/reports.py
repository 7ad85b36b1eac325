"""Scheduled reports: what is due is queued, each day of a schedule once, also what was missed."""

from collections.abc import Callable
from datetime import datetime

from bot.database.delivery.report_postings import ReportPostings
from bot.database.service import DatabaseService


class ReportHandler:
    """Queues the reports of a guild that are due; due when the next one is."""

    def __init__(self, db: DatabaseService, wake: Callable[[int], None]) -> None:
        self._postings = ReportPostings(db)
        # Lets what a guild's lanes hold be posted now: nothing is committed that would.
        self._wake = wake

    async def __call__(self, guild_id: int) -> datetime | None:
        """Queue what is due; returns when the next one is, None if nothing is scheduled."""
        following = await self._postings.take(guild_id)
        self._wake(guild_id)
        return following

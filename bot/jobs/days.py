"""Days: after each guild's midnight its totals and the chain's head go into the audit, once.

The line is itself a record, so it reaches the audit channel like any other, and a copy of the
chain's head exists outside of the database.
"""

from datetime import date, timedelta

from loguru import logger

from bot.database.delivery.guild_days import GuildDay, list_guilds
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.periods import day_of
from bot.errors import NothingToDo, Unavailable
from bot.jobs.loop import Job
from bot.services.audit import CloseDay, GetDay, close_day, get_day


class DayJob(Job):
    """Closes the day before today, wherever that was not done and something happened."""

    interval_seconds = 60.0

    def __init__(self, db: DatabaseService) -> None:
        super().__init__()
        self._db = db
        self._looked_at: dict[int, date] = {}

    async def run_once(self) -> None:
        """Look at each guild whose yesterday nobody has looked at."""
        for guild in await list_guilds(self._db):
            try:
                await self._look_at(guild)
            except Unavailable:
                raise
            except Exception:  # noqa: BLE001  # one guild's trouble leaves no other's day open
                logger.exception("The day of guild {} could not be closed", guild.guild_id)

    async def _look_at(self, guild: GuildDay) -> None:
        yesterday = day_of(self._db.clock(), guild.timezone) - timedelta(days=1)
        is_closed = guild.closed_on is not None and guild.closed_on >= yesterday
        if is_closed or self._looked_at.get(guild.guild_id) == yesterday:
            return
        await self._close(guild, yesterday)
        self._looked_at[guild.guild_id] = yesterday

    async def _close(self, guild: GuildDay, day: date) -> None:
        actor = system_actor(guild.guild_id, "job")
        totals = await self._db.query(get_day, GetDay(day=day), actor)
        if not totals.records:
            return
        try:
            await self._db.run(close_day, CloseDay(day=day), actor, f"day-{day.isoformat()}")
        except NothingToDo:
            return  # another process was quicker

"""Days: after each guild's midnight its totals and the chain's head go into the audit, once.

The line is itself a record, so it reaches the audit channel like any other, and a copy of the
chain's head exists outside of the database.
"""

from datetime import date, datetime, timedelta

from bot.database.delivery.import_previews import KeptPreviews
from bot.database.delivery.rest import Rest
from bot.database.service import DatabaseService
from bot.domain.actors import Actor, system_actor
from bot.domain.periods import day_of
from bot.domain.schedule import next_midnight
from bot.errors import NothingToDo
from bot.services.audit import CloseDay, GetDay, close_day, get_day


class DayHandler:
    """Closes the day before today if something happened on it.

    Due at the local midnight after a day on which something happened.
    """

    def __init__(self, db: DatabaseService) -> None:
        self._db = db
        self._previews = KeptPreviews(db)
        self._rest = Rest(db)

    async def __call__(self, guild_id: int) -> datetime | None:
        """Close a guild's yesterday; returns its next midnight if today needs closing as well."""
        actor = system_actor(guild_id, "job")
        async with self._db.look_up(actor) as books:
            guild = await books.guilds.require()
        await self._previews.purge(guild_id)
        today = day_of(self._db.clock(), guild.timezone)
        yesterday = today - timedelta(days=1)
        if guild.closed_on is None or guild.closed_on < yesterday:
            totals = await self._db.query(get_day, GetDay(day=yesterday), actor)
            if totals.records:
                await self._close(guild_id, CloseDay(day=yesterday))
        if await self._rests(actor, today):
            return None
        return next_midnight(self._db.clock(), guild.timezone)

    async def _rests(self, actor: Actor, today: date) -> bool:
        """Let a guild rest in which nothing happened today."""
        async with self._db.look_up(actor) as books:
            seen = books.head.last_record
        totals = await self._db.query(get_day, GetDay(day=today), actor)
        return not totals.records and await self._rest.begin(actor.guild_id, seen)

    async def _close(self, guild_id: int, request: CloseDay) -> None:
        actor = system_actor(guild_id, "job")
        try:
            await self._db.run(close_day, request, actor, f"day-{request.day.isoformat()}")
        except NothingToDo:
            return  # another process was quicker

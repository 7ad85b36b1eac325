"""Lapses: reservations that outlasted their time end, each in a record of its own, once."""

from datetime import datetime, timedelta
from typing import Final

from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.errors import NothingToDo
from bot.services.requests.closing import LapseRequest, lapse_request

# What cannot be ended is looked at again then, instead of at once and for ever.
_RETRY: Final = timedelta(hours=1)


class LapseHandler:
    """Ends the reservations of a guild's requests whose time is over."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def __call__(self, guild_id: int) -> datetime | None:
        """End what is due; returns when the next one is, None if no request is under way."""
        actor = system_actor(guild_id, "job")
        while True:
            async with self._db.look_up(actor) as books:
                due = await books.requests.list_lapsed(self._db.clock())
                if not due:
                    return await books.requests.find_next_lapse()
            if not sum([await self._lapse(guild_id, request_id) for request_id in due]):
                return self._db.clock() + _RETRY

    async def _lapse(self, guild_id: int, request_id: int) -> bool:
        actor, request = system_actor(guild_id, "job"), LapseRequest(request_id=request_id)
        try:
            await self._db.run(lapse_request, request, actor, f"lapse-{request_id}")
        except NothingToDo:
            return False  # another process was quicker
        return True

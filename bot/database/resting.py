"""Rest: in books in which nothing happens nothing is due, and the first change wakes them.

Whether they rest is a column of the book, so a change learns it with the lock, and those of a
busy day pay nothing for it.
"""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import bindparam, case, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Book, Guild, Schedule, TrackedItem
from bot.database.models.base import table_of
from bot.domain.schedule import DAY, ITEM_DAYS, first_due_times

_book, _guild, _schedule = table_of(Book), table_of(Guild), table_of(Schedule)
_WAKE: Final = update(_book).where(_book.c.guild_id == bindparam("g")).values(is_asleep=False)
_has_tracked = exists().where(table_of(TrackedItem).c.guild_id == bindparam("g"))
_ZONE: Final = select(_guild.c.timezone, _has_tracked.label("tracks")).where(
    _guild.c.guild_id == bindparam("g")
)


def _put(insert: Any) -> Any:
    statement = insert(_schedule)
    is_later = _schedule.c.due_at > statement.excluded.due_at
    return statement.on_conflict_do_update(
        index_elements=("guild_id", "kind"),
        # Who handles it now found nothing to do, and would delete it: it is looked at again.
        set_={
            "due_at": case((is_later, statement.excluded.due_at), else_=_schedule.c.due_at),
            "leased_by": None,
            "leased_until": None,
        },
        where=or_(is_later, _schedule.c.leased_by.is_not(None)),
    )


_PUT: Final = {"postgresql": _put(postgresql.insert), "sqlite": _put(sqlite.insert)}


async def wake(connection: AsyncConnection, guild_id: int, now: datetime) -> None:
    """Let what is repeated be due again in books that rest; the caller has locked the book."""
    await connection.execute(_WAKE, {"g": guild_id})
    guild = (await connection.execute(_ZONE, {"g": guild_id})).first()
    try:
        due_times = first_due_times(now, guild.timezone if guild else "UTC")
    except ZoneInfoNotFoundError:
        due_times = first_due_times(now)  # the handlers report it; a change must not fail for it
    if guild is not None and guild.tracks:
        due_times[ITEM_DAYS] = due_times[DAY]
    rows = [
        {"guild_id": guild_id, "kind": kind, "due_at": due_at, "failures": 0}
        # In one order everywhere, so that no two wait for each other.
        for kind, due_at in sorted(due_times.items())
    ]
    await connection.execute(_PUT[connection.dialect.name], rows)

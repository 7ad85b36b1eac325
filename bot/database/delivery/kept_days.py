"""Writing items' days: derived from the ledger piece by piece, each record once.

The mark is moved in the same transaction, from where the piece was read. Of two processes that read
the same piece one moves it, so that days need neither lock nor record.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, Text, bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.controllers.item_day_statements import DAYS_SINCE, LAST_CLOSED_BEFORE
from bot.database.controllers.item_days import Kept
from bot.database.models import ItemDay, ItemDayMark
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.item_days import Candle, ItemDays, RecordedMove
from bot.domain.quantities import ZERO

_mark, _day = table_of(ItemDayMark), table_of(ItemDay)
_MARK_OF_ITEM: Final = (_mark.c.guild_id == bindparam("g"), _mark.c.item_id == bindparam("i"))
_MOVE_MARK: Final = (
    update(_mark)
    .where(
        *_MARK_OF_ITEM,
        _mark.c.last_record == bindparam("was", type_=BigInteger),
        _mark.c.timezone == bindparam("was_in", type_=Text),
    )
    .values(last_record=bindparam("now", type_=BigInteger), timezone=bindparam("now_in"))
)
_DELETE_MARK: Final = delete(_mark).where(*_MARK_OF_ITEM)
_DELETE_DAYS: Final = delete(_day).where(
    _day.c.guild_id == bindparam("g"), _day.c.item_id == bindparam("i")
)
_CANDLE: Final = ("opened", "highest", "lowest", "closed", "volume")
_COLUMNS: Final = ("day", *_CANDLE)


def _begin(insert: Any) -> Any:
    return insert(_mark).on_conflict_do_nothing().returning(_mark.c.item_id)


def _keep(insert: Any) -> Any:
    statement = insert(_day)
    return statement.on_conflict_do_update(
        index_elements=("guild_id", "item_id", "day"),
        set_={name: getattr(statement.excluded, name) for name in _CANDLE},
    )


_INSERTS: Final = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_BEGIN: Final = {name: _begin(insert) for name, insert in _INSERTS.items()}
_KEEP: Final = {name: _keep(insert) for name, insert in _INSERTS.items()}


class KeptDays:
    """The days of tracked items, of all guilds."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def begin(self, guild_id: int, kept: Kept, zone: str) -> bool:
        """Begin with no days in a time zone; returns False if another process was quicker."""
        values = {"g": guild_id, "i": kept.item_id}

        async def work(connection: AsyncConnection) -> bool:
            if not await _move_mark(connection, guild_id, kept, Kept(kept.item_id, 0, zone)):
                return False
            await connection.execute(_DELETE_DAYS, values)
            return True

        return await self._db.maintenance.write(work)

    async def take(
        self, guild_id: int, kept: Kept, moves: Sequence[RecordedMove], until: int
    ) -> bool:
        """Keep the days of a piece of the ledger behind those of the pieces before it.

        A day that is kept already goes on, and what there was on the days behind it is corrected.
        Returns False if another process was quicker.
        """
        assert kept.timezone is not None
        days = ItemDays(kept.timezone)
        days.take(moves)
        after = Kept(kept.item_id, until, kept.timezone)

        async def work(connection: AsyncConnection) -> bool:
            if not await _move_mark(connection, guild_id, kept, after):
                return False
            if days.first is not None:
                await _write_days(connection, guild_id, kept, days.first, moves)
            return True

        return await self._db.maintenance.write(work)

    async def drop(self, guild_id: int, item_id: int) -> None:
        """Delete the days of an item, and how far they were made."""
        values = {"g": guild_id, "i": item_id}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_DELETE_MARK, values)
            await connection.execute(_DELETE_DAYS, values)

        await self._db.maintenance.write(work)


async def _move_mark(connection: AsyncConnection, guild_id: int, was: Kept, now: Kept) -> bool:
    """Move a mark from where it was read, or make it; returns whether it was still there."""
    if was.last_record is None:
        row = {
            "guild_id": guild_id,
            "item_id": now.item_id,
            "last_record": now.last_record,
            "timezone": now.timezone,
        }
        made = await connection.execute(_BEGIN[connection.dialect.name], row)
        return made.first() is not None
    values = {"g": guild_id, "i": was.item_id, "was": was.last_record, "was_in": was.timezone}
    values |= {"now": now.last_record, "now_in": now.timezone}
    return (await connection.execute(_MOVE_MARK, values)).rowcount == 1


async def _write_days(
    connection: AsyncConnection,
    guild_id: int,
    kept: Kept,
    first: date,
    moves: Sequence[RecordedMove],
) -> None:
    asked = {"guild_id": guild_id, "item_id": kept.item_id, "since": first}
    days = ItemDays(str(kept.timezone))
    days.add(Candle(*row) for row in await DAYS_SINCE.fetch(connection, asked))
    days.take(moves)
    before = await LAST_CLOSED_BEFORE.fetch(connection, asked)
    opened = before[0][0] if before else ZERO
    key = {"guild_id": guild_id, "item_id": kept.item_id}
    rows = [key | dict(zip(_COLUMNS, each, strict=True)) for each in days.candles(opened)]
    await connection.execute(_KEEP[connection.dialect.name], rows)

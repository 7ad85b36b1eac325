"""The messages of boards: where each is, what it shows, and asking for one to be drawn.

Bookkeeping of deliveries, written by who holds the lane of a board; see `bot/jobs/delivery/boards`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.lane_statements import OPEN_LANE, QUEUE_AGAIN
from bot.database.models import Board, BoardMessage, Book, Guild
from bot.database.models.base import table_of
from bot.database.nodes import among
from bot.database.service import DatabaseService
from bot.domain.lanes import BOARD, board_lane
from bot.domain.shards import Share

_message, _board = table_of(BoardMessage), table_of(Board)
_book, _guild = table_of(Book).c, table_of(Guild).c
_KEY = ("guild_id", "board_id")

# Driven by the boards, of which there are few: guilds without any are not read.
_with_boards = select(_board.c.guild_id).distinct().subquery("with_boards")
_HEADS = (
    select(_book.guild_id, _book.last_record, _guild.timezone)
    .select_from(_with_boards)
    .join(table_of(Book), _book.guild_id == _with_boards.c.guild_id)
    .join(table_of(Guild), _guild.guild_id == _with_boards.c.guild_id)
)
# Each table is named: Citus leaves out no node for what a subquery alone says.
_HEADS_AMONG = _HEADS.where(
    among(_with_boards.c.guild_id), among(_book.guild_id), among(_guild.guild_id)
)
_FORGET = delete(_message).where(
    _message.c.guild_id == bindparam("g"), _message.c.board_id == bindparam("b")
)


def _upsert(insert: Any) -> Any:
    statement = insert(_message)
    new = {c.name: statement.excluded[c.name] for c in _message.c if c.name not in _KEY}
    return statement.on_conflict_do_update(index_elements=_KEY, set_=new)


_KEEP = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}


class Head(NamedTuple):
    """How far the books of a guild with boards are, and its time zone."""

    guild_id: int
    last_record: int
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A message as it is kept; without an id it is on its way, or was when a process died."""

    guild_id: int
    board_id: int
    channel_id: int
    posting: str
    edited_at: datetime
    message_id: int | None = None
    shown_hash: str = ""


class BoardMessages:
    """The messages of all guilds' boards."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def list_heads(self, share: Share) -> list[Head]:
        """List the guilds with boards that are this process's, and how far their books are."""

        async def ask(guilds: Sequence[int] | None) -> list[Head]:
            statement = _HEADS if guilds is None else _HEADS_AMONG
            asked = {} if guilds is None else {"guilds": guilds}

            async def work(connection: AsyncConnection) -> list[Head]:
                return [Head(*row) for row in await connection.execute(statement, asked)]

            return await self._db.maintenance.read(work)

        found = await self._db.nodes.ask(ask)
        return [head for head in found if share.holds(head.guild_id)]

    async def keep(self, kept: Kept) -> None:
        """Note where the message of a board is, and what it shows."""
        row = {name: getattr(kept, name) for name in (*_KEY, *_CHANGED)}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_KEEP[connection.dialect.name], row)

        await self._db.maintenance.write(work)

    async def forget(self, guild_id: int, board_id: int) -> None:
        """Delete what was kept of a message that is gone with its board."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_FORGET, {"g": guild_id, "b": board_id})

        await self._db.maintenance.write(work)

    async def queue(
        self, guild_id: int, board_ids: Iterable[int], not_before: datetime | None = None
    ) -> None:
        """Ask for boards to be drawn, now or not before a time."""
        now = self._db.clock()
        lanes = [{"guild_id": guild_id, "lane": board_lane(each)} for each in board_ids]
        rows = [
            lane | {"record": 0, "kind": BOARD, "created_at": now, "not_before": not_before}
            for lane in lanes
        ]

        async def work(connection: AsyncConnection) -> None:
            dialect = connection.dialect.name
            opened = [lane | {"failures": 0} for lane in lanes]
            await connection.execute(OPEN_LANE[dialect], opened)
            await connection.execute(QUEUE_AGAIN[dialect], rows)

        if rows:
            await self._db.maintenance.write(work)


_CHANGED = tuple(c.name for c in _message.c if c.name not in _KEY)

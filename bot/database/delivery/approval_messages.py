"""Which message shows an approval, and when it is drawn again: bookkeeping, never business."""

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.lane_statements import QUEUE_AGAIN
from bot.database.models import Approval, ApprovalCard
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.lanes import APPROVALS_LANE, CARD

_card, _approval = table_of(ApprovalCard), table_of(Approval)
_THIS = and_(
    _card.c.guild_id == bindparam("g"),
    _card.c.noun == bindparam("n"),
    _card.c.subject_id == bindparam("s"),
)
_FIND = select(_card.c.channel_id, _card.c.message_id).where(_THIS)
_KEY = ("guild_id", "noun", "subject_id")
_ROUND = select(_approval.c.opened_record).where(
    _approval.c.guild_id == bindparam("g"),
    _approval.c.noun == bindparam("n"),
    _approval.c.subject_id == bindparam("s"),
)


def _upsert(insert: Any) -> Any:
    statement = insert(_card)
    new = {c.name: statement.excluded[c.name] for c in _card.c if c.name not in _KEY}
    return statement.on_conflict_do_update(index_elements=_KEY, set_=new)


_REMEMBER = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}


class ApprovalCards:
    """The cards of all guilds."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def find(self, guild_id: int, noun: str, subject_id: int) -> tuple[int, int] | None:
        """Return the channel and the message of a thing's newest card."""
        values = {"g": guild_id, "n": noun, "s": subject_id}

        async def work(connection: AsyncConnection) -> tuple[int, int] | None:
            row = (await connection.execute(_FIND, values)).first()
            return (row.channel_id, row.message_id) if row else None

        return await self._db.maintenance.read(work)

    async def remember(
        self,
        guild_id: int,
        noun: str,
        subject_id: int,
        *,
        opened_record: int,
        channel_id: int,
        message_id: int,
    ) -> None:
        """Note the message that shows this round from now on."""
        row = {
            "guild_id": guild_id,
            "noun": noun,
            "subject_id": subject_id,
            "opened_record": opened_record,
            "channel_id": channel_id,
            "message_id": message_id,
        }

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_REMEMBER[connection.dialect.name], row)

        await self._db.maintenance.write(work)

    async def redraw(
        self, guild_id: int, noun: str, subject_id: int, wait: timedelta = timedelta()
    ) -> None:
        """Have a card drawn with its thing's state, now or after a while; postpone what was due."""
        now = self._db.clock()

        async def work(connection: AsyncConnection) -> None:
            where = {"g": guild_id, "n": noun, "s": subject_id}
            record = (await connection.execute(_ROUND, where)).scalar_one_or_none()
            if record is None:
                return
            row = {
                "guild_id": guild_id,
                "lane": APPROVALS_LANE,
                "record": record,
                "kind": CARD,
                "created_at": now,
                "not_before": now + wait if wait else None,
            }
            await connection.execute(QUEUE_AGAIN[connection.dialect.name], row)

        await self._db.maintenance.write(work)

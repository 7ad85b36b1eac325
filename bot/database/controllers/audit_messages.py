from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, select

from bot.database.controllers.reading import ReadingController
from bot.database.models import AuditEvent, AuditMessage
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.message_links import MessageLink

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_event, _message = table_of(AuditEvent).c, table_of(AuditMessage).c
_next = table_of(AuditMessage).alias("next").c
# One step in the key for each record: a message is known by the last record that it has.
_LAST_RECORD: Final = (
    select(_next.last_record)
    .where(_next.guild_id == _guild_id, _next.last_record >= _event.record)
    .order_by(_next.last_record)
    .limit(1)
    .scalar_subquery()
)
_MESSAGES: Final = Prepared(
    select(_event.record, _message.channel_id, _message.message_id)
    .join_from(
        _event.record.table,
        _message.last_record.table,
        and_(_message.guild_id == _guild_id, _message.last_record == _LAST_RECORD),
    )
    .where(
        _event.guild_id == _guild_id,
        is_among(_event.record, "records"),
        _message.first_record <= _event.record,
    )
)


class MessageRow(NamedTuple):
    """A record, and the message that has its line."""

    record: int
    channel_id: int
    message_id: int


class AuditMessageController(ReadingController[AuditMessage]):
    """Which messages of the audit channel have the lines of which records; delivery notes it."""

    model = AuditMessage
    noun = "audit message"
    permission = "audit.view"

    async def locate(self, records: Collection[int]) -> dict[int, MessageLink]:
        """Return where the lines of some records are, without those that are not delivered."""
        if not records:
            return {}
        rows = await self._fetch(MessageRow, _MESSAGES, {"records": sorted(records)})
        guild_id = self._scope.guild_id
        return {row.record: MessageLink(guild_id, *row[1:]) for row in rows}

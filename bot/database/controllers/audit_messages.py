from collections.abc import Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    bindparam,
    func,
    literal_column,
    select,
)

from bot.database.controllers.reading import ReadingController
from bot.database.models import AuditEvent, AuditMessage
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.message_links import MessageLink

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_event = table_of(AuditEvent).c
_message = table_of(AuditMessage).c


def _of_its_message(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Return a column of a record's message: the first whose last record is not before it."""
    return (
        select(column)
        .where(_message.guild_id == _guild_id, _message.last_record >= _event.record)
        .order_by(_message.last_record)
        .limit(literal_column("1"))
        .scalar_subquery()
    )


# One step in the key for each: joined, PostgreSQL reads all messages of a guild where they are few.
_MESSAGES: Final = Prepared(
    select(
        _event.record,
        _of_its_message(_message.first_record),
        _of_its_message(_message.channel_id),
        _of_its_message(_message.message_id),
    ).where(_event.guild_id == _guild_id, is_among(_event.record, "records"))
)


class MessageRow(NamedTuple):
    """A record, and the next message: it has the record's line if it begins early enough."""

    record: int
    first_record: int | None
    channel_id: int
    message_id: int


_LAST_TOLD = Prepared(
    select(func.max(_message.last_record)).where(_message.guild_id == bindparam("guild_id"))
)


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
        return {
            row.record: MessageLink(guild_id, row.channel_id, row.message_id)
            for row in rows
            if row.first_record is not None and row.first_record <= row.record
        }

    async def find_last_told(self) -> int | None:
        """Return the last record whose line is in a message, None before there was one."""
        (last,) = await self._scalars(_LAST_TOLD, {})
        return None if last is None else int(last)

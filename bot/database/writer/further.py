"""What few units leave behind besides: messages, further subjects, and when lines happened."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.entries import Message
from bot.database.models import AuditSubject, DatedMove, Outbox, OutboxLane
from bot.database.models.base import table_of
from bot.database.writer.rows import chunks
from bot.domain.dated import Dated

_lane = table_of(OutboxLane)
_QUEUE = insert(table_of(Outbox))
_DATED = insert(table_of(DatedMove))
_SUBJECT = insert(table_of(AuditSubject))
_OPEN_LANE = {
    "postgresql": postgresql.insert(_lane).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_lane).on_conflict_do_nothing(),
}


async def queue_messages(
    connection: AsyncConnection, messages: Sequence[Message], event: dict[str, Any]
) -> None:
    """Queue the record for lanes besides the audit's; rare enough for statements of their own."""
    here = {"guild_id": event["guild_id"]}
    opened = [{**here, "lane": each.lane, "failures": 0} for each in messages]
    await connection.execute(_OPEN_LANE[connection.dialect.name], opened)
    queued = [
        {
            **here,
            "lane": each.lane,
            "record": event["record"],
            "kind": each.kind,
            # What waits for its time on purpose is not late before.
            "created_at": each.not_before or event["at"],
            "not_before": each.not_before,
        }
        for each in messages
    ]
    await connection.execute(_QUEUE, queued)


async def index_subjects(
    connection: AsyncConnection, subjects: Sequence[tuple[str, int]], event: dict[str, Any]
) -> None:
    """Let a record be found by further things that it touched."""
    here = {"guild_id": event["guild_id"], "record": event["record"]}
    rows = [{**here, "noun": noun, "subject_id": subject_id} for noun, subject_id in subjects]
    for part in chunks(rows):
        await connection.execute(_SUBJECT, part)


async def date_lines(
    connection: AsyncConnection, dated: Mapping[int, Dated], event: dict[str, Any]
) -> None:
    """Keep when lines happened that happened before their record."""
    here = {"guild_id": event["guild_id"], "record": event["record"]}
    rows = [
        {**here, "line": line, "happened_at": happened_at, "corrects": corrects}
        for line, (happened_at, corrects) in dated.items()
    ]
    await connection.execute(_DATED, rows)

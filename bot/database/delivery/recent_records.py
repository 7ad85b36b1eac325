"""What was recorded of late in all books, for a file that may lack the last of it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.controllers.first_records import first_record
from bot.database.models import AuditEvent, Book, Receipt
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.actors import Actor

_PAGE: Final = 500

_book, _event, _receipt = table_of(Book).c, table_of(AuditEvent).c, table_of(Receipt).c
_since = bindparam("since", type_=_event.at.type)
_CHANGED: Final = (
    select(_book.guild_id, first_record(_book.guild_id, _since).scalar_subquery())
    .join(
        table_of(AuditEvent),
        and_(_event.guild_id == _book.guild_id, _event.record == _book.last_record),
    )
    .where(_event.at >= _since)
    .order_by(_book.guild_id)
)
_RECORDS: Final = (
    select(
        _event.at,
        _event.actor_id,
        _event.actor_kind,
        _event.source,
        _event.record,
        _event.operation_id,
        _receipt.operation,
    )
    .outerjoin(
        table_of(Receipt),
        and_(_receipt.guild_id == _event.guild_id, _receipt.record == _event.record),
    )
    .where(_event.guild_id == bindparam("g"), _event.record >= bindparam("first"))
    .order_by(_event.record)
    .limit(bindparam("rows"))
)


@dataclass(frozen=True, slots=True)
class RecentRecord:
    """Who recorded what under which key; `operation` is known while there is a receipt."""

    at: datetime
    actor: Actor
    record: int
    key: str | None
    operation: str | None


async def read_recent_records(
    db: DatabaseService, since: datetime
) -> AsyncIterator[Sequence[RecentRecord]]:
    """Yield what every guild has recorded since, in pages of its records; raises Unavailable."""

    async def list_changed(connection: AsyncConnection) -> list[tuple[int, int]]:
        found = await connection.execute(_CHANGED, {"since": since})
        return [(guild_id, first) for guild_id, first in found]

    for guild_id, first in await db.maintenance.read(list_changed):
        page = await _read_page(db, guild_id, first)
        while page:
            yield page
            page = await _read_page(db, guild_id, page[-1].record + 1)


async def _read_page(db: DatabaseService, guild_id: int, first: int) -> Sequence[RecentRecord]:
    async def work(connection: AsyncConnection) -> Sequence[RecentRecord]:
        found = await connection.execute(_RECORDS, {"g": guild_id, "first": first, "rows": _PAGE})
        return [
            RecentRecord(
                row.at,
                Actor(
                    guild_id=guild_id,
                    user_id=row.actor_id,
                    kind=row.actor_kind,
                    source=row.source,
                ),
                row.record,
                row.operation_id,
                row.operation,
            )
            for row in found
        ]

    return await db.maintenance.read(work)

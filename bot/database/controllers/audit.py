from typing import Any

from sqlalchemy import and_, bindparam, exists, select

from bot.database.controllers.base import BaseController
from bot.database.models import AuditEvent
from bot.database.models.base import table_of

_event = table_of(AuditEvent)
_reversal = _event.alias("reversal")

_NEWEST_REVERSIBLE = (
    select(_event.c.record)
    .where(
        _event.c.guild_id == bindparam("guild_id"),
        _event.c.actor_id == bindparam("actor_id"),
        _event.c.action.like("stock.%"),
        _event.c.reverses.is_(None),
        ~exists().where(
            and_(
                _reversal.c.guild_id == _event.c.guild_id,
                _reversal.c.reverses == _event.c.record,
            )
        ),
    )
    .order_by(_event.c.record.desc())
    .limit(1)
)


_OF_SUBJECT = (
    select(_event)
    .where(
        _event.c.guild_id == bindparam("guild_id"),
        _event.c.subject_type == bindparam("subject_type"),
        _event.c.subject_id == bindparam("subject_id"),
    )
    .order_by(_event.c.record.desc())
    .limit(bindparam("limit"))
)


class AuditController(BaseController[AuditEvent]):
    """The records of a guild, one per committed operation; `UnitOfWork.record` writes them."""

    model = AuditEvent
    noun = "record"
    permission = "audit.view"

    async def newest_reversible(self, actor_id: int) -> int | None:
        """Return this person's newest stock record that is no reversal and was not reversed."""
        values: dict[str, Any] = self._in_guild({"actor_id": actor_id})
        result = await self._scope.connection.execute(_NEWEST_REVERSIBLE, values)
        return result.scalar_one_or_none()

    async def list_of_subject(self, noun: str, subject_id: int, limit: int) -> list[AuditEvent]:
        """List what happened to one thing, the newest first."""
        values = self._in_guild({"subject_type": noun, "subject_id": subject_id, "limit": limit})
        result = await self._scope.connection.execute(_OF_SUBJECT, values)
        return [self._load(row._mapping) for row in result]

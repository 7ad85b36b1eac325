from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from bot.database.controllers.base import BaseController
from bot.database.models import Approval, ApprovalCard
from bot.database.models.base import table_of

_approval = table_of(Approval)
_OF_MANY = select(_approval).where(
    _approval.c.guild_id == bindparam("guild_id"),
    _approval.c.noun == bindparam("noun"),
    _approval.c.subject_id.in_(bindparam("subject_ids", expanding=True)),
)
_COUNTS = (
    select(_approval.c.status, func.count())
    .where(_approval.c.guild_id == bindparam("guild_id"), _approval.c.noun == bindparam("noun"))
    .group_by(_approval.c.status)
)


class ApprovalController(BaseController[Approval]):
    """The approvals of things of every kind."""

    model = Approval
    noun = "approval"
    permission = "audit.view"

    async def find_many(self, noun: str, subject_ids: Sequence[int]) -> dict[int, Approval]:
        """Return the approvals of a page of things, by the things' ids."""
        values = self._in_guild({"noun": noun, "subject_ids": list(subject_ids)})
        result = await self._scope.connection.execute(_OF_MANY, values)
        return {row.subject_id: self._load(row._mapping) for row in result}

    async def count_by_status(self, noun: str) -> dict[str, int]:
        """Count the things of a kind by their status; suppliers are few, moves would not be."""
        values = self._in_guild({"noun": noun})
        result = await self._scope.connection.execute(_COUNTS, values)
        return {row[0]: row[1] for row in result}


class ApprovalCardController(BaseController[ApprovalCard]):
    """Which message shows an approval; the delivery writes it."""

    model = ApprovalCard
    noun = "card"
    permission = "audit.view"

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from bot.database.controllers.base import BaseController
from bot.database.models import Approval, ApprovalCard
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among

_approval = table_of(Approval)
_OF_MANY = Prepared(
    select(_approval).where(
        _approval.c.guild_id == bindparam("guild_id"),
        _approval.c.noun == bindparam("noun"),
        is_among(_approval.c.subject_id, "subject_ids"),
    )
)
_COUNTS = Prepared(
    select(_approval.c.status, func.count())
    .where(_approval.c.guild_id == bindparam("guild_id"), _approval.c.noun == bindparam("noun"))
    .group_by(_approval.c.status)
)


class _Count(NamedTuple):
    status: str
    count: int  # type: ignore[assignment]  # a tuple's own method, which nothing calls here


class ApprovalController(BaseController[Approval]):
    """The approvals of things of every kind."""

    model = Approval
    noun = "approval"
    permission = "audit.view"

    async def find_many(self, noun: str, subject_ids: Sequence[int]) -> dict[int, Approval]:
        """Return the approvals of a page of things, by the things' ids."""
        rows = await self._rows(_OF_MANY, {"noun": noun, "subject_ids": list(subject_ids)})
        return {row.subject_id: row for row in rows}

    async def count_by_status(self, noun: str) -> dict[str, int]:
        """Count the things of a kind by their status; suppliers are few, moves would not be."""
        rows = await self._fetch(_Count, _COUNTS, {"noun": noun})
        return {row.status: row.count for row in rows}


class ApprovalCardController(BaseController[ApprovalCard]):
    """Which message shows an approval; the delivery writes it."""

    model = ApprovalCard
    noun = "card"
    permission = "audit.view"

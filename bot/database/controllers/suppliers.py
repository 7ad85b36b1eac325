from dataclasses import replace

from sqlalchemy import ColumnElement, bindparam, select

from bot.database.controllers.approvals import ApprovalController
from bot.database.controllers.base import Narrowing, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.search import SearchableController
from bot.database.models import Approval, Supplier
from bot.database.models.base import table_of
from bot.errors import Candidate

_approval = table_of(Approval).c
_OF_STATUS = select(_approval.subject_id).where(
    _approval.guild_id == bindparam("guild_id"),
    _approval.noun == bindparam("noun"),
    _approval.status == bindparam("status"),
)


class SupplierController(SearchableController[Supplier]):
    """The companies that goods come from; contact data is encrypted in the database."""

    model = Supplier
    noun = "supplier"
    permission = "supplier.view"
    searched = ("name",)
    subject_code = "s"
    listed_by = "name_key"

    async def paginate_by_status(
        self,
        status: str | None,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[Supplier]:
        """Return a page by name of those with this status, or of all; see `paginate`."""
        narrowing = Narrowing()
        if status is not None:
            values = {"noun": self.noun, "status": status}
            narrowing = Narrowing("status", lambda: [self._has_status()], values)
        return await self._paginate(
            narrowing, {}, (after, before), limit=limit, order_by="name_key"
        )

    async def _describe(self, candidates: list[Candidate]) -> tuple[Candidate, ...]:
        found = await ApprovalController(self._scope).find_many(
            self.noun, [each.id for each in candidates]
        )
        return tuple(
            replace(each, name=found[each.id].status if each.id in found else "")
            for each in candidates
        )

    def _has_status(self) -> ColumnElement[bool]:
        return self._table.c.id.in_(_OF_STATUS)

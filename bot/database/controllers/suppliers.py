from sqlalchemy import ColumnElement, bindparam, select

from bot.database.controllers.base import Narrowing, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.search import SearchableController
from bot.database.models import Approval, Supplier
from bot.database.models.base import table_of

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

    def _has_status(self) -> ColumnElement[bool]:
        return self._table.c.id.in_(_OF_STATUS)

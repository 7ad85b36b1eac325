from typing import Any

from sqlalchemy import bindparam, select

from bot.database.controllers.base import Page
from bot.database.controllers.search import SearchableController
from bot.database.models import Approval, Supplier
from bot.database.models.base import table_of

_approval = table_of(Approval).c


class SupplierController(SearchableController[Supplier]):
    """Whom goods come from; contact data is sealed in the database."""

    model = Supplier
    noun = "supplier"
    permission = "supplier.view"
    searched = ("name",)
    sealed = ("email", "phone", "tax_id")

    async def paginate_by_status(
        self,
        status: str | None,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = 10,
    ) -> Page[Supplier]:
        """Return a page by name of those with this status, or of all; see `paginate`."""
        backwards, cursor = before is not None, before if before is not None else after
        statement = self._statement(
            ("by_status", status is None, backwards, cursor is None),
            lambda: self._build_by_status(
                is_any=status is None, backwards=backwards, first=cursor is None
            ),
        )
        values = {"status": status, "noun": self.noun, "cursor": cursor, "limit": limit + 1}
        rows = await self._rows(statement, values)
        return self._page_of(rows, limit, backwards=backwards, first=cursor is None)

    def _build_by_status(self, *, is_any: bool, backwards: bool, first: bool) -> Any:
        statement = self._page((), "name_key", backwards=backwards, first=first)
        if is_any:
            return statement
        return statement.where(
            self._table.c.id.in_(
                select(_approval.subject_id).where(
                    _approval.guild_id == bindparam("guild_id"),
                    _approval.noun == bindparam("noun"),
                    _approval.status == bindparam("status"),
                )
            )
        )

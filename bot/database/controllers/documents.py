"""Documents: numbered by their kind, looked up by number, listed by status."""

from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import bindparam, func, select

from bot.database.controllers.base import BaseController, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.models.document import DocumentRow
from bot.domain.documents import DocumentKind, parse_number
from bot.domain.stock import Reference
from bot.errors import NotFound

DocumentT = TypeVar("DocumentT", bound=DocumentRow)


class DocumentController(BaseController[DocumentT], Generic[DocumentT]):
    """The documents of one kind; the guild's lock makes the next number free of gaps."""

    kind: ClassVar[DocumentKind]

    async def open(self, **values: Any) -> DocumentT:
        """Insert a document with the next number of its kind, in the kind's first status."""
        statement = self._prepared(
            "last number",
            lambda: select(func.max(self._table.c.number)).where(
                self._table.c.guild_id == bindparam("guild_id")
            ),
        )
        (last,) = await self._scalars(statement, {})
        return await self.create(number=(last or 0) + 1, status=self.kind.statuses[0], **values)

    async def require_reference(self, reference: Reference) -> DocumentT:
        """Return the document with this id, or with the number that was typed; raises NotFound."""
        if isinstance(reference, int):
            return await self.require(reference)
        found = await self.find_one(number=parse_number(self.kind, reference))
        if found is None:
            raise NotFound(self.noun, wanted=reference.strip())
        return found

    async def paginate_by_status(
        self,
        status: str | None,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[DocumentT]:
        """Return a page of the documents with a status, or of all, by number; see `paginate`."""
        equals = {} if status is None else {"status": status}
        return await self.paginate(
            after=after, before=before, limit=limit, order_by="number", **equals
        )

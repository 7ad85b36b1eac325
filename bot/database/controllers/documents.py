"""Documents: numbered by their kind, looked up by number, listed by status, newest first."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar

from sqlalchemy import Select, bindparam, func, literal_column, select

from bot.database.controllers.base import BaseController, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.shapes import Shape
from bot.database.controllers.subjects import SubjectController
from bot.database.models.document import DocumentRow
from bot.database.statements import is_among
from bot.domain.documents import DocumentKind, NotADocument, parse_number
from bot.domain.stock import Reference
from bot.errors import InvalidValue, NotFound

DocumentT = TypeVar("DocumentT", bound=DocumentRow)

# Beyond every number that can be typed.
_BEYOND: Final = 2_000_000_000
_MAX_LOOKED_AT: Final = 200
# As many as Discord shows.
_MAX_SUGGESTED: Final = 25


class DocumentController(SubjectController[DocumentT], Generic[DocumentT]):
    """The documents of one kind; the guild's lock makes the next number free of gaps."""

    kind: ClassVar[DocumentKind]

    async def open(self, **values: Any) -> DocumentT:
        """Insert a document with the next number of its kind, in the kind's first status."""
        number = self._table.c.number
        statement = self._prepared(
            "last number",
            lambda: (
                select(number)
                .where(
                    self._table.c.guild_id == bindparam("guild_id"), number < bindparam("beyond")
                )
                .order_by(number.desc())
                .limit(literal_column("1"))
            ),
        )
        last = await self._scalars(statement, {"beyond": _BEYOND})
        next_number = (last[0] if last else 0) + 1
        return await self.create(number=next_number, status=self.kind.statuses[0], **values)

    async def require_reference(self, reference: Reference) -> DocumentT:
        """Return the document with this id, or with the number that was typed.

        Raises NotFound, and NotADocument for what is no number of this kind.
        """
        if isinstance(reference, int):
            return await self.require(reference)
        number = parse_number(self.kind, reference)
        found = await self.find_one(number=number)
        if found is None:
            raise NotFound(self.noun, wanted=self.kind.label(number))
        return found

    async def find_by_name(self, typed: str, *, is_archived: bool = False) -> DocumentT | None:
        """Return the document with this number and prefix, or None: `4` alone names none."""
        del is_archived
        if not typed.strip().casefold().startswith(self.kind.prefix.casefold()):
            return None
        try:
            return await self.find_one(number=parse_number(self.kind, typed))
        except NotADocument:
            return None

    def label_of(self, row: DocumentT) -> str:
        """Return its number as people read it."""
        return self.kind.label(row.number)

    async def list_suggested(self, typed: str, statuses: Sequence[str] = ()) -> list[DocumentT]:
        """List up to 25 that may be meant by what was typed so far, of some statuses or all.

        The one with this very number comes first, then the newest.
        """
        digits = typed.strip().lstrip("#").upper().removeprefix(self.kind.prefix).lstrip("- ")
        found: dict[int, DocumentT] = {}
        if digits:
            try:
                exact = await self.find_one(number=parse_number(self.kind, typed))
            except NotADocument:
                return []
            if exact is not None and (not statuses or exact.status in statuses):
                found[exact.id] = exact
        for status in statuses or (None,):
            page = await self.page_newest(status, limit=_MAX_LOOKED_AT)
            found |= {row.id: row for row in page.rows if str(row.number).startswith(digits)}
        first = sorted(found.values(), key=lambda row: (str(row.number) != digits, -row.number))
        return first[:_MAX_SUGGESTED]

    async def page_newest(
        self,
        status: str | None = None,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
        **equals: Any,
    ) -> Page[DocumentT]:
        """Return a page of the documents with a status, or of all, the newest first.

        Cursors are numbers: `after` an older page, `before` a newer one. `equals` narrow it.
        """
        if status is not None and status not in self.kind.statuses:
            raise InvalidValue(field="status", reason="unknown_status", value=status[:40])
        narrowed = equals if status is None else {"status": status, **equals}
        shape = Shape.of(narrowed)
        is_backwards = before is not None
        statement = self._prepared(
            ("newest", shape, is_backwards),
            lambda: self._build_newest(shape, is_backwards=is_backwards),
        )
        values = shape.bind(self._scope.guild_id, narrowed)
        cursor = (after or _BEYOND) if before is None else before
        found = await self._rows(statement, {**values, "cursor": cursor, "limit": limit + 1})
        return Page.of(found, limit, is_backwards=is_backwards, has_cursor=after is not None)

    @classmethod
    def _build_newest(cls, shape: Shape, *, is_backwards: bool) -> Select[Any]:
        number, cursor = cls._table.c.number, bindparam("cursor", type_=cls._table.c.number.type)
        return (
            cls._select(shape)
            .where(number > cursor if is_backwards else number < cursor)
            .order_by(number if is_backwards else number.desc())
            .limit(bindparam("limit"))
        )


class LineController(BaseController[Any]):
    """The lines of one kind of document, numbered within each of them."""

    document_key: ClassVar[str]

    async def list_of(
        self, document_id: int, *, after: int = 0, limit: int = 2000, **equals: Any
    ) -> list[Any]:
        """List the lines of a document by their numbers, behind one of them."""
        shape = Shape.of({self.document_key: document_id, **equals})
        line = self._table.c.line
        statement = self._prepared(
            ("of document", shape),
            lambda: (
                self._select(shape)
                .where(line > bindparam("after"))
                .order_by(line)
                .limit(bindparam("limit"))
            ),
        )
        values = shape.bind(self._scope.guild_id, {self.document_key: document_id, **equals})
        return await self._rows(statement, {**values, "after": after, "limit": limit})

    async def list_of_many(self, document_ids: Sequence[int]) -> list[Any]:
        """List the lines of several documents, in one statement."""
        document = self._table.c[self.document_key]
        statement = self._prepared(
            "of documents",
            lambda: (
                self._select(Shape())
                .where(is_among(document, "document_ids"))
                .order_by(document, self._table.c.line)
            ),
        )
        return await self._rows(statement, {"document_ids": list(document_ids)})

    async def get_lines(self, document_id: int, numbers: Sequence[int]) -> dict[int, Any]:
        """Return some lines of a document that exist, by their numbers."""
        shape = Shape.of({self.document_key: document_id})
        statement = self._prepared(
            "lines of document",
            lambda: self._select(shape).where(is_among(self._table.c.line, "numbers")),
        )
        values = shape.bind(self._scope.guild_id, {self.document_key: document_id})
        rows = await self._rows(statement, {**values, "numbers": list(numbers)})
        return {row.line: row for row in rows}

    async def find_last(self, document_id: int) -> int:
        """Return the highest number of a document's lines, 0 if it has none."""
        statement = self._prepared(
            "last line",
            lambda: select(func.max(self._table.c.line)).where(
                self._table.c.guild_id == bindparam("guild_id"),
                self._table.c[self.document_key] == bindparam("document_id"),
            ),
        )
        (last,) = await self._scalars(statement, {"document_id": document_id})
        return last or 0

"""What changed since a record: the range of an index, and the tombstones of what was deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, cast

from sqlalchemy import bindparam, select

from bot.database.controllers.reading import ReadingController, RowT
from bot.database.controllers.shapes import Shape
from bot.database.models import Tombstone
from bot.database.models.base import NounRow, table_of
from bot.database.statements import Prepared

_tombstone = table_of(Tombstone).c
_DELETED = select(_tombstone.key, _tombstone.record).where(
    _tombstone.guild_id == bindparam("guild_id"), _tombstone.noun == bindparam("noun")
)
_DELETED_SINCE: Final = Prepared(
    _DELETED.where(_tombstone.record > bindparam("record"))
    .order_by(_tombstone.record)
    .limit(bindparam("limit"))
)
_DELETED_IN: Final = Prepared(_DELETED.where(_tombstone.record == bindparam("record")))


class DeletedRow(NamedTuple):
    """The key of a deleted row, its parts joined by slashes, and the record that deleted it."""

    key: str
    record: int


@dataclass(frozen=True, slots=True)
class ChangedRows(Generic[RowT]):
    """Rows and deletions in the order of their records, complete up to the record `through`.

    A row that exists again after its deletion has the newer record of the two.
    """

    rows: Sequence[RowT]
    deleted: Sequence[DeletedRow]
    through: int


class ChangesController(ReadingController[RowT], Generic[RowT]):
    """The changes of a noun's rows, by the record that last changed them."""

    async def list_changed(self, since: int, limit: int = 100) -> ChangedRows[RowT]:
        """List what changed after a record, at most `limit` of rows and of deletions.

        A record is never cut in two: one of more rows than the limit is listed whole, so that
        `through` is always a cursor to go on from.
        """
        assert self._is_noun, f"rows of {self.noun} do not say which record changed them"
        rows, deleted = await self._since(since, limit)
        through = min(
            self._scope.record,
            _last_whole([_record_of(row) for row in rows], limit) or self._scope.record,
            _last_whole([row.record for row in deleted], limit) or self._scope.record,
        )
        found = sorted({*map(_record_of, rows), *(row.record for row in deleted)})
        if found and found[0] > through:
            return await self._of_record(found[0])
        return ChangedRows(
            [row for row in rows if _record_of(row) <= through],
            [row for row in deleted if row.record <= through],
            through,
        )

    async def list_deleted(self, since: int, limit: int) -> list[DeletedRow]:
        """List what was deleted after a record, in the order of the records."""
        values = {"record": since, "limit": limit, "noun": self.noun}
        return await self._fetch(DeletedRow, _DELETED_SINCE, values)

    async def _since(self, record: int, limit: int) -> tuple[list[RowT], list[DeletedRow]]:
        changed_record = self._table.c.changed_record
        statement = self._prepared(
            "changed since",
            lambda: (
                self._select(Shape())
                .where(changed_record > bindparam("record"))
                .order_by(changed_record, *(self._table.c[name] for name in self._key))
                .limit(bindparam("limit"))
            ),
        )
        values = {"record": record, "limit": limit + 1, "noun": self.noun}
        deleted = await self._fetch(DeletedRow, _DELETED_SINCE, values)
        return await self._rows(statement, values), deleted

    async def _of_record(self, record: int) -> ChangedRows[RowT]:
        statement = self._prepared(
            "changed in",
            lambda: (
                self._select(Shape())
                .where(self._table.c.changed_record == bindparam("record"))
                .order_by(*(self._table.c[name] for name in self._key))
            ),
        )
        values: dict[str, Any] = {"record": record, "noun": self.noun}
        deleted = await self._fetch(DeletedRow, _DELETED_IN, values)
        return ChangedRows(await self._rows(statement, values), deleted, record)


def _record_of(row: Any) -> int:
    return cast("NounRow", row).changed_record


def _last_whole(records: Sequence[int], limit: int) -> int | None:
    """Return the last record that is certainly listed whole; None if there are no more."""
    return records[limit] - 1 if len(records) > limit else None

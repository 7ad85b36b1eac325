"""Writing one table of one guild; rows name the record that changed them, deletions leave a mark.

Controllers never commit. Violated constraints become domain errors here, in one place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Final, Generic

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from bot.database.controllers.reading import ReadingController, RowT
from bot.database.controllers.shapes import Shape
from bot.database.copying import copy_rows
from bot.database.errors import to_domain_error, violated_constraint
from bot.database.models import Tombstone
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.errors import AlreadyExists, NotFound, TallymanError

_tombstone = table_of(Tombstone)
# So many rows are copied on PostgreSQL: 10,000 items take 0.14 s so, and 0.38 s by their statement.
_COPIED: Final = 200
# A statement for each takes too long of more: its time is limited.
_INSERTED_AT_ONCE: Final = 500


def _bury(kind: Any) -> Prepared:
    """Build the insert of a tombstone; a key that was deleted before keeps the newest."""
    made = kind.insert(_tombstone)
    newest = {"record": made.excluded.record}
    return Prepared(made.on_conflict_do_update(index_elements=_tombstone.primary_key, set_=newest))


_BURY = {"postgresql": _bury(postgresql), "sqlite": _bury(sqlite)}


class WritingController(ReadingController[RowT], Generic[RowT]):
    """The changes of BaseController.

    A controller whose rows decide what people may do says `affects_rights`; when only some of
    its columns do, it names them as `rights_columns`.
    """

    affects_rights: ClassVar[bool] = False
    rights_columns: ClassVar[frozenset[str]] = frozenset()

    # What is taken when a unique constraint refuses a row, by the constraint's name.
    _taken: ClassVar[dict[str, str]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if hasattr(cls, "model"):
            cls._taken = dict(_list_unique(cls._table))

    async def create(self, **values: Any) -> RowT:
        """Insert a row; the book hands out its id. Raises AlreadyExists by constraint."""
        row = self._complete(values)
        self._note_change(values)
        await self._write(self._insert(), self._encrypt(row, row), values)
        return self._load(row)

    async def bulk_create(self, rows: Sequence[Mapping[str, Any]]) -> list[RowT]:
        """Insert many rows in one round trip."""
        return [self._load(row) for row in await self._insert_rows(rows)]

    async def get_or_create(self, *key: int | str, **values: Any) -> RowT:
        """Return the row with this key, or insert it; safe because the guild has one writer."""
        found = await self.get_by_id(*key)
        if found is not None:
            return found
        return await self.create(**dict(zip(self._key, key, strict=True)), **values)

    async def update_by_id(self, *key: int | str, **values: Any) -> RowT:
        """Change columns of one row and return it whole; raises NotFound, AlreadyExists."""
        keyed = dict(zip(self._key, key, strict=True))
        shape, sets = self._changing(values, keyed)
        statement = self._prepared(
            ("update", shape), lambda: self._update(shape).returning(*self._table.columns)
        )
        self._note_change(values)
        bound = shape.bind(self._scope.guild_id, keyed, sets)
        rows = await self._write(statement, bound, values)
        if not rows:
            raise NotFound(self.noun, wanted=" ".join(map(str, key)))
        return self._load_row(rows[0])

    async def bulk_update(
        self, changes: Sequence[tuple[tuple[int | str, ...], Mapping[str, Any]]]
    ) -> None:
        """Change the same columns of many rows, given as (key, values), in one round trip."""
        if not changes:
            return
        rows = []
        for key, values in changes:
            keyed = dict(zip(self._key, key, strict=True))
            shape, sets = self._changing(values, keyed)
            rows.append(shape.bind(self._scope.guild_id, keyed, sets))
        statement = self._prepared(("bulk_update", shape), lambda: self._update(shape))
        self._note_change(changes[0][1])
        await self._write_many(statement, rows)

    async def delete_by_id(self, *key: int | str) -> bool:
        """Delete one row and return whether it existed."""
        keyed = dict(zip(self._key, key, strict=True))
        return bool(await self._delete(self._key_shape, keyed))

    async def delete_all(self, **equals: Any) -> int:
        """Delete the rows whose columns equal these values, of which there are any number."""
        assert equals, "a table is never emptied"
        return len(await self._delete(Shape.of(equals), equals))

    # Building blocks for subclasses

    async def _write(
        self, statement: Prepared, bound: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        """Run one change; a violated constraint is raised as its domain error with the value."""
        try:
            return await statement.fetch(self._scope.connection, bound)
        except DBAPIError as error:
            refusal = self._refusal(error, values)
            if refusal is None:
                raise
            raise refusal from error

    async def _insert_rows(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Insert many rows and return them whole."""
        if not rows:
            return []
        complete = [self._complete(row) for row in rows]
        self._note_change({name for row in rows for name in row})
        encrypted = [self._encrypt(row, row) for row in complete]
        await self._write_many(self._insert(), encrypted, into=self._table.name)
        return complete

    async def _pour_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert any number of rows, each made as it is sent, and return nothing of them."""
        connection = self._scope.connection
        if self._copies(rows):
            self._note_change(rows[0])
            whole = (self._encrypt(row, row) for row in map(self._complete, rows))
            with self._refusing():
                await copy_rows(self._table.name, self._insert(), connection, whole)
            return
        for start in range(0, len(rows), _INSERTED_AT_ONCE):
            await self._insert_rows(rows[start : start + _INSERTED_AT_ONCE])

    async def _write_many(
        self, statement: Prepared, rows: Sequence[Mapping[str, Any]], *, into: str = ""
    ) -> None:
        """Run a change for each of some rows; `into` is the table that whole rows go into."""
        connection = self._scope.connection
        with self._refusing():
            if into and self._copies(rows):
                await copy_rows(into, statement, connection, rows)
            else:
                await statement.write_many(connection, rows)

    def _copies(self, rows: Sequence[object]) -> bool:
        """Whether so many new rows are copied and not inserted by their statement."""
        return len(rows) >= _COPIED and self._scope.connection.dialect.name == "postgresql"

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Raise a violated constraint as its domain error, where many rows say no value."""
        try:
            yield
        except DBAPIError as error:
            refusal = self._refusal(error, {})
            if refusal is None:
                raise
            raise refusal from error

    def _refusal(self, error: DBAPIError, values: Mapping[str, Any]) -> TallymanError | None:
        """Return the domain error of a violated constraint, None if it is a defect."""
        field = self._taken.get(violated_constraint(error) or "")
        if field is None:
            return to_domain_error(error)
        return AlreadyExists(noun=self.noun, field=field, value=str(values.get(field, "")))

    def _note_change(self, names: Iterable[str] | None) -> None:
        """Note that these columns (or whole rows) change, and whether rights change with them."""
        is_granting = self.affects_rights and (
            names is None or not self.rights_columns or not self.rights_columns.isdisjoint(names)
        )
        self._scope.mark_changed(affects_rights=is_granting)

    async def _delete(self, shape: Shape, equals: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        statement = self._prepared(
            ("delete", shape),
            lambda: (
                delete(self._table)
                .where(*shape.where(self._table))
                .returning(*(self._table.c[name] for name in self._key))
            ),
        )
        self._note_change(None)
        keys = await self._write(statement, shape.bind(self._scope.guild_id, equals), equals)
        if keys and self._is_noun:
            await self._bury(keys)
        return keys

    async def _bury(self, keys: Sequence[Sequence[Any]]) -> None:
        scope = self._scope
        rows = [
            {
                "guild_id": scope.guild_id,
                "noun": self.noun,
                "key": "/".join(map(str, key)),
                "record": scope.record,
            }
            for key in keys
        ]
        await _BURY[scope.connection.dialect.name].write_many(scope.connection, rows)

    def _complete(self, values: Mapping[str, Any]) -> dict[str, Any]:
        assert "guild_id" not in values, "the guild is given by the scope"
        row = {"guild_id": self._scope.guild_id, **self._defaults, **values}
        if self._key == ("id",) and "id" not in row:
            row["id"] = self._scope.next_id()
        if self._is_noun:
            row["changed_record"] = self._scope.record
        assert len(row) == len(self._names), f"columns of {self.noun}: {sorted(row)}"
        return row

    def _changing(
        self, values: Mapping[str, Any], keyed: Mapping[str, Any]
    ) -> tuple[Shape, Mapping[str, Any]]:
        sets = self._encrypt(values, keyed)
        if self._is_noun:
            sets = {**sets, "changed_record": self._scope.record}
        return Shape(self._key, sets=tuple(sets)), sets

    def _insert(self) -> Prepared:
        return self._prepared("insert", lambda: insert(self._table))

    @classmethod
    def _update(cls, shape: Shape) -> Any:
        return update(cls._table).where(*shape.where(cls._table)).values(shape.values(cls._table))


def _list_unique(table: Table) -> Iterator[tuple[str, str]]:
    """Yield a table's unique constraints with the field that each is about.

    That is the last column without its ending: `sku_key` is about the SKU, `role_id` about the
    role; an id that the book hands out is never typed. SQLite names no constraint, so a primary
    key is known by its columns as well.
    """
    for constraint in table.constraints:
        if not isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint):
            continue
        names = [column.name for column in constraint.columns]
        if names[-1] not in {"id", "guild_id"}:
            field = names[-1].removesuffix("_key").removesuffix("_id")
            yield str(constraint.name), field
            yield "_".join(["uq", table.name, *names]), field

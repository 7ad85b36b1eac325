"""BaseController: the queries that every table needs, bound to one guild's rows.

Statements are built once per class and set of columns: building one per call costs as much as
running it. Rows become plain, detached model instances; nothing loads lazily behind a caller.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar, cast

from sqlalchemy import (
    Executable,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import configure_mappers

from bot.database.errors import to_domain_error
from bot.database.models.base import GuildRow, table_of
from bot.database.scope import Scope
from bot.database.statements import Prepared
from bot.errors import NotFound, TallymanError

RowT = TypeVar("RowT", bound=GuildRow)

MAX_ROWS: Final = 500
# An UPDATE takes a parameter named like a column for a value to set, so both kinds are marked.
_PREFIX: Final = "set_"
_KEY_PREFIX: Final = "key_"
NULL: Final = "=NULL"


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """One page of a list, in order, and whether there is more on either side."""

    rows: Sequence[RowT]
    has_next: bool
    has_previous: bool


class BaseController(Generic[RowT]):
    """Reads and writes one table of one guild; never commits, never sees another guild.

    Subclasses name their `model`, the `noun` that people know it by, and the `permission`
    that looking at it takes. Columns that are `sealed` are encrypted in the database alone.
    """

    model: ClassVar[type[GuildRow]]
    noun: ClassVar[str]
    permission: ClassVar[str]
    sealed: ClassVar[tuple[str, ...]] = ()

    _table: ClassVar[Table]
    _key: ClassVar[tuple[str, ...]]
    _defaults: ClassVar[dict[str, Any]]
    _names: ClassVar[tuple[str, ...]]
    _statements: ClassVar[dict[Any, Executable]]
    _hot_statements: ClassVar[dict[Any, Prepared]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "model"):
            return  # a family of controllers, not one of a table
        # Rows are made without the constructor that would do this on its first call.
        configure_mappers()
        cls._table = table_of(cls.model)
        cls._key = tuple(c.name for c in cls._table.primary_key if c.name != "guild_id")
        cls._defaults = {
            name: field.default
            for name, field in cls.model.model_fields.items()
            if not field.is_required()
        }
        cls._names = tuple(cls._table.columns.keys())
        cls._statements, cls._hot_statements = {}, {}

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    # Reading

    async def get_by_id(self, *key: int | str) -> RowT | None:
        """Return the row with this key (without the guild), or None."""
        return await self.find_one(**dict(zip(self._key, key, strict=True)))

    async def require(self, *key: int | str) -> RowT:
        """Return the row with this key; raises NotFound."""
        row = await self.get_by_id(*key)
        if row is None:
            raise NotFound(self.noun, wanted=" ".join(map(str, key)))
        return row

    async def find_one(self, **equals: Any) -> RowT | None:
        """Return one row whose columns equal these values, or None."""
        names = _shape(equals)
        statement = self._prepared(("one", names), lambda: self._where(names).limit(1))
        rows = await statement.fetch(self._scope.connection, self._in_guild(equals))
        return self._load_row(rows[0]) if rows else None

    async def find_all(self, *, limit: int = MAX_ROWS, **equals: Any) -> list[RowT]:
        """Return the rows whose columns equal these values, in key order, at most `limit`."""
        names = _shape(equals)
        statement = self._prepared(
            ("all", names),
            lambda: self._where(names).order_by(*self._key_columns()).limit(bindparam("limit")),
        )
        values = self._in_guild(equals) | {"limit": min(limit, MAX_ROWS)}
        rows = await statement.fetch(self._scope.connection, values)
        return [self._load_row(row) for row in rows]

    async def paginate(
        self,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = 10,
        order_by: str = "id",
        **equals: Any,
    ) -> Page[RowT]:
        """Return the page after (or before) the row with this id, ordered by a unique column.

        The cursor is a row's id, so that it fits a button; its place in the order is looked
        up by the database. Cost does not grow with depth.
        """
        backwards = before is not None
        cursor = before if backwards else after
        names = _shape(equals)
        shape = ("page", names, order_by, backwards, cursor is None)
        statement = self._prepared(
            shape, lambda: self._page(names, order_by, backwards=backwards, first=cursor is None)
        )
        values = self._in_guild(equals) | {"cursor": cursor, "limit": limit + 1}
        found = await statement.fetch(self._scope.connection, values)
        rows = [self._load_row(row) for row in found]
        return self._page_of(rows, limit, backwards=backwards, first=cursor is None)

    async def count(self, **equals: Any) -> int:
        """Count rows whose columns equal these values; for small tables, never for a page."""
        names = _shape(equals)
        statement = self._statement(
            ("count", names),
            lambda: self._where(names).with_only_columns(func.count(), maintain_column_froms=True),
        )
        result = await self._scope.connection.execute(statement, self._in_guild(equals))
        return int(result.scalar_one())

    async def exists(self, **equals: Any) -> bool:
        """Tell whether any row's columns equal these values."""
        names = _shape(equals)
        statement = self._statement(
            ("exists", names),
            lambda: (
                self._where(names)
                .with_only_columns(literal(1), maintain_column_froms=True)
                .limit(1)
            ),
        )
        result = await self._scope.connection.execute(statement, self._in_guild(equals))
        return result.first() is not None

    # Writing

    async def create(self, **values: Any) -> RowT:
        """Insert a row; the book hands out its id. Raises AlreadyExists by constraint."""
        row = self._complete(values)
        names = tuple(row)
        statement = self._prepared(
            ("insert", names),
            lambda: insert(self._table).values({name: bindparam(name) for name in names}),
        )
        await self._change_one(statement, self._seal(row, row))
        return self._load(row)

    async def bulk_create(self, rows: Sequence[Mapping[str, Any]]) -> list[RowT]:
        """Insert many rows in one round trip."""
        if not rows:
            return []
        complete = [self._complete(row) for row in rows]
        statement = self._statement("insert", lambda: insert(self._table))
        await self._change(statement, [self._seal(row, row) for row in complete])
        return [self._load(row) for row in complete]

    async def get_or_create(self, *key: int | str, **values: Any) -> RowT:
        """Return the row with this key, or insert it; safe because the guild has one writer."""
        found = await self.get_by_id(*key)
        if found is not None:
            return found
        return await self.create(**dict(zip(self._key, key, strict=True)), **values)

    async def update_by_id(self, *key: int | str, **values: Any) -> RowT:
        """Change columns of one row and return it whole; raises NotFound, AlreadyExists."""
        names = tuple(values)
        statement = self._prepared(
            ("update", names),
            lambda: self._update(names).returning(*self._table.columns),
        )
        keyed = dict(zip(self._key, key, strict=True))
        changes = {_PREFIX + name: value for name, value in self._seal(values, keyed).items()}
        rows = await self._change_one(statement, self._keyed(key) | changes)
        if not rows:
            raise NotFound(self.noun, wanted=" ".join(map(str, key)))
        return self._load_row(rows[0])

    async def bulk_update(
        self, changes: Sequence[tuple[tuple[int | str, ...], Mapping[str, Any]]]
    ) -> None:
        """Change the same columns of many rows, given as (key, values), in one round trip."""
        if not changes:
            return
        names = tuple(changes[0][1])
        assert not set(names) & set(self.sealed), "sealed columns are changed row by row"
        statement = self._statement(("bulk_update", names), lambda: self._update(names))
        parameters = [
            self._keyed(key) | {_PREFIX + name: values[name] for name in names}
            for key, values in changes
        ]
        await self._change(statement, parameters)

    async def delete_by_id(self, *key: int | str) -> bool:
        """Delete one row; tells whether it was there."""
        statement = self._statement(
            "delete", lambda: delete(self._table).where(*self._matches(self._key))
        )
        keyed = self._in_guild(dict(zip(self._key, key, strict=True)))
        result = await self._change(statement, keyed)
        return bool(result.rowcount)

    async def delete_all(self, **equals: Any) -> int:
        """Delete the rows whose columns equal these values, of which there are any number."""
        assert equals, "nobody empties a table"
        names = tuple(equals)
        statement = self._statement(
            ("delete_all", names), lambda: delete(self._table).where(*self._matches(names))
        )
        result = await self._change(statement, self._in_guild(equals))
        return int(result.rowcount)

    # Building blocks for subclasses

    def _statement(self, shape: Any, build: Any) -> Executable:
        statement = self._statements.get(shape)
        if statement is None:
            statement = self._statements[shape] = build()
        return statement

    def _prepared(self, shape: Any, build: Callable[[], Executable]) -> Prepared:
        prepared = self._hot_statements.get(shape)
        if prepared is None:
            prepared = self._hot_statements[shape] = Prepared(build())
        return prepared

    def _in_guild(self, values: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in values.items() if value is not None}
        return {"guild_id": self._scope.guild_id, **given}

    def _keyed(self, key: Sequence[int | str]) -> dict[str, Any]:
        values = self._in_guild(dict(zip(self._key, key, strict=True)))
        return {_KEY_PREFIX + name: value for name, value in values.items()}

    async def _change(self, statement: Executable, parameters: Any) -> Any:
        self._scope.mark_changed()
        try:
            return await self._scope.connection.execute(statement, parameters)
        except DBAPIError as error:
            refusal = _refusal(error, parameters)
            if refusal is None:
                raise
            raise refusal from error

    async def _change_one(
        self, statement: Prepared, values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        self._scope.mark_changed()
        try:
            return await statement.fetch(self._scope.connection, values)
        except DBAPIError as error:
            refusal = _refusal(error, values)
            if refusal is None:
                raise
            raise refusal from error

    def _complete(self, values: Mapping[str, Any]) -> dict[str, Any]:
        assert "guild_id" not in values, "the guild is given by the scope alone"
        row = {"guild_id": self._scope.guild_id, **self._defaults, **values}
        if self._key == ("id",) and "id" not in row:
            row["id"] = self._scope.next_id()
        return row

    @classmethod
    def _load(cls, values: Any) -> RowT:
        """Make a detached instance of a mapping, unvalidated: it was valid when it was written."""
        instance = cls.model.__mapper__.class_manager.new_instance()  # type: ignore[attr-defined]
        instance.__dict__.update(values)
        return cast("RowT", instance)

    def _load_row(self, row: Sequence[Any]) -> RowT:
        return self._load(self._open(dict(zip(self._names, row, strict=True))))

    def _seal(self, values: Mapping[str, Any], key: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return values as they are written: sealed columns for this row alone."""
        if not self.sealed:
            return values
        seal = self._scope.vault.seal
        return {
            name: seal(value, self._place(key, name)) if name in self.sealed and value else value
            for name, value in values.items()
        }

    def _open(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row as it was before it was sealed."""
        for name in self.sealed:
            if row[name]:
                row[name] = self._scope.vault.open(row[name], self._place(row, name))
        return row

    def _place(self, key: Mapping[str, Any], column: str) -> str:
        parts = (self._scope.guild_id, *(key[name] for name in self._key))
        return place_of(self._table, column, parts)

    @staticmethod
    def _page_of(rows: list[RowT], limit: int, *, backwards: bool, first: bool) -> Page[RowT]:
        """Cut the row that was read too many: it tells that there is more that way."""
        has_more, rows = len(rows) > limit, rows[:limit]
        if backwards:
            return Page(rows[::-1], has_next=True, has_previous=has_more)
        return Page(rows, has_next=has_more, has_previous=not first)

    @classmethod
    def _key_columns(cls) -> list[Any]:
        return [cls._table.c[name] for name in cls._key] or [cls._table.c.guild_id]

    @classmethod
    def _matches(cls, names: Sequence[str], prefix: str = "") -> list[Any]:
        """Compare columns with parameters of their names; a name marked `=NULL` with nothing."""
        assert "guild_id" not in names, "the guild is given by the scope alone"
        columns = cls._table.c
        return [
            columns[name.removesuffix(NULL)].is_(None)
            if name.endswith(NULL)
            else columns[name] == bindparam(prefix + name, type_=columns[name].type)
            for name in ("guild_id", *names)
        ]

    @classmethod
    def _where(cls, names: Sequence[str]) -> Select[Any]:
        return select(cls._table).where(*cls._matches(names))

    @classmethod
    def _update(cls, names: Sequence[str]) -> Any:
        assert "guild_id" not in names, "no row moves to another guild"
        columns = cls._table.c
        values = {name: bindparam(_PREFIX + name, type_=columns[name].type) for name in names}
        return update(cls._table).where(*cls._matches(cls._key, _KEY_PREFIX)).values(values)

    @classmethod
    def _page(
        cls, names: Sequence[str], order_by: str, *, backwards: bool, first: bool
    ) -> Select[Any]:
        column = cls._table.c[order_by]
        statement = cls._where(names)
        if not first:
            there = cls._table.alias("there")
            place = (
                select(there.c[order_by])
                .where(there.c.guild_id == bindparam("guild_id"), there.c.id == bindparam("cursor"))
                .scalar_subquery()
            )
            statement = statement.where(column < place if backwards else column > place)
        return statement.order_by(column.desc() if backwards else column).limit(bindparam("limit"))


def place_of(table: Table, column: str, key: Sequence[object]) -> str:
    """Name a row's column, to which what is sealed is bound; a key begins with the guild."""
    return "/".join(map(str, (table.name, column, *key)))


def _refusal(error: DBAPIError, parameters: Any) -> TallymanError | None:
    """Return the product's word for what a constraint refused, None if it is a defect."""
    values = parameters if isinstance(parameters, dict) else {}
    plain = {name.removeprefix(_PREFIX): value for name, value in values.items()}
    return to_domain_error(error, plain)


def _shape(equals: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the columns that are compared; `None` means IS NULL, which takes no parameter."""
    return tuple(name + NULL if value is None else name for name, value in equals.items())

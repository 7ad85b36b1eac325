"""Reading one table of one guild: every statement is built once per class and shape."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeVar, cast

from sqlalchemy import Executable, Select, Table, bindparam, func, literal, select, tuple_
from sqlalchemy.orm import configure_mappers

from bot.database.controllers.shapes import Shape
from bot.database.encrypted_columns import place_of
from bot.database.models.base import GuildRow, NounRow, table_of
from bot.database.raw_rows import read_stored, stored_columns
from bot.database.scope import Scope
from bot.database.statements import Prepared, is_among
from bot.domain.contacts import DAMAGED, UNREADABLE
from bot.errors import KeyMissing, NotFound, ValueDamaged

RowT = TypeVar("RowT", bound=GuildRow)
FetchedT = TypeVar("FetchedT", bound=NamedTuple)

MAX_ROWS: Final = 500


class ReadingController(Generic[RowT]):
    """The look-ups of BaseController, and the one way in which a controller runs a statement.

    Subclasses read with `_fetch` (rows of a NamedTuple), `_rows` (rows of the model) or
    `_scalars` (one column), each over a `Prepared`: a module constant, or made by `_prepared`.
    """

    model: ClassVar[type[GuildRow]]
    noun: ClassVar[str]
    permission: ClassVar[str]

    encrypted: ClassVar[tuple[str, ...]]
    _table: ClassVar[Table]
    _key: ClassVar[tuple[str, ...]]
    _key_shape: ClassVar[Shape]
    _defaults: ClassVar[dict[str, Any]]
    _names: ClassVar[tuple[str, ...]]
    _is_noun: ClassVar[bool]
    _statements: ClassVar[dict[Hashable, Prepared]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "model"):
            return  # a family of controllers, not one of a table
        # Rows are made without the constructor that would do this on its first call.
        configure_mappers()
        cls._table = table_of(cls.model)
        cls.encrypted = cls.model.encrypted
        cls._key = tuple(c.name for c in cls._table.primary_key if c.name != "guild_id")
        cls._key_shape = Shape(cls._key)
        cls._defaults = {
            name: field.default
            for name, field in cls.model.model_fields.items()
            if not field.is_required()
        }
        cls._names = tuple(cls._table.columns.keys())
        cls._is_noun = issubclass(cls.model, NounRow)
        cls._statements = {}

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def get_by_id(self, *key: int | str) -> RowT | None:
        """Return the row with this key (without the guild), or None."""
        return await self._find_one(self._key_shape, dict(zip(self._key, key, strict=True)))

    async def require(self, *key: int | str) -> RowT:
        """Return the row with this key; raises NotFound."""
        row = await self.get_by_id(*key)
        if row is None:
            raise NotFound(self.noun, wanted=" ".join(map(str, key)))
        return row

    async def find_one(self, **equals: Any) -> RowT | None:
        """Return one row whose columns equal these values, or None."""
        return await self._find_one(Shape.of(equals), equals)

    async def find_all(
        self, *, limit: int = MAX_ROWS, order_by: str | tuple[str, ...] = (), **equals: Any
    ) -> list[RowT]:
        """Return the rows whose columns equal these values, in key order unless another is named.

        There are at most `limit` of them, and never more than MAX_ROWS.
        """
        shape, order = Shape.of(equals), self._order(order_by)
        statement = self._prepared(
            ("all", shape, order),
            lambda: (
                self._select(shape)
                .order_by(*(self._table.c[name] for name in order))
                .limit(bindparam("limit"))
            ),
        )
        values = shape.bind(self._scope.guild_id, equals)
        return await self._rows(statement, values | {"limit": min(limit, MAX_ROWS)})

    async def get_many(self, keys: Sequence[int]) -> dict[int, RowT]:
        """Return the rows with these keys that exist, by key; for tables with one key column."""
        if not keys:
            return {}
        (name,) = self._key
        statement = self._prepared(
            "many",
            lambda: self._select(Shape()).where(is_among(self._table.c[name], "keys")),
        )
        rows = await self._rows(statement, {"keys": list(keys)})
        return {getattr(row, name): row for row in rows}

    async def count(self, **equals: Any) -> int:
        """Count rows whose columns equal these values; for small tables, never for a page."""
        shape = Shape.of(equals)
        statement = self._prepared(
            ("count", shape),
            lambda: self._select(shape).with_only_columns(func.count(), maintain_column_froms=True),
        )
        (count,) = await self._scalars(statement, shape.bind(self._scope.guild_id, equals))
        return int(count)

    async def exists(self, **equals: Any) -> bool:
        """Whether any row's columns equal these values."""
        shape = Shape.of(equals)
        statement = self._prepared(
            ("exists", shape),
            lambda: (
                self._select(shape)
                .with_only_columns(literal(1), maintain_column_froms=True)
                .limit(1)
            ),
        )
        return bool(await self._scalars(statement, shape.bind(self._scope.guild_id, equals)))

    async def page_stored(self, after: tuple[Any, ...] | None, limit: int) -> list[dict[str, Any]]:
        """List rows in the order of their key as the table has them, to be verified.

        Encrypted values are decrypted; those whose key is missing are UNREADABLE, those that their
        key does not decrypt DAMAGED.
        """
        statement = self._prepared(
            ("stored", after is None), lambda: self._select_stored(is_first=after is None)
        )
        values: dict[str, Any] = {"limit": limit}
        values |= {f"after_{n}": part for n, part in enumerate(after or ())}
        rows = await self._stored(self._table, statement, values)
        for row in rows:
            for name in self.encrypted:
                row[name] = self._decrypt_stored(row, name, damaged=DAMAGED)
        return rows

    # The one statement idiom

    async def _fetch(
        self, of: type[FetchedT], statement: Prepared, values: Mapping[str, Any]
    ) -> list[FetchedT]:
        """Run a statement in this guild and return its rows by name."""
        rows = await statement.fetch(self._scope.connection, self._in_guild(values))
        return [of(*row) for row in rows]

    async def _rows(self, statement: Prepared, values: Mapping[str, Any]) -> list[RowT]:
        """Run a statement that selects the model's columns and return its rows."""
        rows = await statement.fetch(self._scope.connection, self._in_guild(values))
        return [self._load_row(row) for row in rows]

    async def _stored(
        self, table: Table, statement: Prepared, values: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Run a statement over `stored_columns` of a table, whose values need not be readable."""
        rows = await statement.fetch(self._scope.connection, self._in_guild(values))
        return read_stored(table, rows)

    async def _scalars(self, statement: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """Run a statement and return its first column."""
        rows = await statement.fetch(self._scope.connection, self._in_guild(values))
        return [row[0] for row in rows]

    def _prepared(self, key: Hashable, build: Callable[[], Executable]) -> Prepared:
        """Return this class's statement of that key, built when it is first needed."""
        prepared = self._statements.get(key)
        if prepared is None:
            prepared = self._statements[key] = Prepared(build())
        return prepared

    def _in_guild(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**values, "guild_id": self._scope.guild_id}

    # Rows

    async def _find_one(self, shape: Shape, equals: Mapping[str, Any]) -> RowT | None:
        statement = self._prepared(("one", shape), lambda: self._select(shape).limit(1))
        values = shape.bind(self._scope.guild_id, equals)
        rows = await statement.fetch(self._scope.connection, values)
        return self._load_row(rows[0]) if rows else None

    @classmethod
    def _select(cls, shape: Shape) -> Select[Any]:
        return select(cls._table).where(*shape.where(cls._table))

    @classmethod
    def _select_stored(cls, *, is_first: bool) -> Select[Any]:
        key = [cls._table.c[name] for name in cls._key]
        statement = select(*stored_columns(cls._table)).where(
            cls._table.c.guild_id == bindparam("guild_id", type_=cls._table.c.guild_id.type)
        )
        if not is_first:
            after = [bindparam(f"after_{n}", type_=part.type) for n, part in enumerate(key)]
            # One column needs no row value, which SQLite would not look up in the index.
            beyond = key[0] > after[0] if len(key) == 1 else tuple_(*key) > tuple_(*after)
            statement = statement.where(beyond)
        return statement.order_by(*key).limit(bindparam("limit"))

    @classmethod
    def _order(cls, order_by: str | tuple[str, ...]) -> tuple[str, ...]:
        if isinstance(order_by, str):
            return (order_by,)
        return order_by or cls._key or ("guild_id",)

    @classmethod
    def _load(cls, values: Any) -> RowT:
        """Make a detached instance of a mapping, unvalidated: it was valid when it was written."""
        instance = cls.model.__mapper__.class_manager.new_instance()  # type: ignore[attr-defined]
        instance.__dict__.update(values)
        return cast("RowT", instance)

    def _load_row(self, row: Sequence[Any]) -> RowT:
        values = dict(zip(self._names, row, strict=True))
        return self._load(self._decrypt(values) if self.encrypted else values)

    def _encrypt(self, values: Mapping[str, Any], key: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return values as they are written: encrypted columns for this row alone."""
        if not self.encrypted:
            return values
        encrypt = self._scope.encryption.encrypt
        return {
            name: encrypt(value, self._address(key, name))
            if name in self.encrypted and value
            else value
            for name, value in values.items()
        }

    def _decrypt(self, row: dict[str, Any]) -> dict[str, Any]:
        for name in self.encrypted:
            if row[name]:
                row[name] = self._decrypt_stored(row, name)
        return row

    def _decrypt_stored(
        self, row: Mapping[str, Any], name: str, *, damaged: str = UNREADABLE
    ) -> Any:
        """Return a value of a row; a key that is missing costs the value and not the row."""
        value = row[name]
        if not value:
            return value
        try:
            return self._scope.encryption.decrypt(value, self._address(row, name))
        except (ValueDamaged, TypeError):
            return damaged
        except KeyMissing:
            return UNREADABLE

    def _address(self, key: Mapping[str, Any], column: str) -> str:
        parts = (self._scope.guild_id, *(key[name] for name in self._key))
        return place_of(self._table, column, parts)

"""What every table shares: named constraints and keys that start with the guild."""

from typing import Any, ClassVar, Final, cast

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Table
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

metadata = SQLModel.metadata


# What the bot's own database user may do with a table; see `bot/database/admin/grants.py`.
READ: Final = ("SELECT",)
APPEND: Final = ("SELECT", "INSERT")
KEEP: Final = ("SELECT", "INSERT", "UPDATE")
CHANGE: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")


class GuildRow(SQLModel):
    """A row of one guild's books; composite keys keep a guild's rows together and apart.

    Each table says by `grants` what the bot may do with it, and which columns are `encrypted`.
    """

    grants: ClassVar[tuple[str, ...]]
    encrypted: ClassVar[tuple[str, ...]] = ()

    guild_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )


class NounRow(GuildRow):
    """A row of something that people manage; `changed_record` is the record that last changed it.

    "What changed since record n" is one range of an index (`changes_by_record`); deleted rows
    leave a Tombstone. BaseController sets it.
    """

    changed_record: int = Field(default=0, sa_type=BigInteger)


class NumberedRow(NounRow):
    """A row with a small id handed out by the guild's book, the same on both engines."""

    id: int = Field(primary_key=True, sa_type=BigInteger)


def table_of(model: type[SQLModel]) -> Table:
    """Return a model's table: statements are built from its columns, `.c`."""
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # set by the mapper


def list_grants() -> dict[str, tuple[str, ...]]:
    """Return what the bot may do with each table, by the tables' models."""
    return {str(model.__tablename__): model.grants for model in _list_models()}


def list_encrypted() -> list[tuple[Table, str]]:
    """Return the encrypted columns of all tables, in the order of their names."""
    named = [(model, getattr(model, "encrypted", ())) for model in _list_models()]
    found = [(table_of(model), name) for model, names in named for name in names]
    return sorted(found, key=lambda each: (each[0].name, each[1]))


def _list_models() -> list[Any]:
    return [mapper.class_ for mapper in SQLModel._sa_registry.mappers]  # noqa: SLF001


def in_book() -> ForeignKeyConstraint:
    """Return the foreign key that ties a row to its guild's book."""
    return ForeignKeyConstraint(["guild_id"], ["book.guild_id"])


def changes_by_record() -> Index:
    """Return the index over a noun's rows by the record that last changed them."""
    return Index(None, "guild_id", "changed_record")


def refers_to(table: str, column: str, key: str = "id", **options: Any) -> ForeignKeyConstraint:
    """Return a foreign key to another row of the same guild."""
    return ForeignKeyConstraint(
        ["guild_id", column], [f"{table}.guild_id", f"{table}.{key}"], **options
    )


# What PostgreSQL need not check of each row, as something else of the same transaction implies it.
# SQLite goes on checking it, for a look into a tree: what is played there is played with it.
ON_SQLITE_ALONE: Final = {"dialect": "sqlite"}


def is_expected(thing: Any, *asked: Any, dialect: str) -> bool:
    """Whether a database of a dialect is to have a thing of the models, as alembic asks."""
    _name, _kind, is_reflected, _other = asked
    return bool(is_reflected or thing.info.get("dialect", dialect) == dialect)

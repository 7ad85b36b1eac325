"""Which columns are encrypted, and what they hold, without any key."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from bot.database.models.base import list_encrypted

# What every encrypted text begins with, before a dot.
MARK: Final = "s1"


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """An encrypted column, and the key of its table without the guild."""

    table: Table
    column: str

    @property
    def value(self) -> Any:
        """The column itself."""
        return self.table.c[self.column]

    @property
    def key(self) -> list[Any]:
        """The columns of the row's key behind the guild."""
        return [column for column in self.table.primary_key if column.name != "guild_id"]

    @property
    def is_set(self) -> Any:
        """The condition that a row has a value."""
        return self.value.is_not(None) & (self.value != "")

    def is_stale(self, prefix: str) -> Any:
        """Return the condition that a row's value is not encrypted under the newest key."""
        return self.is_set & ~self.value.startswith(prefix)


def list_encrypted_columns() -> list[EncryptedColumn]:
    """List the encrypted columns, as their models declare them."""
    return [EncryptedColumn(table, column) for table, column in list_encrypted()]


def place_of(table: Table, column: str, key: Sequence[object]) -> str:
    """Name a row's column, to which an encrypted value is bound; a key begins with the guild."""
    return "/".join(map(str, (table.name, column, *key)))


def read_samples(connection: Connection) -> list[tuple[str, str]]:
    """Read one encrypted value of each column that has any, with the place that it is bound to."""
    samples = []
    for what in list_encrypted_columns():
        one = select(what.table.c.guild_id, *what.key, what.value).where(what.is_set).limit(1)
        for *key, value in connection.execute(one):
            samples.append((value, place_of(what.table, what.column, key)))
    return samples


def has_encrypted_values(file: Path) -> bool:
    """Whether an SQLite file, which need not exist, holds a value that some key encrypted."""
    if not file.exists():
        return False
    address = f"{file.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        for what in list_encrypted_columns():
            table, column = what.table.name, what.column
            found = f"SELECT 1 FROM {table} WHERE {column} <> '' LIMIT 1"  # noqa: S608  # our names
            if table in known and connection.execute(found).fetchone():
                return True
    return False

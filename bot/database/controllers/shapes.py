"""Shapes: which columns a statement compares and sets, so that it is built once per shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns that a statement compares with values or with NULL, and those that it sets.

    It builds the clauses and binds their values. An UPDATE would take a parameter named like a
    column as a value to set, so compared and set columns have parameters of different names.
    """

    equals: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()

    @classmethod
    def of(cls, equals: Mapping[str, Any]) -> "Shape":
        """Return the shape of a comparison; `None` means IS NULL, which takes no parameter."""
        return cls(
            tuple(name for name, value in equals.items() if value is not None),
            tuple(name for name, value in equals.items() if value is None),
        )

    def where(self, table: Table) -> list[ColumnElement[bool]]:
        """Compare the columns of one guild's rows."""
        assert "guild_id" not in (*self.equals, *self.nulls), "the guild is given by the scope"
        columns = table.c
        return [
            columns.guild_id == bindparam("guild_id", type_=columns.guild_id.type),
            *(columns[n] == bindparam(f"is_{n}", type_=columns[n].type) for n in self.equals),
            *(columns[n].is_(None) for n in self.nulls),
        ]

    def values(self, table: Table) -> dict[str, Any]:
        """Set the columns that change."""
        assert "guild_id" not in self.sets, "no row moves to another guild"
        return {n: bindparam(f"to_{n}", type_=table.c[n].type) for n in self.sets}

    def bind(
        self, guild_id: int, equals: Mapping[str, Any], sets: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the parameters of a statement of this shape."""
        bound = {"guild_id": guild_id}
        for name in self.equals:
            bound[f"is_{name}"] = equals[name]
        if sets:
            for name in self.sets:
                bound[f"to_{name}"] = sets[name]
        return bound

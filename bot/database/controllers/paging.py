"""Paging by keyset: the cost of a page does not grow with its depth."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, select, tuple_

from bot.database.controllers.reading import ReadingController, RowT
from bot.database.controllers.shapes import Shape

AnyRowT = TypeVar("AnyRowT")

# What fits a list of one line each in an embed.
PAGE_ROWS: Final = 10


@dataclass(frozen=True, slots=True)
class Page(Generic[AnyRowT]):
    """One page of a list, in order, and whether there is more on either side."""

    rows: Sequence[AnyRowT]
    has_next: bool
    has_previous: bool

    @classmethod
    def of(
        cls, found: Sequence[AnyRowT], limit: int, *, is_backwards: bool, has_cursor: bool
    ) -> "Page[AnyRowT]":
        """Make a page of what was found in the direction read, one row beyond the limit at most.

        That row says that there is more that way; where one came from, there always is.
        """
        has_more, rows = len(found) > limit, found[:limit]
        if is_backwards:
            return cls(rows[::-1], has_next=True, has_previous=has_more)
        return cls(rows, has_next=has_more, has_previous=has_cursor)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions of a page beyond the equality of columns; `key` tells their statement apart."""

    key: Hashable = ()
    conditions: Callable[[], Sequence[ColumnElement[bool]]] = tuple
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Where a page begins and in which order it goes."""

    order: tuple[str, ...]
    is_backwards: bool
    is_first: bool


_ALL = Narrowing()


class PagingController(ReadingController[RowT], Generic[RowT]):
    """The pages of BaseController, for tables with one key column."""

    async def paginate(
        self,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
        order_by: str | tuple[str, ...] = (),
        **equals: Any,
    ) -> Page[RowT]:
        """Return the page after (or before) the row with this key, in key order by default.

        The columns of another order must be unique together. The cursor is a row's key, so that
        it fits a button; the row's place in the order is looked up by the database.
        """
        return await self._paginate(_ALL, equals, (after, before), limit=limit, order_by=order_by)

    async def _paginate(
        self,
        narrowing: Narrowing,
        equals: Mapping[str, Any],
        cursors: tuple[int | None, int | None],
        *,
        limit: int = PAGE_ROWS,
        order_by: str | tuple[str, ...] = (),
    ) -> Page[RowT]:
        """Return a page of the rows that meet further conditions; see `paginate`."""
        after, before = cursors
        cursor = after if before is None else before
        shape = Shape.of(equals)
        turn = _Turn(self._order(order_by), before is not None, cursor is None)
        statement = self._prepared(
            ("page", shape, turn, narrowing.key),
            lambda: self._page(shape, turn).where(*narrowing.conditions()),
        )
        values = shape.bind(self._scope.guild_id, equals)
        values |= {**narrowing.values, "cursor": cursor, "limit": limit + 1}
        found = await self._rows(statement, values)
        return Page.of(found, limit, is_backwards=turn.is_backwards, has_cursor=not turn.is_first)

    @classmethod
    def _page(cls, shape: Shape, turn: _Turn) -> Select[Any]:
        columns = [cls._table.c[name] for name in turn.order]
        statement = cls._select(shape)
        if not turn.is_first:
            here, cursor = tuple_(*columns), tuple_(*cls._cursor(turn.order))
            statement = statement.where(here < cursor if turn.is_backwards else here > cursor)
        order = [column.desc() for column in columns] if turn.is_backwards else columns
        return statement.order_by(*order).limit(bindparam("limit"))

    @classmethod
    def _cursor(cls, order: tuple[str, ...]) -> list[Any]:
        """Return the place of the cursor's row in an order, each column by a probe of the key."""
        (key,) = cls._key
        there = cls._table.alias("there")
        cursor = bindparam("cursor", type_=there.c[key].type)
        return [
            cursor
            if name == key
            else select(there.c[name])
            .where(
                there.c.guild_id == bindparam("guild_id", type_=there.c.guild_id.type),
                there.c[key] == cursor,
            )
            .scalar_subquery()
            for name in order
        ]

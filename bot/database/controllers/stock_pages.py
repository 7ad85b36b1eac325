"""Pages of stock: where an item is, and what is at a location and in those inside it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    union_all,
)

from bot.database.columns import Key
from bot.database.controllers.base import Page
from bot.database.controllers.lot_levels import LotLevelsController
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.reading import FetchedT
from bot.database.controllers.stock_statements import LEVELS, held
from bot.database.models import Item, Location, StockLevel
from bot.database.models.base import table_of
from bot.domain.locations import SEPARATOR
from bot.domain.stock import STORAGE, UNTRACKED
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_LAST_CHARACTER = "\U0010ffff"

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_cursor: BindParameter[int] = bindparam("cursor", type_=BigInteger)
_here: BindParameter[int] = bindparam("location_id", type_=BigInteger)
_item = table_of(Item)
_location = table_of(Location)
_level = table_of(StockLevel)


class LevelRow(NamedTuple):
    """How much of an item is at a location."""

    item_id: int
    sku: str
    name: str
    unit: str
    reorder_point: Decimal | None
    location_id: int
    location: str
    quantity: Decimal
    kind: str = STORAGE


class HeldRow(NamedTuple):
    """What is held of an item at a location: in all, and of that directly there."""

    item_id: int
    sku: str
    name: str
    unit: str
    reorder_point: Decimal | None
    quantity: Decimal
    here: Decimal
    tracking: str = UNTRACKED


class InsideCount(NamedTuple):
    """How many items are in stock at a location or inside it, and how many locations inside."""

    items: int
    locations: int


class StockPagesController(LotLevelsController):
    """Stock levels, page by page."""

    async def page_of_item(
        self,
        item_id: int,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[LevelRow]:
        """Return a page of where an item is, the largest level first; cursors are locations."""
        values = {"item_id": item_id}
        return await self._page_of(LevelRow, build_levels_of_item, values, after, before, limit)

    async def page_inside(
        self,
        location: Location,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[HeldRow]:
        """Return a page of what is at a location and inside it, by SKU; cursors are items."""
        values = {"location_id": location.id, **inside_of(location.path_key)}
        return await self._page_of(HeldRow, build_held_inside, values, after, before, limit)

    async def count_inside(self, location: Location) -> InsideCount:
        """Count the items at a location and inside it, and the locations inside."""
        statement = self._prepared("inside count", build_inside_count)
        values = {"location_id": location.id, **inside_of(location.path_key)}
        (counted,) = await self._fetch(InsideCount, statement, values)
        return counted

    async def levels_inside(self, item_id: int, location: Location, limit: int) -> list[LevelRow]:
        """List where an item is at a location or inside it, the largest level first."""
        statement = self._prepared("holding inside", build_holding_inside)
        values = {"item_id": item_id, "location_id": location.id, "limit": limit}
        return await self._fetch(LevelRow, statement, values | inside_of(location.path_key))

    async def _page_of(
        self,
        row_type: type[FetchedT],
        build: Callable[..., Select[Any]],
        values: dict[str, Any],
        after: int | None,
        before: int | None,
        limit: int,
    ) -> Page[FetchedT]:
        cursor, is_backwards = (after, False) if before is None else (before, True)
        has_cursor = cursor is not None
        statement = self._prepared(
            (build.__name__, has_cursor, is_backwards),
            lambda: build(has_cursor=has_cursor, is_backwards=is_backwards),
        )
        found = await self._fetch(
            row_type, statement, {**values, "cursor": cursor or 0, "limit": limit + 1}
        )
        return Page.of(found, limit, is_backwards=is_backwards, has_cursor=has_cursor)


def inside_of(path_key: str) -> dict[str, str]:
    """Return the bounds of the paths of all that is inside a location."""
    first = f"{path_key}{SEPARATOR}"
    return {"first": first, "last": first + _LAST_CHARACTER}


def build_levels_of_item(*, has_cursor: bool, is_backwards: bool) -> Select[Any]:
    """Select a page of an item's levels, the largest first."""
    location_id = _location.c.id
    statement = LEVELS.where(_level.c.item_id == bindparam("item_id"))
    if has_cursor:
        there = _level.alias("there")
        last = func.coalesce(
            select(func.sum(there.c.quantity))
            .where(
                there.c.guild_id == _guild_id,
                there.c.item_id == bindparam("item_id"),
                there.c.location_id == _cursor,
            )
            .scalar_subquery(),
            0,
        )
        further = held > last if is_backwards else held < last
        beyond = location_id < _cursor if is_backwards else location_id > _cursor
        statement = statement.having(or_(further, and_(held == last, beyond)))
    order = (held.asc(), location_id.desc()) if is_backwards else (held.desc(), location_id)
    return statement.order_by(None).order_by(*order).limit(bindparam("limit"))


def build_held_inside(*, has_cursor: bool, is_backwards: bool) -> Select[Any]:
    """Select a page of the items at a location and inside it, by SKU, summed by item."""
    place = places_inside()
    here = func.sum(case((_level.c.location_id == _here, _level.c.quantity), else_=0))
    statement = (
        select(
            _item.c.id,
            _item.c.sku,
            _item.c.name,
            _item.c.unit,
            _item.c.reorder_point,
            held.cast(_level.c.quantity.type),
            here.cast(_level.c.quantity.type),
            _item.c.tracking,
        )
        .select_from(place)
        .join(_level, and_(_level.c.guild_id == _guild_id, _level.c.location_id == place.c.id))
        .join(_item, and_(_item.c.guild_id == _level.c.guild_id, _item.c.id == _level.c.item_id))
        .where(_level.c.quantity != 0, _level.c.location_id > LAST_VIRTUAL_ID)
        .group_by(
            _item.c.id,
            _item.c.sku,
            _item.c.sku_key,
            _item.c.name,
            _item.c.unit,
            _item.c.reorder_point,
            _item.c.tracking,
        )
    )
    if has_cursor:
        there = _item.alias("there")
        last = (
            select(there.c.sku_key)
            .where(there.c.guild_id == _guild_id, there.c.id == _cursor)
            .scalar_subquery()
        )
        key = _item.c.sku_key
        statement = statement.where(key < last if is_backwards else key > last)
    order = _item.c.sku_key.desc() if is_backwards else _item.c.sku_key.asc()
    return statement.order_by(order).limit(bindparam("limit"))


def build_inside_count() -> Select[Any]:
    """Count the items at a location and inside it, and the locations in use inside it."""
    place = places_inside()
    items = (
        select(func.count(_level.c.item_id.distinct()))
        .select_from(place)
        .join(_level, and_(_level.c.guild_id == _guild_id, _level.c.location_id == place.c.id))
        .where(_level.c.quantity != 0)
        .scalar_subquery()
    )
    inside = _location.alias("inside")
    locations = (
        select(func.count())
        .select_from(inside)
        .where(
            inside.c.guild_id == _guild_id,
            inside.c.path_key > bindparam("first", type_=Key()),
            inside.c.path_key < bindparam("last", type_=Key()),
            inside.c.archived_at.is_(None),
        )
        .scalar_subquery()
    )
    return select(items, locations)


def build_holding_inside() -> Select[Any]:
    """Select the levels of an item at a location and inside it, the largest first."""
    place = places_inside()
    return (
        LEVELS.join(place, place.c.id == _level.c.location_id)
        .where(_level.c.item_id == bindparam("item_id"))
        .order_by(None)
        .order_by(held.desc(), _location.c.id)
        .limit(bindparam("limit"))
    )


def places_inside() -> Subquery:
    """Return a location and all inside it: two probes, because an OR would walk the guild."""
    inside = select(_location.c.id).where(
        _location.c.guild_id == _guild_id,
        _location.c.path_key > bindparam("first", type_=Key()),
        _location.c.path_key < bindparam("last", type_=Key()),
    )
    itself = select(_location.c.id).where(
        _location.c.guild_id == _guild_id, _location.c.id == _here
    )
    return union_all(inside, itself).subquery("place")

"""What many lines ask the database at once: items and levels by ids, locations by what is typed."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)

from bot.database.columns import IdList, KeyList
from bot.database.controllers.line_statements import ITEM_COLUMNS, guild_id, item
from bot.database.models import Location, StockLevel
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among

_stock_level = table_of(StockLevel)
_location = table_of(Location)


class ItemRow(NamedTuple):
    """An item of many lines."""

    item_id: int
    sku: str
    name: str
    unit: str
    archived_at: datetime | None
    reserved: Decimal
    whole: bool | None
    reorder_point: Decimal | int | None
    tracking: str


class LocationRow(NamedTuple):
    """A location of many lines."""

    location_id: int
    path: str
    archived_at: datetime | None
    kind: str
    name_key: str
    path_key: str


_LISTS: dict[str, TypeDecorator[Any]] = {"ids": IdList(), "keys": KeyList()}
_LOCATION_AND_KEY = (
    _location.c.id,
    _location.c.path,
    _location.c.archived_at,
    _location.c.kind,
    _location.c.name_key,
    _location.c.path_key,
)
ITEMS_OF_LINES = Prepared(
    select(*ITEM_COLUMNS).where(item.c.guild_id == guild_id, is_among(item.c.id, "ids"))
)
# Rows by their ids or by the keys of what was typed: one probe of an index for each.
LOCATIONS_NAMED = Prepared(
    union_all(
        *(
            select(*_LOCATION_AND_KEY).where(
                _location.c.guild_id == guild_id, is_among(column, name, _LISTS[name])
            )
            for column, name in (
                (_location.c.id, "ids"),
                (_location.c.name_key, "keys"),
                (_location.c.path_key, "keys"),
            )
        )
    )
)


def _levels_of_keys(*, is_sqlite: bool) -> Any:
    level = _stock_level.c
    if is_sqlite:
        each = func.json_each(bindparam("keys", type_=Text)).table_valued("value", name="k")
        parts = (func.json_extract(each.c.value, literal_column(f"'$[{n}]'")) for n in range(3))
        key = tuple_(level.item_id, level.location_id, level.lot_id)
        wanted = key.in_(select(*parts))
        return select(level.item_id, level.location_id, level.lot_id, level.quantity).where(
            level.guild_id == guild_id, wanted
        )
    arrays = (bindparam(name, type_=ARRAY(BigInteger)) for name in ("items", "locations", "lots"))
    each = (
        func.unnest(*arrays)
        .table_valued("item_id", "location_id", "lot_id", name="k")
        .render_derived()
    )
    return (
        select(level.item_id, level.location_id, level.lot_id, level.quantity)
        .select_from(each)
        .join(
            _stock_level,
            and_(
                level.guild_id == guild_id,
                level.item_id == each.c.item_id,
                level.location_id == each.c.location_id,
                level.lot_id == each.c.lot_id,
            ),
        )
    )


# PostgreSQL takes arrays, SQLite a JSON array of keys.
LEVELS_OF_KEYS = {
    "postgresql": Prepared(_levels_of_keys(is_sqlite=False)),
    "sqlite": Prepared(_levels_of_keys(is_sqlite=True)),
}

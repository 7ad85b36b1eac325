"""What the feed of changes asks the database: pages by key, rows by their keys, what changed.

Each is a range of an index or one probe for each key, however large the books are.
"""

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from bot.database.columns import KeyList
from bot.database.models import (
    AuditEvent,
    Barcode,
    FormerSku,
    Item,
    ItemMerge,
    ItemUnit,
    Location,
    Lot,
    StockLevel,
    StockMove,
    Tombstone,
)
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_limit: BindParameter[int] = bindparam("limit", type_=BigInteger)
_since: BindParameter[int] = bindparam("since", type_=BigInteger)
_until: BindParameter[int] = bindparam("until", type_=BigInteger)
_item, _location = table_of(Item).c, table_of(Location).c
_barcode, _lot = table_of(Barcode).c, table_of(Lot).c
_unit, _former, _merge = table_of(ItemUnit).c, table_of(FormerSku).c, table_of(ItemMerge).c
_level, _move = table_of(StockLevel).c, table_of(StockMove).c
_tombstone, _event = table_of(Tombstone).c, table_of(AuditEvent).c
_LAST_VIRTUAL: Any = literal_column(str(LAST_VIRTUAL_ID))
_NOTHING: Any = literal_column("0")

_ITEM = (
    *(_item.id, _item.changed_record, _item.sku, _item.name, _item.unit, _item.tracking),
    *(_item.whole, _item.reserved, _item.reorder_point, _item.archived_at),
)
_LOCATION = (
    *(_location.id, _location.changed_record, _location.name, _location.path, _location.kind),
    *(_location.parent_id, _location.archived_at),
)
_BARCODE = (
    *(_barcode.code_key, _barcode.changed_record, _barcode.code, _barcode.item_id),
    *(_barcode.unit, _barcode.quantity),
)
_LOT = (*(_lot.id, _lot.changed_record, _lot.item_id, _lot.code, _lot.expires_on, _lot.state),)
_LEVEL = (_level.item_id, _level.location_id, _level.lot_id, _level.quantity)


def _page(columns: Any, *conditions: Any) -> Prepared:
    """Build a page of rows behind a key, the first column."""
    key = columns[0]
    after = bindparam("after", type_=key.type)
    here = select(*columns).where(key.table.c.guild_id == _guild_id, key > after, *conditions)
    return Prepared(here.order_by(key).limit(_limit))


def _of_keys(columns: Any, *of: Any) -> Prepared:
    """Build the rows with some keys."""
    key = columns[0]
    return Prepared(
        select(*columns).where(key.table.c.guild_id == _guild_id, is_among(key, "keys", *of))
    )


ITEMS: Final = _page(_ITEM, _item.archived_at.is_(None))
LOCATIONS: Final = _page(_LOCATION, _location.archived_at.is_(None), _location.id > _LAST_VIRTUAL)
BARCODES: Final = _page(_BARCODE)
LOTS: Final = _page(_LOT)
ITEMS_OF: Final = _of_keys(_ITEM)
LOCATIONS_OF: Final = _of_keys(_LOCATION)
BARCODES_OF: Final = _of_keys(_BARCODE, KeyList())
LOTS_OF: Final = _of_keys(_LOT)

_KEY = (_level.item_id, _level.location_id, _level.lot_id)
_AFTER = tuple(bindparam(f"after_{n}", type_=BigInteger) for n in range(3))
LEVELS: Final = Prepared(
    select(*_LEVEL)
    .where(
        _level.guild_id == _guild_id,
        # By itself the comparison of whole keys is looked up in no index of SQLite's.
        _level.item_id >= _AFTER[0],
        tuple_(*_KEY) > tuple_(*_AFTER),
        _level.location_id > _LAST_VIRTUAL,
        _level.quantity != _NOTHING,
    )
    .order_by(*_KEY)
    .limit(_limit)
)


def _moved_since() -> Any:
    """Build whether a level was moved after a record."""
    return exists().where(
        _move.guild_id == _guild_id,
        _move.item_id == _level.item_id,
        _move.record > _since,
        _move.lot_id == _level.lot_id,
        or_(_move.source_id == _level.location_id, _move.target_id == _level.location_id),
    )


def _levels_of(*, is_sqlite: bool) -> Prepared:
    columns = (*_LEVEL, _moved_since().label("is_moved"))
    if is_sqlite:
        each = func.json_each(bindparam("keys", type_=Text)).table_valued("value", name="k")
        parts = (func.json_extract(each.c.value, literal_column(f"'$[{n}]'")) for n in range(3))
        wanted = tuple_(*_KEY).in_(select(*parts))
        return Prepared(select(*columns).where(_level.guild_id == _guild_id, wanted))
    names = ("items", "locations", "lots")
    arrays = (bindparam(name, type_=ARRAY(BigInteger)) for name in names)
    each = func.unnest(*arrays).table_valued(*names, name="k").render_derived()
    pairs = zip(_KEY, (each.c[name] for name in names), strict=True)
    is_same = and_(_level.guild_id == _guild_id, *(column == key for column, key in pairs))
    return Prepared(select(*columns).select_from(each).join(table_of(StockLevel), is_same))


# PostgreSQL takes arrays, SQLite a JSON array of keys.
LEVELS_OF: Final = {
    "postgresql": _levels_of(is_sqlite=False),
    "sqlite": _levels_of(is_sqlite=True),
}

UNITS_OF: Final = Prepared(
    select(_unit.item_id, _unit.unit, _unit.factor)
    .where(_unit.guild_id == _guild_id, is_among(_unit.item_id, "keys"))
    .order_by(_unit.item_id, _unit.unit_key)
)
FORMER_OF: Final = Prepared(
    select(_former.item_id, _former.sku)
    .where(_former.guild_id == _guild_id, is_among(_former.item_id, "keys"))
    .order_by(_former.item_id, _former.sku_key)
)
MERGED_INTO: Final = Prepared(
    select(_merge.into_id, _merge.item_id, _item.sku)
    .select_from(table_of(ItemMerge))
    .join(table_of(Item), and_(_item.guild_id == _merge.guild_id, _item.id == _merge.item_id))
    .where(_merge.guild_id == _guild_id, is_among(_merge.into_id, "keys"))
    .order_by(_merge.into_id, _merge.item_id)
)


def _changed(name: str, key: Any) -> Any:
    """Build which rows of a table changed, in the order of their records."""
    columns = key.table.c
    return _first(literal_column(f"'{name}'", Text), columns.changed_record, key)


def _first(source: Any, record: Any, key: Any) -> Any:
    part = (
        select(source.label("source"), record.label("record"), cast(key, Text).label("key"))
        .where(record.table.c.guild_id == _guild_id, record > _since, record <= _until)
        .order_by(record)
        .limit(_limit)
    )
    return select(part.subquery())


# A deletion has the noun as its source.
CHANGED: Final = Prepared(
    union_all(
        _changed("items", _item.id),
        _changed("locations", _location.id),
        _changed("barcodes", _barcode.code_key),
        _changed("lots", _lot.id),
        _first(_tombstone.noun, _tombstone.record, _tombstone.key),
    )
)
MOVED: Final = Prepared(
    select(_move.record, _move.item_id, _move.lot_id, _move.source_id, _move.target_id)
    .where(_move.guild_id == _guild_id, _move.record > _since, _move.record <= _until)
    .order_by(_move.record, _move.line)
    .limit(_limit)
)
RECORDS: Final = Prepared(
    select(_event.record, _event.at, _event.hash).where(
        _event.guild_id == _guild_id, is_among(_event.record, "keys")
    )
)

"""What a file of many rows asks the books: one probe of an index for each thing that it names."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    union_all,
)

from bot.database.columns import KeyList
from bot.database.models import (
    Barcode,
    FormerSku,
    ImportPreview,
    Item,
    ItemMerge,
    ItemUnit,
    Location,
    Lookalike,
    Lot,
    StockLevel,
    StockMove,
)
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_item, _unit, _level = table_of(Item), table_of(ItemUnit), table_of(StockLevel)
_lot, _location = table_of(Lot), table_of(Location)
_look, _preview = table_of(Lookalike), table_of(ImportPreview)
_merge, _former, _barcode = table_of(ItemMerge), table_of(FormerSku), table_of(Barcode)


_COLUMNS: Final = (
    "id",
    "sku",
    "sku_key",
    "name",
    "unit",
    "reorder_point",
    "reorder_target",
    "whole",
    "tracking",
    "archived_at",
)


class NamedLot(NamedTuple):
    """A lot with a code that a file names, of whatever item."""

    id: int
    item_id: int
    code: str
    code_key: str
    expires_on: date | None


class NamedItem(NamedTuple):
    """An item that a file names by its SKU."""

    id: int
    sku: str
    sku_key: str
    name: str
    unit: str
    reorder_point: Decimal | None
    reorder_target: Decimal | None
    whole: bool | None
    tracking: str
    archived_at: datetime | None


ITEMS: Final = Prepared(
    select(*(_item.c[name] for name in _COLUMNS)).where(
        _item.c.guild_id == _guild_id, is_among(_item.c.sku_key, "keys", KeyList())
    )
)
ITEMS_NAMED_SO: Final = Prepared(
    select(_item.c.sku_key, _item.c.sku, _item.c.name_key, _item.c.name).where(
        _item.c.guild_id == _guild_id, is_among(_item.c.name_key, "keys", KeyList())
    )
)
ITEMS_WITH_IDS: Final = Prepared(
    select(_item.c.sku_key, _item.c.sku, _item.c.name_key, _item.c.name).where(
        _item.c.guild_id == _guild_id, is_among(_item.c.id, "ids")
    )
)
_same = _item.alias("same_sku")


def _led(key: Any, table: Any, item_id: Any, *conditions: Any) -> Any:
    """Build one way from the text that a file has to the SKU of the item that it leads to."""
    here = table.c.guild_id == _guild_id
    target = and_(_item.c.guild_id == table.c.guild_id, _item.c.id == item_id)
    return select(key, _item.c.sku).select_from(table).join(_item, target).where(here, *conditions)


def _is_free(key: Any) -> Any:
    return ~exists().where(_same.c.guild_id == _guild_id, _same.c.sku_key == key)


# Texts that are no SKU of an item of their own: a SKU that it had or that was merged, a barcode.
LED: Final = Prepared(
    union_all(
        select(_same.c.sku_key, _item.c.sku)
        .select_from(_same)
        .join(_merge, and_(_merge.c.guild_id == _guild_id, _merge.c.item_id == _same.c.id))
        .join(_item, and_(_item.c.guild_id == _guild_id, _item.c.id == _merge.c.into_id))
        .where(_same.c.guild_id == _guild_id, is_among(_same.c.sku_key, "keys", KeyList())),
        _led(
            _former.c.sku_key,
            _former,
            _former.c.item_id,
            is_among(_former.c.sku_key, "keys", KeyList()),
            _is_free(_former.c.sku_key),
        ),
        _led(
            _barcode.c.code_key,
            _barcode,
            _barcode.c.item_id,
            is_among(_barcode.c.code_key, "keys", KeyList()),
            _is_free(_barcode.c.code_key),
        ),
    )
)
UNITS: Final = Prepared(
    select(_unit.c.item_id, _unit.c.unit, _unit.c.factor).where(
        _unit.c.guild_id == _guild_id, is_among(_unit.c.item_id, "ids")
    )
)
MOVED: Final = Prepared(
    select(_level.c.item_id)
    .where(_level.c.guild_id == _guild_id, is_among(_level.c.item_id, "ids"))
    .distinct()
)
LOTS: Final = Prepared(
    select(_lot.c.id, _lot.c.item_id, _lot.c.code, _lot.c.code_key, _lot.c.expires_on).where(
        _lot.c.guild_id == _guild_id, is_among(_lot.c.code_key, "keys", KeyList())
    )
)
LEVELS_OF_LOTS: Final = Prepared(
    select(_level.c.lot_id, _level.c.location_id, _location.c.path, _level.c.quantity)
    .join(
        _location,
        and_(_location.c.guild_id == _guild_id, _location.c.id == _level.c.location_id),
    )
    .where(
        _level.c.guild_id == _guild_id,
        is_among(_level.c.lot_id, "ids"),
        # The index of levels with a lot is only used where the question says so.
        _level.c.lot_id != literal_column("0"),
        _level.c.location_id > literal_column(str(LAST_VIRTUAL_ID)),
        _level.c.quantity != literal_column("0"),
    )
)
LOOKS: Final = Prepared(
    select(_look.c.row_id).where(
        _look.c.guild_id == _guild_id,
        _look.c.noun == bindparam("noun"),
        is_among(_look.c.skeleton, "keys", KeyList()),
    )
)
APPLIED: Final = Prepared(
    select(_preview.c.applied_record)
    .where(
        _preview.c.guild_id == _guild_id,
        _preview.c.kind == bindparam("kind"),
        _preview.c.file_hash == bindparam("file_hash"),
        _preview.c.applied_record.is_not(None),
    )
    .order_by(_preview.c.applied_record.desc())
    .limit(literal_column("1"))
)
FILES_APPLIED: Final = Prepared(
    select(_preview.c.token, _preview.c.applied_record, _preview.c.kind, _preview.c.file_hash)
    .where(
        _preview.c.guild_id == _guild_id,
        _preview.c.token > bindparam("after"),
        _preview.c.applied_record.is_not(None),
    )
    .order_by(_preview.c.token)
    .limit(bindparam("limit"))
)
_since: BindParameter[int] = bindparam("since", type_=BigInteger)
# Whether the catalogue has changed since a record: one probe of an index for each table.
CHANGED_SINCE: Final = Prepared(
    union_all(
        *(
            select(
                select(table.c.changed_record)
                .where(table.c.guild_id == _guild_id, table.c.changed_record > _since)
                .limit(literal_column("1"))
                .scalar_subquery()
            )
            for table in (_item, _location, _unit, _barcode, _lot)
        )
    )
)
_move = table_of(StockMove)
MOVED_SINCE: Final = Prepared(
    select(_move.c.item_id).where(_move.c.guild_id == _guild_id, _move.c.record > _since).distinct()
)
# Unlike a page of levels it has no end: what follows from a location's stock follows for all of it.
HELD_AT: Final = Prepared(
    select(_level.c.location_id, _level.c.item_id, func.sum(_level.c.quantity))
    .where(
        _level.c.guild_id == _guild_id,
        is_among(_level.c.location_id, "ids"),
        _level.c.quantity != literal_column("0"),
    )
    .group_by(_level.c.location_id, _level.c.item_id)
)

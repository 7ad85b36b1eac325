"""What a file of many rows asks the books: one probe of an index for each thing that it names."""

from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, BindParameter, bindparam, literal_column, select

from bot.database.columns import KeyList
from bot.database.models import ImportPreview, Item, ItemUnit, Lookalike, StockLevel
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_item, _unit, _level = table_of(Item), table_of(ItemUnit), table_of(StockLevel)
_look, _preview = table_of(Lookalike), table_of(ImportPreview)


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

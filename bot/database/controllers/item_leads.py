"""What leads to an item beside its own SKU and name: a SKU that it had, a merge, a barcode."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Text, and_, bindparam, case, exists, literal_column, select, union_all

from bot.database.columns import KeyList, Quantity
from bot.database.models import Barcode, FormerSku, Item, ItemMerge
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.quantities import TypedQuantity

_item, _former = table_of(Item), table_of(FormerSku)
_merge, _barcode = table_of(ItemMerge), table_of(Barcode)
_guild_id, _key = bindparam("guild_id", type_=_item.c.guild_id.type), bindparam("key", type_=Text)
_ONE = Decimal("1.000")


# The columns of `Lead` come before the item's.
LEAD_COLUMNS: Final = 3


class Lead(NamedTuple):
    """How a text led to an item: by a barcode, it means that much of that unit."""

    rank: int
    unit: str
    quantity: Decimal

    @property
    def pack(self) -> TypedQuantity | None:
        """What one of what was named is, if that is not one in the item's own unit."""
        if not self.unit and self.quantity == _ONE:
            return None
        return TypedQuantity(self.quantity, self.unit)


class LedText(NamedTuple):
    """An item that one of many texts leads to by its key: the text is named so, or as `Lead`."""

    key: str
    way: int
    unit: str
    quantity: Decimal
    item_id: int
    tracking: str
    archived_at: datetime | None

    @property
    def pack(self) -> TypedQuantity | None:
        """See `Lead`."""
        return Lead(self.way, self.unit, self.quantity).pack


def _lead(rank: Any, table: Any, *conditions: Any, unit: Any = None, quantity: Any = None) -> Any:
    """Build one way to an item: the probe of a table that says which one."""
    item_id = table.c.into_id if table is _merge else table.c.item_id
    return (
        select(
            (literal_column(str(rank)) if isinstance(rank, int) else rank).label("rank"),
            (literal_column("''", Text) if unit is None else unit).label("pack_unit"),
            (_whole() if quantity is None else quantity).label("pack_quantity"),
            *_item.c,
        )
        .select_from(table)
        .join(_item, and_(_item.c.guild_id == table.c.guild_id, _item.c.id == item_id))
        .where(table.c.guild_id == _guild_id, *conditions)
    )


def _whole() -> Any:
    return bindparam("one", value=_ONE, type_=Quantity)


_same = _item.alias("same_sku")
_merged = _item.alias("merged")
# Each is one probe of an index. A SKU that an item has now no longer leads where it led.
LEADS = Prepared(
    union_all(
        _lead(
            0,
            _merge,
            _merge.c.item_id
            == select(_merged.c.id)
            .where(_merged.c.guild_id == _guild_id, _merged.c.sku_key == _key)
            .scalar_subquery(),
        ),
        _lead(
            1,
            _former,
            _former.c.sku_key == _key,
            ~exists().where(_same.c.guild_id == _guild_id, _same.c.sku_key == _key),
        ),
        _lead(
            # As it was typed before any other spelling of it.
            case((_barcode.c.code_key == _key, 2), else_=3),
            _barcode,
            is_among(_barcode.c.code_key, "codes", KeyList()),
            unit=_barcode.c.unit,
            quantity=_barcode.c.quantity,
        ),
    ).order_by("rank")
)
# How each of many texts leads to an item, the surest way last.
BY_NAME, BY_CODE, BY_FORMER_SKU, BY_MERGE = range(4)


def _led(way: int, source: Any, key: Any, *, unit: Any = None, quantity: Any = None) -> Any:
    """Build one way from keys to items: one probe of an index for each key."""
    return (
        select(
            key,
            literal_column(str(way)),
            literal_column("''", Text) if unit is None else unit,
            _whole() if quantity is None else quantity,
            _item.c.id,
            _item.c.tracking,
            _item.c.archived_at,
        )
        .select_from(source)
        .where(key.table.c.guild_id == _guild_id, is_among(key, "keys", KeyList()))
    )


def _joined(table: Any, item_id: Any) -> Any:
    """Join a table with the item that its rows are about."""
    return table.join(_item, and_(_item.c.guild_id == _guild_id, _item.c.id == item_id))


_of_merged = _merged.join(
    _merge, and_(_merge.c.guild_id == _guild_id, _merge.c.item_id == _merged.c.id)
)
LED_TEXTS = Prepared(
    union_all(
        _led(BY_NAME, _item, _item.c.name_key),
        _led(
            BY_CODE,
            _joined(_barcode, _barcode.c.item_id),
            _barcode.c.code_key,
            unit=_barcode.c.unit,
            quantity=_barcode.c.quantity,
        ),
        _led(BY_FORMER_SKU, _joined(_former, _former.c.item_id), _former.c.sku_key),
        _led(BY_MERGE, _joined(_of_merged, _merge.c.into_id), _merged.c.sku_key),
    )
)
# Items in use whose codes begin so: guesses at a code of which a part was typed.
CODED = Prepared(
    select(_item)
    .join_from(
        _barcode,
        _item,
        and_(_item.c.guild_id == _barcode.c.guild_id, _item.c.id == _barcode.c.item_id),
    )
    .where(
        _barcode.c.guild_id == _guild_id,
        _barcode.c.code_key >= bindparam("first", type_=Text),
        _barcode.c.code_key < bindparam("last", type_=Text),
        _item.c.archived_at.is_(None),
    )
    .order_by(_barcode.c.code_key)
    .limit(bindparam("window"))
)
# The item that another was merged into.
INTO = Prepared(
    select(_item)
    .join_from(
        _merge, _item, and_(_item.c.guild_id == _merge.c.guild_id, _item.c.id == _merge.c.into_id)
    )
    .where(_merge.c.guild_id == _guild_id, _merge.c.item_id == bindparam("item_id"))
)

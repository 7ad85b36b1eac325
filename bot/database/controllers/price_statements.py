"""Prices by the thousand: what a price list is compared with, what is exported, what is drawn."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, exists, literal_column, select

from bot.database.columns import KeyList
from bot.database.models import AuditEvent, Barcode, Item, StockMove, Supplier, SupplierPrice
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import VirtualLocation

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_price, _item, _supplier = table_of(SupplierPrice), table_of(Item), table_of(Supplier)
_barcode, _move, _event = table_of(Barcode), table_of(StockMove), table_of(AuditEvent)
_reversal = _event.alias("reversal")
# A busy item has more moves than a chart shows; deliveries are few of them.
_NEWEST_MOVES: Final = 2000


class ListedPriceRow(NamedTuple):
    """A price in a list or a file, with the names of its item and its supplier."""

    id: int
    item_id: int
    sku: str
    item_unit: str
    supplier_id: int
    supplier: str
    unit: str
    min_quantity: Decimal
    valid_from: date
    amount: Decimal | None
    currency: str


class PaidRow(NamedTuple):
    """What one of an item's own unit cost when it came in."""

    at: datetime
    unit_cost: Decimal
    currency: str


# One item has few prices: those of other suppliers are left out once they are read.
OFFERS: Final = Prepared(
    select(
        _price.c.id,
        _price.c.supplier_id,
        _price.c.item_id,
        _price.c.unit,
        _price.c.unit_key,
        _price.c.min_quantity,
        _price.c.valid_from,
        _price.c.amount,
        _price.c.currency,
    ).where(_price.c.guild_id == _guild_id, is_among(_price.c.item_id, "ids"))
)
SUPPLIERS: Final = Prepared(
    select(_supplier.c.id, _supplier.c.name_key, _supplier.c.name).where(
        _supplier.c.guild_id == _guild_id, is_among(_supplier.c.name_key, "keys", KeyList())
    )
)
CODES: Final = Prepared(
    select(_barcode.c.code_key, _item.c.sku_key, _barcode.c.unit, _barcode.c.quantity)
    .select_from(_barcode)
    .join(_item, and_(_item.c.guild_id == _barcode.c.guild_id, _item.c.id == _barcode.c.item_id))
    .where(_barcode.c.guild_id == _guild_id, is_among(_barcode.c.code_key, "keys", KeyList()))
)
# Some of a guild's prices, with the names of their items and suppliers.
LISTED: Final = (
    select(
        _price.c.id,
        _item.c.id,
        _item.c.sku,
        _item.c.unit,
        _supplier.c.id,
        _supplier.c.name,
        _price.c.unit,
        _price.c.min_quantity,
        _price.c.valid_from,
        _price.c.amount,
        _price.c.currency,
    )
    .select_from(_price)
    .join(_item, and_(_item.c.guild_id == _price.c.guild_id, _item.c.id == _price.c.item_id))
    .join(
        _supplier,
        and_(_supplier.c.guild_id == _price.c.guild_id, _supplier.c.id == _price.c.supplier_id),
    )
    .where(_price.c.guild_id == _guild_id)
    .limit(bindparam("limit"))
)
EXPORTED: Final = Prepared(
    LISTED.where(
        _price.c.id > bindparam("after", type_=BigInteger), _item.c.archived_at.is_(None)
    ).order_by(_price.c.id)
)
_newest = (
    select(_move.c.record, _move.c.line, _move.c.source_id, _move.c.unit_cost, _move.c.currency)
    .where(_move.c.guild_id == _guild_id, _move.c.item_id == bindparam("item_id"))
    .order_by(_move.c.record.desc(), _move.c.line.desc())
    .limit(literal_column(str(_NEWEST_MOVES)))
    .subquery()
)
# What came in and was not reversed, the newest first.
PAID: Final = Prepared(
    select(_event.c.at, _newest.c.unit_cost, _newest.c.currency)
    .select_from(_newest)
    .join(_event, and_(_event.c.guild_id == _guild_id, _event.c.record == _newest.c.record))
    .where(
        _newest.c.source_id == VirtualLocation.SUPPLIER,
        _newest.c.unit_cost.is_not(None),
        ~exists().where(
            _reversal.c.guild_id == _guild_id, _reversal.c.reverses == _newest.c.record
        ),
    )
    .order_by(_newest.c.record.desc(), _newest.c.line.desc())
)

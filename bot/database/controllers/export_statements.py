"""Tables to be exported, page by page: each page is a range of an index."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, select, tuple_

from bot.database.columns import Key
from bot.database.models import AuditEvent, Barcode, Item, Location, Lot, StockLevel, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_barcode = table_of(Barcode)
_item, _level, _lot = table_of(Item), table_of(StockLevel), table_of(Lot)
_move, _event, _location = table_of(StockMove), table_of(AuditEvent), table_of(Location)
_source, _target = _location.alias("source"), _location.alias("target")


class ExportedItem(NamedTuple):
    """An item in use."""

    id: int
    sku_key: str
    sku: str
    name: str
    unit: str
    reorder_point: Decimal | None
    reorder_target: Decimal | None
    tracking: str
    whole: bool | None


class ExportedBarcode(NamedTuple):
    """A code of an item, and how much of which unit it means."""

    item_id: int
    code: str
    unit: str
    quantity: Decimal


class ExportedLevel(NamedTuple):
    """What is in stock of an item at a location."""

    item_id: int
    path: str
    quantity: Decimal
    lot: str | None
    expires_on: date | None


class ExportedMove(NamedTuple):
    """A move of the ledger."""

    record: int
    line: int
    at: datetime
    actor_id: int
    action: str
    sku: str
    unit: str
    quantity: Decimal
    lot: str | None
    source: str
    target: str
    reverses: int | None


_columns = _item.c
ITEMS: Final = Prepared(
    select(
        _columns.id,
        _columns.sku_key,
        _columns.sku,
        _columns.name,
        _columns.unit,
        _columns.reorder_point,
        _columns.reorder_target,
        _columns.tracking,
        _columns.whole,
    )
    .where(
        _columns.guild_id == _guild_id,
        _columns.sku_key > bindparam("after", type_=Key()),
        _columns.archived_at.is_(None),
    )
    .order_by(_columns.sku_key)
    .limit(bindparam("limit"))
)
BARCODES: Final = Prepared(
    select(_barcode.c.item_id, _barcode.c.code, _barcode.c.unit, _barcode.c.quantity)
    .where(_barcode.c.guild_id == _guild_id, is_among(_barcode.c.item_id, "ids"))
    .order_by(_barcode.c.code_key)
)
LEVELS: Final = Prepared(
    select(_level.c.item_id, _location.c.path, _level.c.quantity, _lot.c.code, _lot.c.expires_on)
    .select_from(_level)
    .join(
        _location,
        and_(_location.c.guild_id == _guild_id, _location.c.id == _level.c.location_id),
    )
    .outerjoin(_lot, and_(_lot.c.guild_id == _guild_id, _lot.c.id == _level.c.lot_id))
    .where(
        _level.c.guild_id == _guild_id,
        is_among(_level.c.item_id, "ids"),
        _level.c.location_id > LAST_VIRTUAL_ID,
        _level.c.quantity != 0,
    )
)
_after = tuple_(bindparam("record", type_=BigInteger), bindparam("line", type_=_move.c.line.type))
MOVES: Final = Prepared(
    select(
        _move.c.record,
        _move.c.line,
        _event.c.at,
        _move.c.actor_id,
        _event.c.action,
        _item.c.sku,
        _item.c.unit,
        _move.c.quantity,
        _lot.c.code,
        _source.c.path,
        _target.c.path,
        _event.c.reverses,
    )
    .select_from(_move)
    .join(_event, and_(_event.c.guild_id == _guild_id, _event.c.record == _move.c.record))
    .join(_item, and_(_item.c.guild_id == _guild_id, _item.c.id == _move.c.item_id))
    .join(_source, and_(_source.c.guild_id == _guild_id, _source.c.id == _move.c.source_id))
    .join(_target, and_(_target.c.guild_id == _guild_id, _target.c.id == _move.c.target_id))
    .outerjoin(_lot, and_(_lot.c.guild_id == _guild_id, _lot.c.id == _move.c.lot_id))
    .where(_move.c.guild_id == _guild_id, tuple_(_move.c.record, _move.c.line) > _after)
    .order_by(_move.c.record, _move.c.line)
    .limit(bindparam("limit"))
)

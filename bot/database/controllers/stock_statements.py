"""What stock asks the database about levels and moves: each statement is built once."""

from sqlalchemy import (
    BigInteger,
    BindParameter,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    type_coerce,
)

from bot.database.columns import Quantity
from bot.database.models import AuditEvent, DatedMove, Item, Location, Lot, StockLevel, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

MAXLEVELS = 200
# How many of an actor's newest moves are looked at: the search must end, however long the ledger.
_NEWEST_MOVES = 200

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_item = table_of(Item)
_location = table_of(Location)
_level = table_of(StockLevel)
_move, _dated = table_of(StockMove), table_of(DatedMove)
_lot = table_of(Lot)
_source, _target = _location.alias("source"), _location.alias("target")

MOVES_OF_RECORD = Prepared(
    select(
        _move.c.item_id,
        _move.c.lot_id,
        _move.c.source_id,
        _move.c.target_id,
        _move.c.quantity,
    )
    .where(_move.c.guild_id == _guild_id, _move.c.record == bindparam("record"))
    .order_by(_move.c.line)
)

# The lines of a record as the ledger has them, with the names of today. The page is cut before
# the names are joined: without statistics (a new guild's first import) PostgreSQL otherwise joins
# all lines of a bulk record in whatever order it guesses.
_line = (
    select(_move)
    .where(
        _move.c.guild_id == _guild_id,
        _move.c.record == bindparam("record"),
        _move.c.line > bindparam("after"),
    )
    .order_by(_move.c.line)
    .limit(bindparam("limit"))
    .subquery()
)
LINES_OF_RECORD = Prepared(
    select(
        _line.c.line,
        _item.c.id,
        _item.c.sku,
        _item.c.unit,
        _line.c.quantity,
        _source.c.id,
        _source.c.path,
        _target.c.id,
        _target.c.path,
        _line.c.lot_id,
        _lot.c.code,
        _lot.c.expires_on,
        _dated.c.corrects,
    )
    .select_from(_line)
    .join(_item, and_(_item.c.guild_id == _guild_id, _item.c.id == _line.c.item_id))
    .join(_source, and_(_source.c.guild_id == _guild_id, _source.c.id == _line.c.source_id))
    .join(_target, and_(_target.c.guild_id == _guild_id, _target.c.id == _line.c.target_id))
    .outerjoin(_lot, and_(_lot.c.guild_id == _guild_id, _lot.c.id == _line.c.lot_id))
    .outerjoin(
        _dated,
        and_(
            _dated.c.guild_id == _guild_id,
            _dated.c.record == _line.c.record,
            _dated.c.line == _line.c.line,
        ),
    )
    .order_by(_line.c.line)
)

# Of the item's own moves, not of the person's: an index for those would weigh as much as the rest.
_newest_of_item = (
    select(_move.c.record, _move.c.source_id, _move.c.target_id, _move.c.actor_id)
    .where(_move.c.guild_id == _guild_id, _move.c.item_id == bindparam("item_id"))
    .order_by(_move.c.record.desc())
    .limit(_NEWEST_MOVES)
    .subquery()
)
LAST_LOCATION = Prepared(
    select(_newest_of_item.c.source_id, _newest_of_item.c.target_id)
    .where(
        _newest_of_item.c.actor_id == bindparam("actor_id"),
        or_(
            _newest_of_item.c.target_id == bindparam("taken_to"),
            _newest_of_item.c.source_id == bindparam("put_from"),
        ),
    )
    .order_by(_newest_of_item.c.record.desc())
    .limit(1)
)

held = func.sum(_level.c.quantity)
LEVELS = (
    select(
        _item.c.id.label("item_id"),
        _item.c.sku,
        _item.c.name,
        _item.c.unit,
        _item.c.reorder_point,
        _location.c.id.label("location_id"),
        _location.c.path.label("location"),
        type_coerce(held, Quantity()).label("quantity"),
        _location.c.kind,
    )
    .select_from(_level)
    .join(_item, and_(_item.c.guild_id == _level.c.guild_id, _item.c.id == _level.c.item_id))
    .join(
        _location,
        and_(_location.c.guild_id == _level.c.guild_id, _location.c.id == _level.c.location_id),
    )
    .where(
        _level.c.guild_id == _guild_id,
        _level.c.location_id > LAST_VIRTUAL_ID,
        _level.c.quantity != 0,
    )
    # The lots of an item at a location are one level of it.
    .group_by(_item.c.guild_id, _item.c.id, _location.c.guild_id, _location.c.id)
    .limit(MAXLEVELS)
)
LEVELS_OF_ITEM = Prepared(
    LEVELS.where(_level.c.item_id == bindparam("item_id")).order_by(held.desc(), _location.c.id)
)
LEVELS_TO_MERGE = Prepared(
    select(_level.c.location_id, _level.c.lot_id, _level.c.quantity)
    .where(
        _level.c.guild_id == _guild_id,
        _level.c.item_id == bindparam("item_id"),
        _level.c.location_id > LAST_VIRTUAL_ID,
        _level.c.quantity != 0,
    )
    .order_by(_level.c.location_id, _level.c.lot_id)
)
LEVELS_AT_LOCATION = Prepared(
    LEVELS.where(_level.c.location_id == bindparam("location_id")).order_by(_item.c.sku_key)
)

TOTALS = Prepared(
    select(_level.c.item_id, func.sum(_level.c.quantity))
    .where(
        _level.c.guild_id == _guild_id,
        is_among(_level.c.item_id, "item_ids"),
        _level.c.location_id > LAST_VIRTUAL_ID,
    )
    .group_by(_level.c.item_id)
)

_event = table_of(AuditEvent)
_newest_of_actor = (
    select(_event.c.record)
    .where(_event.c.guild_id == _guild_id, _event.c.actor_id == bindparam("actor_id"))
    .order_by(_event.c.record.desc())
    .limit(_NEWEST_MOVES)
    .subquery()
)
RECENT_ITEMS = Prepared(
    select(_move.c.item_id)
    .select_from(_newest_of_actor)
    .join(_move, and_(_move.c.guild_id == _guild_id, _move.c.record == _newest_of_actor.c.record))
    .order_by(_newest_of_actor.c.record.desc(), _move.c.line.desc())
    .limit(60)
)

_reversal = _event.alias("reversal")
LAST_OUT = Prepared(
    select(_move.c.record)
    .join(_event, and_(_event.c.guild_id == _move.c.guild_id, _event.c.record == _move.c.record))
    .where(
        _move.c.guild_id == _guild_id,
        _move.c.item_id == bindparam("item_id"),
        _move.c.source_id == bindparam("location_id"),
        _move.c.lot_id == bindparam("lot_id", type_=BigInteger),
        _move.c.record > bindparam("record"),
        _event.c.reverses.is_(None),
        ~exists().where(
            _reversal.c.guild_id == _move.c.guild_id, _reversal.c.reverses == _move.c.record
        ),
    )
    .order_by(_move.c.record.desc())
    .limit(1)
)

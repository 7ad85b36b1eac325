"""What stock asks the database: each statement is built once, and read by its controller alone."""

from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, or_, select

from bot.database.models import AuditEvent, Item, Location, StockLevel, StockMove
from bot.database.models.base import table_of
from bot.database.raw_rows import stored_columns
from bot.database.statements import Prepared
from bot.domain.places import LAST_VIRTUAL_ID

MAX_LEVELS = 200

guild_id: BindParameter[int] = bindparam("guild_id")
item = table_of(Item)
_location = table_of(Location)
stock_level = table_of(StockLevel)
stock_move = table_of(StockMove)
audit_event = table_of(AuditEvent)
source_place, target_place = _location.alias("source"), _location.alias("target")
_source_level, _target_level = (
    stock_level.alias("source_level"),
    stock_level.alias("target_level"),
)


def _place(alias: Any, end: str) -> Any:
    named = and_(alias.c.name_key == bindparam(f"{end}_key"), alias.c.id > LAST_VIRTUAL_ID)
    return and_(alias.c.guild_id == guild_id, or_(alias.c.id == bindparam(f"{end}_id"), named))


def _level(alias: Any, place: Any) -> Any:
    return and_(
        alias.c.guild_id == guild_id,
        alias.c.item_id == item.c.id,
        alias.c.location_id == place.c.id,
    )


_ITEM_COLUMNS = (
    item.c.id,
    item.c.sku,
    item.c.name,
    item.c.unit,
    item.c.archived_at,
    item.c.sku_key,
)

ALL_LEVELS = select(*stored_columns(stock_level)).where(stock_level.c.guild_id == guild_id)

# Where the columns of a line stand.
SKU_KEY, SOURCE, TARGET = 5, slice(6, 10), slice(10, 14)

# One read for everything that a move must know; unknown ends come back as NULLs.
LINE = Prepared(
    select(
        *_ITEM_COLUMNS,
        source_place.c.id.label("source_id"),
        source_place.c.name.label("source_name"),
        source_place.c.archived_at.label("source_archived_at"),
        _source_level.c.quantity.label("source_level"),
        target_place.c.id.label("target_id"),
        target_place.c.name.label("target_name"),
        target_place.c.archived_at.label("target_archived_at"),
        _target_level.c.quantity.label("target_level"),
    )
    .select_from(item)
    .outerjoin(source_place, _place(source_place, "source"))
    .outerjoin(target_place, _place(target_place, "target"))
    .outerjoin(_source_level, _level(_source_level, source_place))
    .outerjoin(_target_level, _level(_target_level, target_place))
    .where(
        item.c.guild_id == guild_id,
        or_(
            item.c.id == bindparam("item_id"),
            item.c.sku_key == bindparam("item_key"),
            item.c.name_key == bindparam("item_key"),
        ),
    )
)

ANY_MOVE = (
    select(stock_move.c.record)
    .where(stock_move.c.guild_id == guild_id, stock_move.c.item_id == bindparam("item_id"))
    .limit(1)
)

MOVES_OF_RECORD = (
    select(
        stock_move.c.item_id,
        stock_move.c.source_id,
        stock_move.c.target_id,
        stock_move.c.quantity,
    )
    .where(stock_move.c.guild_id == guild_id, stock_move.c.record == bindparam("record"))
    .order_by(stock_move.c.line)
)

LAST_PLACE = (
    select(stock_move.c.source_id, stock_move.c.target_id)
    .where(
        stock_move.c.guild_id == guild_id,
        stock_move.c.actor_id == bindparam("actor_id"),
        stock_move.c.item_id == bindparam("item_id"),
        or_(
            stock_move.c.target_id == bindparam("taken_to"),
            stock_move.c.source_id == bindparam("put_from"),
        ),
    )
    .order_by(stock_move.c.record.desc())
    .limit(1)
)

_LEVELS = (
    select(
        item.c.id.label("item_id"),
        item.c.sku,
        item.c.name,
        item.c.unit,
        item.c.reorder_point,
        _location.c.id.label("location_id"),
        _location.c.name.label("location"),
        stock_level.c.quantity,
    )
    .select_from(stock_level)
    .join(
        item,
        and_(item.c.guild_id == stock_level.c.guild_id, item.c.id == stock_level.c.item_id),
    )
    .join(
        _location,
        and_(
            _location.c.guild_id == stock_level.c.guild_id,
            _location.c.id == stock_level.c.location_id,
        ),
    )
    .where(
        stock_level.c.guild_id == guild_id,
        stock_level.c.location_id > LAST_VIRTUAL_ID,
        stock_level.c.quantity != 0,
    )
    .limit(MAX_LEVELS)
)
LEVELS_OF_ITEM = _LEVELS.where(stock_level.c.item_id == bindparam("item_id")).order_by(
    stock_level.c.quantity.desc(), stock_level.c.location_id
)
LEVELS_AT_LOCATION = _LEVELS.where(stock_level.c.location_id == bindparam("location_id")).order_by(
    item.c.sku_key
)

RECENT_ITEMS = (
    select(stock_move.c.item_id)
    .select_from(audit_event)
    .join(
        stock_move,
        and_(
            stock_move.c.guild_id == audit_event.c.guild_id,
            stock_move.c.record == audit_event.c.record,
        ),
    )
    .where(audit_event.c.guild_id == guild_id, audit_event.c.actor_id == bindparam("actor_id"))
    .order_by(audit_event.c.record.desc())
    .limit(60)
)


def history_of(
    of_item: bool,  # noqa: FBT001  # one flag per filter, in their order
    at_location: bool,  # noqa: FBT001
    by_actor: bool,  # noqa: FBT001
    *,
    before: object,
    after: object,
) -> Any:
    """Build a page of moves, newest first, narrowed and turned as told."""
    move = stock_move.c
    source, target = source_place.c, target_place.c
    statement = (
        select(
            move.record,
            move.line,
            audit_event.c.at,
            move.actor_id,
            audit_event.c.action,
            audit_event.c.reverses,
            item.c.sku,
            item.c.unit,
            move.quantity,
            source.id,
            source.name,
            target.id,
            target.name,
        )
        .select_from(stock_move)
        .join(
            audit_event,
            and_(audit_event.c.guild_id == move.guild_id, audit_event.c.record == move.record),
        )
        .join(item, and_(item.c.guild_id == move.guild_id, item.c.id == move.item_id))
        .join(source_place, and_(source.guild_id == move.guild_id, source.id == move.source_id))
        .join(target_place, and_(target.guild_id == move.guild_id, target.id == move.target_id))
        .where(move.guild_id == guild_id)
    )
    if of_item:
        statement = statement.where(move.item_id == bindparam("item_id"))
    if at_location:
        here: BindParameter[int] = bindparam("location_id")
        statement = statement.where(or_(move.source_id == here, move.target_id == here))
    if by_actor:
        statement = statement.where(move.actor_id == bindparam("actor_id"))
    record: BindParameter[int] = bindparam("record")
    line: BindParameter[int] = bindparam("line")
    if before:
        older = and_(move.record == record, move.line < line)
        statement = statement.where(move.record <= record, or_(move.record < record, older))
    if after:
        newer = and_(move.record == record, move.line > line)
        statement = statement.where(move.record >= record, or_(move.record > record, newer))
        return statement.order_by(move.record, move.line).limit(bindparam("limit"))
    return statement.order_by(move.record.desc(), move.line.desc()).limit(bindparam("limit"))

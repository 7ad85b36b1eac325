"""The statements of items' days: what the ledger says of them, and what is kept."""

from typing import Any, Final

from sqlalchemy import BigInteger, Date, and_, bindparam, case, func, select, type_coerce

from bot.database.columns import Quantity
from bot.database.models import AuditEvent, ItemDay, ItemDayMark, StockMove, TrackedItem
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_move, _event = table_of(StockMove).c, table_of(AuditEvent).c
_tracked, _mark, _day = table_of(TrackedItem), table_of(ItemDayMark), table_of(ItemDay)
_guild: Final = bindparam("guild_id", type_=BigInteger)
_item: Final = bindparam("item_id", type_=BigInteger)
_limit: Final = bindparam("limit", type_=BigInteger)

_comes_in = and_(_move.target_id > LAST_VIRTUAL_ID, _move.source_id <= LAST_VIRTUAL_ID)
_goes_out = and_(_move.target_id <= LAST_VIRTUAL_ID, _move.source_id > LAST_VIRTUAL_ID)


def _sum(of: Any) -> Any:
    return type_coerce(func.sum(case((of, _move.quantity), else_=0)), Quantity())


# A bulk record has thousands of lines: they are added up where they are. The times come last, so
# that of the ledger no more is read than one piece.
_by_record = (
    select(_move.record, _sum(_comes_in).label("came"), _sum(_goes_out).label("left"))
    .where(
        _move.guild_id == _guild,
        _move.item_id == _item,
        _move.record > bindparam("after", type_=BigInteger),
        _move.record <= bindparam("until", type_=BigInteger),
        _comes_in | _goes_out,
    )
    .group_by(_move.record)
    .order_by(_move.record)
    .limit(_limit)
    .subquery("by_record")
)
# The next records that let something of an item come in or leave.
RECORDED: Final = Prepared(
    select(_by_record.c.record, _event.at, _by_record.c.came, _by_record.c.left)
    .select_from(_by_record)
    .join(
        table_of(AuditEvent),
        and_(_event.guild_id == _guild, _event.record == _by_record.c.record),
    )
    .order_by(_by_record.c.record)
)
FIRST_OF_ITEM: Final = Prepared(
    select(_event.at).where(
        _event.guild_id == _guild,
        _event.record
        == select(func.min(_move.record))
        .where(_move.guild_id == _guild, _move.item_id == _item)
        .scalar_subquery(),
    )
)
# How far the days of each tracked item are made, if they were begun.
TRACKED: Final = Prepared(
    select(_tracked.c.item_id, _mark.c.last_record, _mark.c.timezone)
    .select_from(
        _tracked.join(
            _mark,
            and_(_mark.c.guild_id == _guild, _mark.c.item_id == _tracked.c.item_id),
            isouter=True,
        )
    )
    .where(_tracked.c.guild_id == _guild)
    .order_by(_tracked.c.item_id)
)
# The items whose days are kept no longer.
LEFT_OVER: Final = Prepared(
    select(_mark.c.item_id)
    .select_from(
        _mark.join(
            _tracked,
            and_(_tracked.c.guild_id == _guild, _tracked.c.item_id == _mark.c.item_id),
            isouter=True,
        )
    )
    .where(_mark.c.guild_id == _guild, _tracked.c.item_id.is_(None))
    .order_by(_mark.c.item_id)
)
_CANDLE: Final = (
    _day.c.day,
    _day.c.opened,
    _day.c.highest,
    _day.c.lowest,
    _day.c.closed,
    _day.c.volume,
)
_since: Final = bindparam("since", type_=Date)
DAYS_SINCE: Final = Prepared(
    select(*_CANDLE)
    .where(_day.c.guild_id == _guild, _day.c.item_id == _item, _day.c.day >= _since)
    .order_by(_day.c.day)
)
LAST_CLOSED_BEFORE: Final = Prepared(
    select(_day.c.closed)
    .where(_day.c.guild_id == _guild, _day.c.item_id == _item, _day.c.day < _since)
    .order_by(_day.c.day.desc())
    .limit(1)
)

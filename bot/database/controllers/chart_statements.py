"""What charts draw: where days begin among the records, what moved between them and what left."""

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    not_,
    select,
    type_coerce,
)

from bot.database.columns import IdList, MomentList, Quantity
from bot.database.controllers.first_records import first_record
from bot.database.models import AuditEvent, Item, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, each_of, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

# Beyond every record.
FURTHEST: Final = 2**62

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_move, _event, _item = table_of(StockMove), table_of(AuditEvent), table_of(Item)
_reversal = _event.alias("reversal")

_moment = each_of("moments", MomentList()).table_valued(column("value", _event.c.at.type))
# In the order of the moments; the first record since each of them, if there is one.
FIRST_SINCE_EACH: Final = Prepared(
    select(first_record(_guild_id, _moment.c.value).correlate(_moment).scalar_subquery())
    .select_from(_moment)
    .order_by(_moment.c.value)
)

# Spans of records: from each of the list up to the next one.
_each = each_of("firsts", IdList()).table_valued(column("value", BigInteger))
_span = select(
    _each.c.value.label("first"),
    func.lead(_each.c.value, *map(literal_column, ("1", str(FURTHEST))))
    .over(order_by=_each.c.value)
    .label("next"),
).subquery("span")


@cache
def flows_of(*, has_item: bool, has_location: bool) -> Prepared:
    """Return what came in and left within each span, as quantities and numbers of moves.

    Of one item or all, into and out of some locations or the warehouse: what moves between two of
    them does neither. Quantities of all items together mean nothing, and are not added up: that
    would take half as long again.
    """
    to, away = _inside(_move.c.target_id, has_location), _inside(_move.c.source_id, has_location)
    came, left = and_(to, not_(away)), and_(away, not_(to))
    on = [
        _move.c.guild_id == _guild_id,
        _move.c.record >= _span.c.first,
        _move.c.record < _span.c.next,
    ]
    if has_item:
        on.append(_move.c.item_id == bindparam("item_id", type_=BigInteger))
    return Prepared(
        select(
            _span.c.first,
            type_coerce(_sum(came) if has_item else literal_column("0"), Quantity()),
            type_coerce(_sum(left) if has_item else literal_column("0"), Quantity()),
            func.count().filter(came),
            func.count().filter(left),
        )
        .select_from(_span)
        .join(_move, and_(*on))
        .group_by(_span.c.first)
    )


def _inside(end: ColumnElement[int], has_location: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return is_among(end, "location_ids") if has_location else end > LAST_VIRTUAL_ID


def _sum(moved: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(_move.c.quantity).filter(moved), literal_column("0"))

"""What charts draw: where days begin among the records, what moved between them and what left."""

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)

from bot.database.columns import IdList, MomentList, Quantity
from bot.database.controllers.first_records import first_record
from bot.database.controllers.value_statements import CORRECTS
from bot.database.models import AuditEvent, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, each_of, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID, VirtualLocation

# Beyond every record.
FURTHEST: Final = 2**62

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_move, _event = table_of(StockMove), table_of(AuditEvent)
_GAIN: ColumnElement[Any] = literal_column(str(int(VirtualLocation.GAIN)))
_LOSS: ColumnElement[Any] = literal_column(str(int(VirtualLocation.LOSS)))

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

# What was undone, and what undid it: read once, where a probe for each move takes three times as
# long. Whatever undid a move of the spans is no older than they are.
_of_reversals = and_(
    _event.c.guild_id == _guild_id,
    _event.c.reverses > literal_column("0"),
    _event.c.record >= bindparam("first", type_=BigInteger),
)
_UNDOING: Final = select(_event.c.record).where(_of_reversals)
_UNDONE: Final = select(_event.c.reverses).where(_of_reversals)


@cache
def flows_of(*, has_location: bool) -> Prepared:
    """Return what was added to an item and taken from it within each span.

    That is into and out of some locations or the warehouse, whatever did it: what moves between
    two of them does neither.
    """
    to, away = _inside(_move.c.target_id, has_location), _inside(_move.c.source_id, has_location)
    of_item = _move.c.item_id == bindparam("item_id", type_=BigInteger)
    return Prepared(_sums(and_(to, not_(away)), and_(away, not_(to)), of_item))


@cache
def moves_of(*, has_items: bool, has_location: bool) -> Prepared:
    """Return what came in and left within each span, by the rule of the report of moves.

    Merges and adjustments do neither, and what was undone is as if it had never been made: else a
    chart and a report of the same weeks would say different quantities.
    """
    to, away = _inside(_move.c.target_id, has_location), _inside(_move.c.source_id, has_location)
    came = and_(to, not_(away), _move.c.source_id != _GAIN)
    left = and_(away, not_(to), _move.c.target_id != _LOSS)
    of_items = is_among(_move.c.item_id, "item_ids") if has_items else None
    return Prepared(
        _sums(came, left, of_items).where(
            not_(is_among(_move.c.record, "merges")),
            or_(
                and_(_move.c.record.not_in(_UNDOING), _move.c.record.not_in(_UNDONE)),
                is_among(_move.c.record, "kept"),
                CORRECTS.is_not(None),
            ),
        )
    )


def _sums(
    came: ColumnElement[bool], left: ColumnElement[bool], of_items: ColumnElement[bool] | None
) -> Select[Any]:
    """Select quantities and numbers of moves by spans.

    Quantities of all items together mean nothing, and are not added up: that would take half as
    long again.
    """
    on = [
        _move.c.guild_id == _guild_id,
        _move.c.record >= _span.c.first,
        _move.c.record < _span.c.next,
    ]
    quantities: list[ColumnElement[Any]] = [literal_column("0"), literal_column("0")]
    if of_items is not None:
        on.append(of_items)
        quantities = [_sum(came), _sum(left)]
    return (
        select(
            _span.c.first,
            *(type_coerce(each, Quantity()) for each in quantities),
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

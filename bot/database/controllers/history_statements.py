"""Pages of moves: each list is a range of one index, whatever the guild's ledger holds."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from bot.database.models import AuditEvent, DatedMove, Item, Location, Lot, StockMove
from bot.database.models.base import table_of
from bot.domain.stock import NO_LOT
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_limit: BindParameter[int] = bindparam("limit", type_=BigInteger)
_item = table_of(Item)
_lot = table_of(Lot)
_move, _dated = table_of(StockMove), table_of(DatedMove)
_event = table_of(AuditEvent)
_source, _target = table_of(Location).alias("source"), table_of(Location).alias("target")

ENDS: Final = frozenset({"source_id", "target_id"})


def build_history(
    filters: tuple[str, ...], *, before: bool, after: bool, merged: int = 0
) -> Select[Any]:
    """Build a page of moves, newest first, after or before a cursor of record and line.

    `merged` items (or lots) went into the one of the filters, and their moves are among its own.
    """
    others: dict[str, str] = {name: name for name in filters if name != "location_id"}
    ranges = [others]
    if merged:
        one = one_of(filters)
        ranges += [{**others, one: f"{one}_{place}"} for place in range(merged)]
    if "location_id" in filters:
        # An OR over source and target makes SQLite walk all moves of the guild, so each end is
        # a range of its own index; a move never has the same location at both.
        ranges = [{**each, end: "location_id"} for each in ranges for end in sorted(ENDS)]
    found = [_range(columns, before=before, after=after) for columns in ranges]
    if len(found) == 1:
        hits = found[0].subquery("hits")
    else:
        both = union_all(*(select(each.subquery()) for each in found)).subquery("both")
        hits = ordered(select(both), both.c, is_oldest_first=after).limit(_limit).subquery("hits")
    return with_names(hits, is_oldest_first=after)


def one_of(filters: Collection[str]) -> str:
    """Return which filter further ones that went into it stand beside."""
    return "lot_id" if "lot_id" in filters else "item_id"


def _range(columns: dict[str, str], *, before: bool, after: bool) -> Select[Any]:
    if columns.keys() == {"actor_id"}:
        return _range_of_actor(before=before, after=after)
    statement = select(_move).where(_move.c.guild_id == _guild_id)
    for name, parameter in columns.items():
        statement = statement.where(_move.c[name] == bindparam(parameter, type_=BigInteger))
    # The indexes by an end leave the outside world out, and are used where the statement does too.
    # Who got a lot went there: it is found by the lot.
    for end in sorted(ENDS & columns.keys()) if "lot_id" not in columns else ():
        statement = statement.where(_move.c[end] > literal_column(str(int(LAST_VIRTUAL_ID))))
    if "lot_id" in columns:
        # Its index leaves out what has none, and is used where the statement says so as well.
        statement = statement.where(_move.c.lot_id != literal_column(str(NO_LOT)))
    cursor = tuple_(bindparam("record", type_=BigInteger), bindparam("line", type_=BigInteger))
    at = tuple_(_move.c.record, _move.c.line)
    if before:
        statement = statement.where(at < cursor)
    if after:
        statement = statement.where(at > cursor)
    return ordered(statement, _move.c, is_oldest_first=after).limit(_limit)


def _range_of_actor(*, before: bool, after: bool) -> Select[Any]:
    """Select what a person moved, by their records: moves have no index of their own for it."""
    record: BindParameter[int] = bindparam("record", type_=BigInteger)
    line: BindParameter[int] = bindparam("line", type_=BigInteger)
    number = _event.c.record
    statement = (
        select(_move)
        .select_from(_event)
        .join(_move, and_(_move.c.guild_id == _guild_id, _move.c.record == number))
        .where(
            _event.c.guild_id == _guild_id,
            _event.c.actor_id == bindparam("actor_id", type_=BigInteger),
        )
    )
    if before:
        is_before = or_(number < record, _move.c.line < line)
        statement = statement.where(number <= record, is_before)
    if after:
        statement = statement.where(number >= record, or_(number > record, _move.c.line > line))
    if after:
        return statement.order_by(number, _move.c.line).limit(_limit)
    return statement.order_by(number.desc(), _move.c.line.desc()).limit(_limit)


def ordered(statement: Select[Any], columns: Any, *, is_oldest_first: bool) -> Select[Any]:
    """Order moves by record and line."""
    if is_oldest_first:
        return statement.order_by(columns.record, columns.line)
    return statement.order_by(columns.record.desc(), columns.line.desc())


def with_names(hits: Any, *, is_oldest_first: bool) -> Select[Any]:
    """Select moves as a MoveRow has them."""
    # Each table is narrowed by the parameter: compared with each other's guilds, all can be joined
    # to all, and PostgreSQL plans for eight milliseconds what runs for one.
    move, source, target = hits.c, _source.c, _target.c
    statement = (
        select(
            move.record,
            move.line,
            _event.c.at,
            move.actor_id,
            _event.c.action,
            _event.c.reverses,
            _item.c.sku,
            _item.c.unit,
            move.quantity,
            source.id,
            source.path,
            target.id,
            target.path,
            move.item_id,
            move.lot_id,
            _lot.c.code,
            _dated.c.corrects,
        )
        .select_from(hits)
        .join(_event, and_(_event.c.guild_id == _guild_id, _event.c.record == move.record))
        .join(_item, and_(_item.c.guild_id == _guild_id, _item.c.id == move.item_id))
        .join(_source, and_(source.guild_id == _guild_id, source.id == move.source_id))
        .join(_target, and_(target.guild_id == _guild_id, target.id == move.target_id))
        .outerjoin(_lot, and_(_lot.c.guild_id == _guild_id, _lot.c.id == move.lot_id))
        .outerjoin(
            _dated,
            and_(
                _dated.c.guild_id == _guild_id,
                _dated.c.record == move.record,
                _dated.c.line == move.line,
            ),
        )
    )
    return ordered(statement, move, is_oldest_first=is_oldest_first)

"""The moves that make a figure of stock, newest first, and how much the newest of them changed.

Into a scope and out of it are two ranges of one index: what is moved within it is in neither.
"""

from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    tuple_,
    union_all,
)

from bot.database.controllers.history_statements import ordered, with_names
from bot.database.models import Location, Lot, StockLevel, StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.stock import NO_LOT
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

# Everywhere, at one location, or at one with those inside it.
Where = Literal["all", "one", "many"]
# Whether a scope is of one item, whether of one lot, and where.
Shape = tuple[bool, bool, Where]

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_limit: BindParameter[int] = bindparam("limit", type_=BigInteger)
_NO_LOT: Final[ColumnElement[Any]] = literal_column(str(NO_LOT))
_LAST_VIRTUAL: Final[ColumnElement[Any]] = literal_column(str(LAST_VIRTUAL_ID))
_move, _level = table_of(StockMove), table_of(StockLevel)
_location, _lot = table_of(Location), table_of(Lot)
_AT: Final = tuple_(_move.c.record, _move.c.line)
_CURSOR: Final = tuple_(bindparam("record", type_=BigInteger), bindparam("line", type_=BigInteger))


def build_page(shape: Shape, *, is_backwards: bool) -> Select[Any]:
    """Build a page of moves older than a cursor, or newer and before a record; 1 for "came in"."""
    cursor = [_AT < _CURSOR]
    if is_backwards:
        cursor = [_AT > _CURSOR, _move.c.record < bindparam("beyond", type_=BigInteger)]
    ends = [
        ordered(
            select(_move, literal_column(sign).label("is_in")).where(*where, *cursor),
            _move.c,
            is_oldest_first=is_backwards,
        ).limit(_limit)
        for sign, where in _ends(shape)
    ]
    both = union_all(*(select(each.subquery()) for each in ends)).subquery("both")
    hits = ordered(select(both), both.c, is_oldest_first=is_backwards).limit(_limit)
    found = hits.subquery("hits")
    return with_names(found, is_oldest_first=is_backwards).add_columns(found.c.is_in)


def build_newer(shape: Shape) -> Any:
    """Build the sums of what came in and of what went out from a cursor on."""
    return union_all(
        *(
            select(literal_column(sign), func.sum(_move.c.quantity)).where(*where, _AT >= _CURSOR)
            for sign, where in _ends(shape)
        )
    )


def build_quantity(shape: Shape) -> Select[Any]:
    """Build how much there is now."""
    _, has_lot, where = shape
    found = select(func.sum(_level.c.quantity)).where(
        _level.c.guild_id == _guild_id,
        _level.c.item_id == bindparam("item_id", type_=BigInteger),
        _is_inside(_level.c.location_id, where),
    )
    if has_lot:
        found = found.where(_level.c.lot_id == bindparam("lot_id", type_=BigInteger))
    return found


def build_levels(*, is_backwards: bool) -> Select[Any]:
    """Build a page of the levels that an item's stock is made of, by location and lot."""
    at = tuple_(_level.c.location_id, _level.c.lot_id)
    cursor = tuple_(
        bindparam("location_id", type_=BigInteger), bindparam("lot_id", type_=BigInteger)
    )
    order = [_level.c.location_id, _level.c.lot_id]
    return (
        select(_level.c.location_id, _location.c.path, _level.c.lot_id, _lot.c.code)
        .add_columns(_level.c.quantity)
        .join(
            _location,
            and_(_location.c.guild_id == _guild_id, _location.c.id == _level.c.location_id),
        )
        .outerjoin(_lot, and_(_lot.c.guild_id == _guild_id, _lot.c.id == _level.c.lot_id))
        .where(
            _level.c.guild_id == _guild_id,
            _level.c.item_id == bindparam("item_id", type_=BigInteger),
            _level.c.location_id > _LAST_VIRTUAL,
            _level.c.quantity != literal_column("0"),
            at < cursor if is_backwards else at > cursor,
        )
        .order_by(*(each.desc() for each in order) if is_backwards else order)
        .limit(_limit)
    )


LEVELS: Final = {way: Prepared(build_levels(is_backwards=way)) for way in (False, True)}


def _ends(shape: Shape) -> list[tuple[str, list[ColumnElement[bool]]]]:
    """Return what makes a move one into the scope, or one out of it."""
    has_item, has_lot, where = shape
    given: list[ColumnElement[bool]] = [_move.c.guild_id == _guild_id]
    if has_item:
        given.append(_move.c.item_id == bindparam("item_id", type_=BigInteger))
    if has_lot:
        # The index of lots leaves out what has none, and is used where the statement says so.
        given += [
            _move.c.lot_id == bindparam("lot_id", type_=BigInteger),
            _move.c.lot_id != _NO_LOT,
        ]
    source, target = (_is_inside(_move.c[end], where) for end in ("source_id", "target_id"))
    if where == "one":
        # No move has the same location at both ends; one condition is one range of its index.
        return [("1", [*given, target]), ("0", [*given, source])]
    return [("1", [*given, target, not_(source)]), ("0", [*given, source, not_(target)])]


def _is_inside(column: ColumnElement[Any], where: Where) -> ColumnElement[bool]:
    if where == "all":
        return column > _LAST_VIRTUAL
    if where == "one":
        return column == bindparam("location_id", type_=BigInteger)
    return is_among(column, "location_ids")

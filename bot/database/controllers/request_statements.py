"""What requests ask the database: each statement is built once."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)

from bot.database.controllers.line_statements import is_under_way
from bot.database.controllers.lot_statements import is_usable, its_location, its_lot
from bot.database.models import Location, Lot, Request, RequestLine, StockLevel
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_location = table_of(Location)
_level = table_of(StockLevel)
_lot = table_of(Lot)
# As many locations as one walks to for an item.
MAX_SPOTS = 40
_SPOTS_LISTED: ColumnElement[Any] = literal_column(str(MAX_SPOTS))

_ranked = (
    select(
        _level.c.item_id,
        _level.c.location_id,
        _location.c.path,
        _level.c.lot_id,
        _lot.c.code,
        _lot.c.expires_on,
        _level.c.quantity,
        func.row_number()
        .over(
            partition_by=_level.c.item_id,
            order_by=[
                _lot.c.expires_on.is_(None),
                _lot.c.expires_on,
                _level.c.quantity.desc(),
                _location.c.path_key,
                _level.c.lot_id,
            ],
        )
        .label("place"),
    )
    .select_from(_level)
    .join(_location, its_location)
    .outerjoin(_lot, its_lot)
    .where(
        _level.c.guild_id == _guild_id,
        is_among(_level.c.item_id, "item_ids"),
        _level.c.location_id > LAST_VIRTUAL_ID,
        _level.c.quantity > literal_column("0"),
        is_usable,
    )
    .subquery("ranked")
)

_request, _line = table_of(Request), table_of(RequestLine)
# From the requests under way, which are few, to their lines of the items: most lines that there
# ever were are done.
_lines_under_way = (
    select(
        _line.c.request_id,
        _line.c.line,
        _line.c.item_id,
        _line.c.quantity,
        _line.c.picked,
        _line.c.reserved,
    )
    .select_from(_request)
    .join(
        _line,
        and_(_line.c.guild_id == _request.c.guild_id, _line.c.request_id == _request.c.id),
    )
    .where(
        _request.c.guild_id == _guild_id,
        is_under_way,
        is_among(_line.c.item_id, "item_ids"),
    )
    .order_by(_request.c.needed_by.is_(None), _request.c.needed_by, _request.c.number)
)
SHORT_LINES = Prepared(_lines_under_way.where(_line.c.quantity > _line.c.picked + _line.c.reserved))
RESERVED_LINES = Prepared(_lines_under_way.where(_line.c.reserved > literal_column("0")))

SPOTS = Prepared(
    select(
        _ranked.c.item_id,
        _ranked.c.location_id,
        _ranked.c.path,
        _ranked.c.lot_id,
        _ranked.c.code,
        _ranked.c.expires_on,
        _ranked.c.quantity,
    )
    .where(_ranked.c.place <= _SPOTS_LISTED)
    .order_by(_ranked.c.item_id, _ranked.c.place)
)

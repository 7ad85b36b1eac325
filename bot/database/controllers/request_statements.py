"""What requests ask the database: each statement is built once."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from bot.database.models import Location, Lot, StockLevel
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.lots import OPEN
from bot.domain.stock import QUARANTINE
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_today: BindParameter[Any] = bindparam("today", type_=Date)
_location = table_of(Location)
_level = table_of(StockLevel)
_lot = table_of(Lot)
# As many places as one walks to for an item.
_PLACES: ColumnElement[Any] = literal_column("40")

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
    .join(
        _location,
        and_(_location.c.guild_id == _level.c.guild_id, _location.c.id == _level.c.location_id),
    )
    .outerjoin(_lot, and_(_lot.c.guild_id == _level.c.guild_id, _lot.c.id == _level.c.lot_id))
    .where(
        _level.c.guild_id == _guild_id,
        is_among(_level.c.item_id, "item_ids"),
        _level.c.location_id > LAST_VIRTUAL_ID,
        _level.c.quantity > literal_column("0"),
        _location.c.kind != literal_column(f"'{QUARANTINE}'"),
        or_(
            _lot.c.id.is_(None),
            and_(
                _lot.c.state == literal_column(f"'{OPEN}'"),
                or_(_lot.c.expires_on.is_(None), _lot.c.expires_on >= _today),
            ),
        ),
    )
    .subquery("ranked")
)

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
    .where(_ranked.c.place <= _PLACES)
    .order_by(_ranked.c.item_id, _ranked.c.place)
)

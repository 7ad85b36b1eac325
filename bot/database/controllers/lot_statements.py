"""What lots ask the database: each statement is built once."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Date,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from bot.database.columns import Quantity
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

_is_good = or_(
    _lot.c.id.is_(None),
    and_(
        _lot.c.state == literal_column(f"'{OPEN}'"),
        or_(_lot.c.expires_on.is_(None), _lot.c.expires_on >= _today),
    ),
)
_usable = case(
    (and_(_location.c.kind != literal_column(f"'{QUARANTINE}'"), _is_good), _level.c.quantity),
    else_=literal_column("0"),
)

USABLE_TOTALS = Prepared(
    select(
        _level.c.item_id,
        func.sum(_level.c.quantity),
        type_coerce(func.sum(type_coerce(_usable, Quantity())), Quantity()),
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
    )
    .group_by(_level.c.item_id)
)

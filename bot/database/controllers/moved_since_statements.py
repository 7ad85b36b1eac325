"""What moved since a record, of the items and lots that it changed: a reversal has to know."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from bot.database.columns import Quantity
from bot.database.models import StockMove
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.virtual_locations import VirtualLocation

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_since: BindParameter[int] = bindparam("since", type_=BigInteger)
_move = table_of(StockMove)
_supplier = literal_column(str(int(VirtualLocation.SUPPLIER)), BigInteger)

MOVED_AGAIN: Final = Prepared(
    select(_move.c.item_id)
    .where(_move.c.guild_id == _guild_id, is_among(_move.c.item_id, "ids"), _move.c.record > _since)
    .distinct()
)
# How much of some lots came in since a record, less what was reversed of that.
BROUGHT_IN: Final = Prepared(
    select(
        _move.c.lot_id,
        type_coerce(
            func.sum(
                case((_move.c.source_id == _supplier, _move.c.quantity), else_=-_move.c.quantity)
            ),
            Quantity(),
        ),
    )
    .where(
        _move.c.guild_id == _guild_id,
        is_among(_move.c.lot_id, "ids"),
        # The index of moves of lots is only used where the question says so.
        _move.c.lot_id != literal_column("0"),
        _move.c.record > _since,
        or_(_move.c.source_id == _supplier, _move.c.target_id == _supplier),
    )
    .group_by(_move.c.lot_id)
)

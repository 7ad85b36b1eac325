"""The moves behind what left of an item for customers: by the rule of reports, newest first."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)

from bot.database.columns import UtcTime
from bot.database.controllers.history_statements import ordered, with_names
from bot.database.controllers.value_statements import LEDGER_COLUMNS
from bot.database.models import AuditEvent, StockMove
from bot.database.models.base import table_of
from bot.database.statements import is_among
from bot.domain.virtual_locations import LAST_VIRTUAL_ID, VirtualLocation

_guild_id = bindparam("guild_id", type_=BigInteger)
_beyond = bindparam("beyond", type_=BigInteger)
_move, _event = table_of(StockMove), table_of(AuditEvent)
*_, _line_reverses, _line_reversed_by = LEDGER_COLUMNS
_ZERO: Final[ColumnElement[Any]] = literal_column("0")
# Beyond every record.
_NEVER: Final[ColumnElement[Any]] = literal_column(str(2**62))


def build_left(*, at_locations: bool) -> Select[Any]:
    """Build how much left from an instant on, before a record."""
    return _narrowed(select(func.sum(_move.c.quantity)), at_locations=at_locations)


def build_left_page(*, at_locations: bool, is_backwards: bool) -> Select[Any]:
    """Build a page of the moves that left, older than a cursor or newer."""
    at = tuple_(_move.c.record, _move.c.line)
    cursor = tuple_(bindparam("record", type_=BigInteger), bindparam("line", type_=BigInteger))
    found = _narrowed(select(_move), at_locations=at_locations)
    found = found.where(at > cursor if is_backwards else at < cursor)
    hits = ordered(found, _move.c, is_oldest_first=is_backwards).limit(
        bindparam("limit", type_=BigInteger)
    )
    return with_names(hits.subquery("hits"), is_oldest_first=is_backwards)


def _narrowed(statement: Select[Any], *, at_locations: bool) -> Select[Any]:
    # Plus zero: nearly all moves of the guild have such ends, of which no index helps.
    source, target = _move.c.source_id + _ZERO, _move.c.target_id + _ZERO
    return (
        statement.select_from(_move)
        .join(_event, and_(_event.c.guild_id == _guild_id, _event.c.record == _move.c.record))
        .where(
            _move.c.guild_id == _guild_id,
            is_among(_move.c.item_id, "item_ids"),
            _move.c.record >= bindparam("first", type_=BigInteger),
            _move.c.record < _beyond,
            _event.c.at >= bindparam("since", type_=UtcTime()),
            target == literal_column(str(int(VirtualLocation.CUSTOMER))),
            is_among(source, "location_ids")
            if at_locations
            else source > literal_column(str(LAST_VIRTUAL_ID)),
            not_(is_among(_move.c.record, "merges")),
            or_(
                and_(
                    _line_reverses.is_(None),
                    # What was undone later had left then.
                    func.coalesce(_line_reversed_by, _NEVER) >= _beyond,
                ),
                is_among(_move.c.record, "kept"),
            ),
        )
    )

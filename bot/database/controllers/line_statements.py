"""What a line asks the database: an item and two locations with their levels.

Each reference is one probe of an index, however many items and locations the guild has.
"""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Text,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from bot.database.models import FormerSku, Item, Location, Request, StockLevel
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.domain.requests import UNDER_WAY
from bot.domain.stock import QUARANTINE
from bot.domain.virtual_locations import LAST_VIRTUAL_ID

guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
item = table_of(Item)
_location = table_of(Location)
_former_sku = table_of(FormerSku)
_stock_level = table_of(StockLevel)
_source, _target = _location.alias("source"), _location.alias("target")
_source_level, _target_level = (
    _stock_level.alias("source_level"),
    _stock_level.alias("target_level"),
)


class LineRow(NamedTuple):
    """An item with both ends of a line and what is there; unknown ends are None."""

    item_id: int
    sku: str
    name: str
    unit: str
    archived_at: datetime | None
    reserved: Decimal
    whole: bool | None
    reorder_point: Decimal | int | None
    tracking: str
    source_id: int | None
    source_name: str
    source_archived_at: datetime | None
    source_kind: str
    source_level: Decimal | None
    target_id: int | None
    target_name: str
    target_archived_at: datetime | None
    target_kind: str
    target_level: Decimal | None
    is_wanted: bool | int


def _referenced(name: str, has_id: bool, *probes: Any) -> Any:  # noqa: FBT001  # see `line_by`
    """Return the id that a reference names: given, or found by one probe of an index each.

    An OR over id, SKU and name instead makes SQLite walk all items of the guild: 26 ms for each
    line at 30,000 items.
    """
    given: BindParameter[int] = bindparam(f"{name}_id", type_=BigInteger)
    return given if has_id else func.coalesce(*probes)


def _by_key(table: Any, column: str, key: str, *, selected: str = "id") -> Any:
    """Return the id of the row with a key of its own."""
    probed = table.alias(f"{key}_{column}")
    return (
        select(probed.c[selected])
        .where(probed.c.guild_id == guild_id, probed.c[column] == bindparam(key, type_=Text))
        .scalar_subquery()
    )


def _by_name(key: str) -> Any:
    """Return the id of the only location in use with a name; NULL if several have it."""
    named = _location.alias(f"{key}_name")
    two = (
        select(named.c.id)
        .where(
            named.c.guild_id == guild_id,
            named.c.name_key == bindparam(key, type_=Text),
            named.c.archived_at.is_(None),
            # A location of the outside world is never named.
            named.c.id > literal_column(str(LAST_VIRTUAL_ID)),
        )
        .limit(literal_column("2"))
        .subquery()
    )
    only = case((func.count() == literal_column("1"), func.min(two.c.id)))
    return select(only).select_from(two).scalar_subquery()


def _is_location(alias: Any, end: str, has_id: bool) -> Any:  # noqa: FBT001  # see `line_by`
    wanted = _referenced(
        end,
        has_id,
        _by_name(f"{end}_key"),
        _by_key(_location, "path_key", f"{end}_path"),
    )
    return and_(alias.c.guild_id == guild_id, alias.c.id == wanted)


def _level(alias: Any, location: Any) -> Any:
    return and_(
        alias.c.guild_id == guild_id,
        alias.c.item_id == item.c.id,
        alias.c.location_id == location.c.id,
        alias.c.lot_id == bindparam("lot_id", type_=BigInteger),
    )


ITEM_COLUMNS = (
    item.c.id,
    item.c.sku,
    item.c.name,
    item.c.unit,
    item.c.archived_at,
    item.c.reserved,
    item.c.whole,
    # As it is in the table: most items have none, and reading it would cost each move a call.
    type_coerce(item.c.reorder_point, NullType()).label("reorder_point"),
    item.c.tracking,
)

_request = table_of(Request)
is_under_way = _request.c.status.in_(
    [literal_column(f"'{status}'") for status in sorted(UNDER_WAY)]
)
# Whether any request may be short of what comes in: one probe of an index, and none for what was
# available before. It spares all others the statement that looks for short lines.
_IS_WANTED = case(
    (
        and_(
            _source.c.id > literal_column(str(LAST_VIRTUAL_ID)),
            _source.c.kind != literal_column(f"'{QUARANTINE}'"),
        ),
        false(),
    ),
    else_=exists().where(_request.c.guild_id == guild_id, is_under_way),
)


@cache
def line_by(item_id: bool, source_id: bool, target_id: bool) -> Prepared:  # noqa: FBT001  # what has an id
    """Return the one read for everything that a move must know, by what is named by its id.

    One item's name may be another's SKU or barcode: an item is looked for by its SKU here, then by
    one that it had. What is called by a barcode or a name has no row: StockController looks again.

    A statement for all ways at once costs least where it is known what is NULL: so PostgreSQL would
    plan it again for each move, which takes longer than to run it.
    """
    return Prepared(
        select(
            *ITEM_COLUMNS,
            _source.c.id.label("source_id"),
            _source.c.path.label("source_name"),
            _source.c.archived_at.label("source_archived_at"),
            _source.c.kind.label("source_kind"),
            _source_level.c.quantity.label("source_level"),
            _target.c.id.label("target_id"),
            _target.c.path.label("target_name"),
            _target.c.archived_at.label("target_archived_at"),
            _target.c.kind.label("target_kind"),
            _target_level.c.quantity.label("target_level"),
            type_coerce(_IS_WANTED, NullType()).label("is_wanted"),
        )
        .select_from(item)
        .outerjoin(_source, _is_location(_source, "source", source_id))
        .outerjoin(_target, _is_location(_target, "target", target_id))
        .outerjoin(_source_level, _level(_source_level, _source))
        .outerjoin(_target_level, _level(_target_level, _target))
        .where(
            item.c.guild_id == guild_id,
            item.c.id
            == _referenced(
                "item",
                item_id,
                _by_key(item, "sku_key", "item_key"),
                _by_key(_former_sku, "sku_key", "item_key", selected="item_id"),
            ),
        )
    )

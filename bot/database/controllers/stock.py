"""Stock levels and the ledger of moves: reads for every view, and the queue of new moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, or_, select

from bot.database.controllers.base import BaseController
from bot.database.controllers.items import ItemController
from bot.database.controllers.locations import LocationController
from bot.database.models import AuditEvent, Item, Location, StockLevel, StockMove
from bot.database.models.base import table_of
from bot.database.posting import Posting
from bot.database.prepared import Prepared
from bot.database.scope import Scope
from bot.database.stored import read_stored, stored_columns
from bot.domain.names import reference_key
from bot.domain.places import LAST_VIRTUAL_ID, VirtualPlace, is_virtual
from bot.domain.stock import MovedLine, Place, Reference, StockedItem, StockLine

MAX_LEVELS = 200

_guild_id: BindParameter[int] = bindparam("guild_id")
_item = table_of(Item)
_location = table_of(Location)
_stock_level = table_of(StockLevel)
_stock_move = table_of(StockMove)
_audit_event = table_of(AuditEvent)
_source, _target = _location.alias("source"), _location.alias("target")
_source_level, _target_level = (
    _stock_level.alias("source_level"),
    _stock_level.alias("target_level"),
)


def _place(alias: Any, end: str) -> Any:
    named = and_(alias.c.name_key == bindparam(f"{end}_key"), alias.c.id > LAST_VIRTUAL_ID)
    return and_(alias.c.guild_id == _guild_id, or_(alias.c.id == bindparam(f"{end}_id"), named))


def _level(alias: Any, place: Any) -> Any:
    return and_(
        alias.c.guild_id == _guild_id,
        alias.c.item_id == _item.c.id,
        alias.c.location_id == place.c.id,
    )


_ITEM_COLUMNS = (
    _item.c.id,
    _item.c.sku,
    _item.c.name,
    _item.c.unit,
    _item.c.archived_at,
    _item.c.sku_key,
)

_ALL_LEVELS = select(*stored_columns(_stock_level)).where(_stock_level.c.guild_id == _guild_id)

# Where the columns of a line stand.
_SKU_KEY, _SOURCE, _TARGET = 5, slice(6, 10), slice(10, 14)

# One read for everything that a move must know; unknown ends come back as NULLs.
_LINE = Prepared(
    select(
        *_ITEM_COLUMNS,
        _source.c.id.label("source_id"),
        _source.c.name.label("source_name"),
        _source.c.archived_at.label("source_archived_at"),
        _source_level.c.quantity.label("source_level"),
        _target.c.id.label("target_id"),
        _target.c.name.label("target_name"),
        _target.c.archived_at.label("target_archived_at"),
        _target_level.c.quantity.label("target_level"),
    )
    .select_from(_item)
    .outerjoin(_source, _place(_source, "source"))
    .outerjoin(_target, _place(_target, "target"))
    .outerjoin(_source_level, _level(_source_level, _source))
    .outerjoin(_target_level, _level(_target_level, _target))
    .where(
        _item.c.guild_id == _guild_id,
        or_(
            _item.c.id == bindparam("item_id"),
            _item.c.sku_key == bindparam("item_key"),
            _item.c.name_key == bindparam("item_key"),
        ),
    )
)

_MOVES_OF_RECORD = (
    select(
        _stock_move.c.item_id,
        _stock_move.c.source_id,
        _stock_move.c.target_id,
        _stock_move.c.quantity,
    )
    .where(_stock_move.c.guild_id == _guild_id, _stock_move.c.record == bindparam("record"))
    .order_by(_stock_move.c.line)
)

_LAST_PLACE = (
    select(_stock_move.c.source_id, _stock_move.c.target_id)
    .where(
        _stock_move.c.guild_id == _guild_id,
        _stock_move.c.actor_id == bindparam("actor_id"),
        _stock_move.c.item_id == bindparam("item_id"),
        or_(
            _stock_move.c.target_id == bindparam("taken_to"),
            _stock_move.c.source_id == bindparam("put_from"),
        ),
    )
    .order_by(_stock_move.c.record.desc())
    .limit(1)
)

_LEVELS = (
    select(
        _item.c.id.label("item_id"),
        _item.c.sku,
        _item.c.name,
        _item.c.unit,
        _item.c.reorder_point,
        _location.c.id.label("location_id"),
        _location.c.name.label("location"),
        _stock_level.c.quantity,
    )
    .select_from(_stock_level)
    .join(
        _item,
        and_(_item.c.guild_id == _stock_level.c.guild_id, _item.c.id == _stock_level.c.item_id),
    )
    .join(
        _location,
        and_(
            _location.c.guild_id == _stock_level.c.guild_id,
            _location.c.id == _stock_level.c.location_id,
        ),
    )
    .where(
        _stock_level.c.guild_id == _guild_id,
        _stock_level.c.location_id > LAST_VIRTUAL_ID,
        _stock_level.c.quantity != 0,
    )
    .limit(MAX_LEVELS)
)
_LEVELS_OF_ITEM = _LEVELS.where(_stock_level.c.item_id == bindparam("item_id")).order_by(
    _stock_level.c.quantity.desc(), _stock_level.c.location_id
)
_LEVELS_AT_LOCATION = _LEVELS.where(
    _stock_level.c.location_id == bindparam("location_id")
).order_by(_item.c.sku_key)

_RECENT_ITEMS = (
    select(_stock_move.c.item_id)
    .select_from(_audit_event)
    .join(
        _stock_move,
        and_(
            _stock_move.c.guild_id == _audit_event.c.guild_id,
            _stock_move.c.record == _audit_event.c.record,
        ),
    )
    .where(_audit_event.c.guild_id == _guild_id, _audit_event.c.actor_id == bindparam("actor_id"))
    .order_by(_audit_event.c.record.desc())
    .limit(60)
)


@dataclass(frozen=True, slots=True)
class LevelRow:
    """How much of an item lies at a place."""

    item_id: int
    sku: str
    name: str
    unit: str
    reorder_point: Decimal | None
    location_id: int
    location: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move as history shows it."""

    record: int
    line: int
    at: datetime
    actor_id: int
    action: str
    reverses: int | None
    sku: str
    unit: str
    quantity: Decimal
    source_id: int
    source: str
    target_id: int
    target: str


class StockController(BaseController[StockLevel]):
    """What lies where, and how it came there."""

    model = StockLevel
    noun = "stock level"
    permission = "stock.view"

    def __init__(self, scope: Scope, posting: Posting | None = None) -> None:
        super().__init__(scope)
        self._posting = posting

    def post(self, line: StockLine, quantity: Decimal) -> MovedLine:
        """Queue a move; the unit's last write puts it in the ledger together with its levels."""
        if self._posting is None:
            raise RuntimeError("moves are posted within DatabaseService.run")
        moved = self._posting.post(line, quantity)
        self._scope.mark_changed()
        return moved

    async def line(self, item: Reference, source: Reference, target: Reference) -> StockLine:
        """Read an item and two places with their levels; raises NotFound for what is unknown."""
        row = await self._line_row(item, source, target)
        places = LocationController(self._scope)
        for found, wanted in ((row[_SOURCE], source), (row[_TARGET], target)):
            if found[0] is None:
                await places.refuse_unknown(wanted)
        return StockLine(item=_stocked(row), source=_end(row[_SOURCE]), target=_end(row[_TARGET]))

    async def item(self, item: Reference) -> StockedItem:
        """Read an item by id, SKU or name; raises NotFound."""
        return _stocked(await self._line_row(item, 0, 0))

    async def last_place(self, item_id: int, actor_id: int, verb: str) -> int | None:
        """Return the place where this person last took (or put) this item."""
        values = {
            "item_id": item_id,
            "actor_id": actor_id,
            "taken_to": VirtualPlace.CUSTOMER if verb == "take" else 0,
            "put_from": VirtualPlace.SUPPLIER if verb == "put" else 0,
        }
        row = (await self._scope.connection.execute(_LAST_PLACE, self._in_guild(values))).first()
        if row is None:
            return None
        return int(row.source_id if verb == "take" else row.target_id)

    async def levels_of_item(self, item_id: int) -> list[LevelRow]:
        """List where an item lies, the largest level first; physical places only."""
        values = self._in_guild({"item_id": item_id})
        result = await self._scope.connection.execute(_LEVELS_OF_ITEM, values)
        return [LevelRow(*row) for row in result]

    async def levels_at_location(self, location_id: int) -> list[LevelRow]:
        """List what lies at a place, by SKU."""
        values = self._in_guild({"location_id": location_id})
        result = await self._scope.connection.execute(_LEVELS_AT_LOCATION, values)
        return [LevelRow(*row) for row in result]

    async def list_stored(self) -> list[dict[str, Any]]:
        """List every level as it lies in the table, the outside world's as well, to be verified."""
        result = await self._scope.connection.execute(_ALL_LEVELS, self._in_guild({}))
        return [read_stored(_stock_level, row) for row in result]

    async def moves_of_record(self, record: int) -> list[Row[Any]]:
        """List the moves of one record: item, source, target, quantity."""
        values = self._in_guild({"record": record})
        return list(await self._scope.connection.execute(_MOVES_OF_RECORD, values))

    async def has_moves(self, item_id: int) -> bool:
        """Tell whether an item was ever moved."""
        statement = self._statement(
            "has_moves",
            lambda: (
                select(_stock_move.c.record)
                .where(
                    _stock_move.c.guild_id == _guild_id,
                    _stock_move.c.item_id == bindparam("item_id"),
                )
                .limit(1)
            ),
        )
        values = self._in_guild({"item_id": item_id})
        return (await self._scope.connection.execute(statement, values)).first() is not None

    async def recent_item_ids(self, actor_id: int) -> list[int]:
        """Return the items that this person moved lately, the newest first."""
        values = self._in_guild({"actor_id": actor_id})
        result = await self._scope.connection.execute(_RECENT_ITEMS, values)
        return list(dict.fromkeys(result.scalars()))

    async def history(
        self,
        *,
        item_id: int | None = None,
        location_id: int | None = None,
        actor_id: int | None = None,
        before: tuple[int, int] | None = None,
        after: tuple[int, int] | None = None,
        limit: int = 10,
    ) -> tuple[list[MoveRow], bool]:
        """List moves, the newest first, older than `before` or newer than `after`.

        Cursors are (record, line). The second value tells whether there is more that way.
        """
        names = (item_id is not None, location_id is not None, actor_id is not None)
        shape = ("history", names, before is not None, after is not None)
        statement = self._statement(shape, lambda: _history(*names, before=before, after=after))
        record, line = before or after or (None, None)
        values = self._in_guild(
            {
                "item_id": item_id,
                "location_id": location_id,
                "actor_id": actor_id,
                "record": record,
                "line": line,
                "limit": limit + 1,
            }
        )
        result = await self._scope.connection.execute(statement, values)
        rows = [MoveRow(*row) for row in result]
        page = rows[:limit]
        return (page[::-1] if after else page), len(rows) > limit

    async def _line_row(self, item: Reference, source: Reference, target: Reference) -> Any:
        values = self._in_guild(
            _reference("item", item) | _reference("source", source) | _reference("target", target)
        )
        rows = await _LINE.fetch(self._scope.connection, values)
        if not rows:
            await ItemController(self._scope).refuse_unknown(item)
        # One item's SKU may be another's name: the SKU is what people type.
        return next((row for row in rows if row[_SKU_KEY] == values["item_key"]), rows[0])


def _history(
    of_item: bool,  # noqa: FBT001  # one flag per filter, in their order
    at_location: bool,  # noqa: FBT001
    by_actor: bool,  # noqa: FBT001
    *,
    before: object,
    after: object,
) -> Any:
    move = _stock_move.c
    source, target = _source.c, _target.c
    statement = (
        select(
            move.record,
            move.line,
            _audit_event.c.at,
            move.actor_id,
            _audit_event.c.action,
            _audit_event.c.reverses,
            _item.c.sku,
            _item.c.unit,
            move.quantity,
            source.id,
            source.name,
            target.id,
            target.name,
        )
        .select_from(_stock_move)
        .join(
            _audit_event,
            and_(_audit_event.c.guild_id == move.guild_id, _audit_event.c.record == move.record),
        )
        .join(_item, and_(_item.c.guild_id == move.guild_id, _item.c.id == move.item_id))
        .join(_source, and_(source.guild_id == move.guild_id, source.id == move.source_id))
        .join(_target, and_(target.guild_id == move.guild_id, target.id == move.target_id))
        .where(move.guild_id == _guild_id)
    )
    if of_item:
        statement = statement.where(move.item_id == bindparam("item_id"))
    if at_location:
        here: BindParameter[int] = bindparam("location_id")
        statement = statement.where(or_(move.source_id == here, move.target_id == here))
    if by_actor:
        statement = statement.where(move.actor_id == bindparam("actor_id"))
    record: BindParameter[int] = bindparam("record")
    line: BindParameter[int] = bindparam("line")
    if before:
        older = and_(move.record == record, move.line < line)
        statement = statement.where(move.record <= record, or_(move.record < record, older))
    if after:
        newer = and_(move.record == record, move.line > line)
        statement = statement.where(move.record >= record, or_(move.record > record, newer))
        return statement.order_by(move.record, move.line).limit(bindparam("limit"))
    return statement.order_by(move.record.desc(), move.line.desc()).limit(bindparam("limit"))


def _reference(name: str, reference: Reference) -> dict[str, Any]:
    if isinstance(reference, int):
        # A plain id may come from a forged button: it never means the outside world.
        is_open = isinstance(reference, VirtualPlace) or not is_virtual(reference)
        return {f"{name}_id": reference if is_open else 0, f"{name}_key": ""}
    return {f"{name}_id": 0, f"{name}_key": reference_key(reference, field=name)}


def _stocked(row: Any) -> StockedItem:
    item_id, sku, name, unit, archived_at = row[:_SKU_KEY]
    return StockedItem(item_id, sku, name, unit, archived_at is not None)


def _end(found: Sequence[Any]) -> Place:
    location_id, name, archived_at, level = found
    return Place(location_id, name, level, archived_at is not None)

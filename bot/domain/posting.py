"""The moves that a unit has queued and the levels they lead to, written at its end at once."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.domain.dated import Dated
from bot.domain.money import places_of, require_unit_price
from bot.domain.quantities import MAX_LEVEL, ZERO, require_quantity
from bot.domain.stock import (
    InsufficientStock,
    LevelKey,
    LineEnd,
    MovedEnd,
    MovedLine,
    SameLocation,
    StockedItem,
    StockLine,
)
from bot.domain.virtual_locations import VirtualLocation, is_virtual
from bot.errors import Archived, InvalidValue


@dataclass(slots=True)
class Level:
    """A level as it was read and as it will be; `before` is None where no row exists yet."""

    before: Decimal | None
    after: Decimal


@dataclass(slots=True)
class Posting:
    """Queued moves and the net levels after them; several moves may touch the same level."""

    lines: list[MovedLine] = field(default_factory=list)
    levels: dict[LevelKey, Level] = field(default_factory=dict)
    # Along which line of stock each went, and how much: the ends say what became available.
    moves: list[tuple[StockLine, Decimal]] = field(default_factory=list)
    # The items with a reorder point of which less may be available, for whatever reason.
    watched: dict[int, StockedItem] = field(default_factory=dict)
    # What was usable of those of which lots or locations change, before that.
    usable_before: dict[int, Decimal] = field(default_factory=dict)
    # What was reserved of items when the unit began, and what is now.
    reserved: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    # The lines (by number, from 1) that happened at another time than the unit's.
    dated: dict[int, Dated] = field(default_factory=dict)
    # The items of which more may be available for another reason than a move.
    freed: set[int] = field(default_factory=set)
    # The items of which less may be available for another reason than a move.
    set_aside: set[int] = field(default_factory=set)
    # The lots among the levels, by item and location.
    lots: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def post(
        self,
        line: StockLine,
        quantity: Decimal,
        unit_cost: Decimal | None = None,
        currency: str | None = None,
    ) -> MovedLine:
        """Queue a move; raises InsufficientStock, Archived, SameLocation, InvalidValue.

        A cost is known where goods come in, and is a price with its currency.
        """
        # A count can correct all that a level may hold; what people type has a lower limit.
        quantity = require_quantity(quantity, limit=MAX_LEVEL)
        if unit_cost is not None or currency is not None:
            unit_cost = _require_cost(line, unit_cost, currency)
        item, source, target = line.item, line.source, line.target
        require_open(line)
        held, received = self._level(line, source), self._level(line, target)
        if held.after < quantity and not source.is_virtual:
            raise InsufficientStock(
                item=item.sku,
                unit=item.unit,
                location=source.name,
                available=held.after,
                wanted=quantity,
                item_id=item.id,
                target_id=target.id,
                lot="" if line.lot is None else line.lot.code,
            )
        if item.reorder_point is not None:
            self.watched[item.id] = item
        self.moves.append((line, quantity))
        moved = MovedLine(
            item.id,
            item.sku,
            item.name,
            item.unit,
            quantity,
            _change(source, held, -quantity),
            _change(target, received, quantity),
            line.lot_id,
            unit_cost,
            currency,
            *((line.lot.code, line.lot.expires_on) if line.lot is not None else ()),
        )
        self.lines.append(moved)
        return moved

    def take_over(self, made: "Posting") -> None:
        """Queue what another has, which stays as it is: a unit may begin again."""
        assert not self.lines, "what was made ahead comes first"
        self.lines, self.moves = list(made.lines), list(made.moves)
        self.levels = dict(made.levels)
        self.watched |= made.watched

    def note_reserved(self, item_id: int, before: Decimal, after: Decimal) -> None:
        """Keep by how much the unit changes what is reserved of an item, in however many steps."""
        first, _ = self.reserved.get(item_id, (before, before))
        self.reserved[item_id] = first, after

    def reserved_of(self, item: StockedItem) -> tuple[Decimal, Decimal]:
        """Return what was reserved of an item when the unit began, and what is now."""
        return self.reserved.get(item.id, (item.reserved, item.reserved))

    @property
    def rising(self) -> set[int]:
        """Return the items of which more may be available, and which requests may be short of."""
        brought = {
            line.item.id
            for line, _ in self.moves
            if line.is_wanted and not line.source.is_available and line.target.is_available
        }
        return brought | self.freed

    @property
    def falling(self) -> set[int]:
        """Return the items of which less may be available than is reserved.

        What is taken to the outside was found available before.
        """
        gone = {
            line.item.id
            for line, _ in self.moves
            if line.item.reserved
            and line.source.is_available
            and not line.target.is_available
            and line.target.id != VirtualLocation.CUSTOMER
        }
        return gone | self.set_aside

    def usable_change(self, item_ids: Collection[int], today: date) -> dict[int, Decimal]:
        """Return by how much the moves change what is usable of some items."""
        changes = dict.fromkeys(item_ids, ZERO)
        for line, quantity in self.moves:
            if line.item.id in changes and (line.lot is None or line.lot.is_usable(today)):
                by = line.target.is_available - line.source.is_available
                changes[line.item.id] += quantity * by
        return changes

    def gone_from(self, item_id: int, location_id: int) -> dict[int, Decimal]:
        """Return how much less is at a location of each lot of an item by the queued moves."""
        keys = [
            LevelKey(item_id, location_id, lot_id)
            for lot_id in self.lots.get((item_id, location_id), ())
        ]
        changes = {key.lot_id: self.levels[key] for key in keys}
        return {
            lot_id: before - level.after
            for lot_id, level in changes.items()
            if level.after < (before := level.before or ZERO)
        }

    def on_hand(self, line: StockLine) -> Decimal:
        """Return what is at a line's source after the moves that are queued already."""
        level = self.levels.get(LevelKey(line.item.id, line.source.id, line.lot_id))
        return (line.source.level or ZERO) if level is None else level.after

    def available(self, line: StockLine) -> Decimal:
        """Return what is on hand at a line's source and not reserved, at least zero."""
        return max(ZERO, self.on_hand(line) - line.item.reserved)

    def _level(self, line: StockLine, end: LineEnd) -> Level:
        key = LevelKey(line.item.id, end.id, line.lot_id)
        level = self.levels.get(key)
        if level is None:
            level = self.levels[key] = Level(end.level, end.level or ZERO)
            if key.lot_id:
                self.lots.setdefault((key.item_id, key.location_id), []).append(key.lot_id)
        return level


def require_open(line: StockLine) -> None:
    """Raise Archived or SameLocation for a line that takes no part in moves."""
    if line.item.is_archived:
        raise Archived("item", line.item.sku, line.item.id)
    if line.source.id == line.target.id:
        raise SameLocation(line.source.name)
    for end in (line.source, line.target):
        if end.is_archived:
            raise Archived("location", end.name, end.id)


def _require_cost(line: StockLine, unit_cost: Decimal | None, currency: str | None) -> Decimal:
    if unit_cost is None or currency is None or not line.source.is_virtual:
        raise ValueError("a cost is a price and a currency, of goods that come in")
    places_of(currency)
    return require_unit_price(unit_cost)


def _change(end: LineEnd, level: Level, by: Decimal) -> MovedEnd:
    before, after = level.after, level.after + by
    if abs(after) > MAX_LEVEL and not is_virtual(end.id):
        raise InvalidValue(field="quantity", reason="level_too_large", limit=MAX_LEVEL)
    level.after = after
    return MovedEnd(end.id, end.name, before, after)

"""The moves that a unit has queued and the levels they lead to, written at its end at once."""

from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.places import is_virtual
from bot.domain.quantities import MAX_LEVEL, require_quantity
from bot.domain.stock import InsufficientStock, MovedEnd, MovedLine, Place, SameLocation, StockLine
from bot.errors import Archived, InvalidValue

_ZERO = Decimal("0.000")


@dataclass(slots=True)
class Level:
    """A level as it was read and as it will be; `before` is None where no row exists yet."""

    before: Decimal | None
    after: Decimal


@dataclass(slots=True)
class Posting:
    """Queued moves and the net levels after them; several moves may touch the same level."""

    lines: list[MovedLine] = field(default_factory=list)
    levels: dict[tuple[int, int], Level] = field(default_factory=dict)

    def post(self, line: StockLine, quantity: Decimal) -> MovedLine:
        """Queue a move; raises InsufficientStock, Archived, SameLocation, InvalidValue."""
        quantity = require_quantity(quantity)
        item = line.item
        if item.is_archived:
            raise Archived("item", item.sku)
        if line.source.id == line.target.id:
            raise SameLocation(line.source.name)
        for place in (line.source, line.target):
            if place.is_archived:
                raise Archived("location", place.name)
        source = self._level(item.id, line.source)
        target = self._level(item.id, line.target)
        if source.after < quantity and not line.source.is_virtual:
            raise InsufficientStock(
                item=item.sku,
                unit=item.unit,
                location=line.source.name,
                available=source.after,
                wanted=quantity,
            )
        moved = MovedLine(
            item_id=item.id,
            sku=item.sku,
            name=item.name,
            unit=item.unit,
            quantity=quantity,
            source=_change(line.source, source, -quantity),
            target=_change(line.target, target, quantity),
        )
        self.lines.append(moved)
        return moved

    def _level(self, item_id: int, place: Place) -> Level:
        key = (item_id, place.id)
        level = self.levels.get(key)
        if level is None:
            level = self.levels[key] = Level(place.level, place.level or _ZERO)
        return level


def _change(place: Place, level: Level, by: Decimal) -> MovedEnd:
    before, after = level.after, level.after + by
    if abs(after) > MAX_LEVEL and not is_virtual(place.id):
        raise InvalidValue(field="quantity", reason="level_too_large", limit=MAX_LEVEL)
    level.after = after
    return MovedEnd(place.id, place.name, before, after)

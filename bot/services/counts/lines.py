"""The lines of counts with the names of what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.database.models import CountLine
from bot.database.unit import Books
from bot.domain.stock import NO_LOT


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLine:
    """A line as people read it."""

    number: int
    item_id: int
    sku: str
    name: str
    unit: str
    location: str
    lot: str = ""
    counted: Decimal | None = None
    expected: Decimal | None = None
    counted_by: int | None = None


async def name_lines(books: Books, lines: Sequence[CountLine]) -> list[NamedLine]:
    """Name the items, locations and lots of some lines."""
    items = await books.items.get_many([line.item_id for line in lines])
    locations = await books.locations.get_many([line.location_id for line in lines])
    lot_ids = [line.lot_id for line in lines if line.lot_id != NO_LOT]
    lots = await books.lots.get_many(lot_ids) if lot_ids else {}
    return [
        NamedLine(
            number=line.line,
            item_id=line.item_id,
            sku=items[line.item_id].sku,
            name=items[line.item_id].name,
            unit=items[line.item_id].unit,
            location=locations[line.location_id].path,
            lot=lots[line.lot_id].code if line.lot_id in lots else "",
            counted=line.counted,
            expected=line.expected,
            counted_by=line.counted_by,
        )
        for line in lines
    ]

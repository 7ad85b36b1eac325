"""What rows counted, as lines: the difference comes from `gain` or goes to `loss`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.imports.plan import PlannedRow
from bot.domain.lots import StockedLot
from bot.domain.stock import NO_LOT, LineEnd, StockedItem, StockLine
from bot.domain.virtual_locations import VirtualLocation

LotsByKeys = Mapping[tuple[str, str], StockedLot]


@dataclass(frozen=True, slots=True)
class Count:
    """A row whose count differs from the books, and the location's id."""

    row: PlannedRow
    place: int
    difference: Decimal
    lot: StockedLot | None

    @property
    def lot_id(self) -> int:
        """The lot's id."""
        return NO_LOT if self.lot is None else self.lot.id

    @property
    def ends(self) -> tuple[int, int]:
        """Where the difference comes from and goes to."""
        if self.difference > 0:
            return VirtualLocation.GAIN, self.place
        return self.place, VirtualLocation.LOSS


def list_counts(
    rows: Sequence[PlannedRow], location_ids: Mapping[str, int], lots: LotsByKeys
) -> list[Count]:
    """Return what of the rows is posted; `location_ids` are those that the import added, by key."""
    return [
        Count(
            row,
            row.level.location_id or location_ids[row.level.key],
            row.level.counted - row.level.before,
            None if row.level.lot is None else lots[row.key, row.level.lot.key],
        )
        for row in rows
        if row.level is not None and row.level.moves
    ]


def new_line(count: Count, added: Mapping[str, int], ends: Mapping[int, LineEnd]) -> StockLine:
    """Return the line of an item that the import adds: what is new has no levels to be read."""
    facts = count.row.after
    assert facts is not None
    item = StockedItem(
        added[count.row.key],
        facts.sku,
        facts.name,
        facts.unit,
        reorder_point=facts.reorder_point,
        tracking=facts.tracking,
    )
    source, target = count.ends
    # No request can want an item before it is there.
    return StockLine(item, ends[source], ends[target], count.lot_id, count.lot, is_wanted=False)

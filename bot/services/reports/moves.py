"""What came in, left and was adjusted, by week and unit: 13 weeks, of which the last goes on."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from bot.domain.figures import list_weeks, week_of
from bot.domain.item_values import LedgerMove
from bot.domain.quantities import ZERO
from bot.domain.virtual_locations import VirtualLocation
from bot.services.left import is_here, read_moves_since
from bot.services.reports.listed import Reading, declare_list
from bot.services.reports.worth import NameItems, name_reported
from bot.services.valuation import Ledger


class MovesRow(NamedTuple):
    """What moved in a week of what is counted in a unit; what was adjusted has a sign."""

    week: date
    unit: str
    came_in: Decimal
    left: Decimal
    adjusted: Decimal
    moves: int


@dataclass(slots=True)
class _Sums:
    came_in: Decimal = ZERO
    left: Decimal = ZERO
    adjusted: Decimal = ZERO
    moves: int = 0

    def add(self, move: LedgerMove, ledger: Ledger) -> None:
        """Count a move across the border of the locations that are asked for."""
        comes = is_here(ledger, move.target_id)
        if comes and move.source_id == VirtualLocation.GAIN:
            self.adjusted += move.quantity
        elif comes:
            self.came_in += move.quantity
        elif move.target_id == VirtualLocation.LOSS:
            self.adjusted -= move.quantity
        else:
            self.left += move.quantity
        self.moves += 1


async def _read(reading: Reading) -> AsyncIterator[list[MovesRow]]:
    ledger = reading.scope.ledger
    sums: dict[tuple[date, str], _Sums] = defaultdict(_Sums)
    units: dict[int, str] = {}
    source = (reading.db, ledger, reading.actor)
    async for moves in read_moves_since(*source, list_weeks(ledger.day)[0]):
        crossing = [
            (day, move)
            for day, move in moves
            if is_here(ledger, move.source_id) != is_here(ledger, move.target_id)
        ]
        if new := {move.item_id for _day, move in crossing} - units.keys():
            request = NameItems(item_ids=tuple(sorted(new)))
            items = await reading.db.query(name_reported, request, reading.actor)
            units |= {item_id: item.unit for item_id, item in items.items()}
        for day, move in crossing:
            sums[week_of(day), units[move.item_id]].add(move, ledger)
    ordered = sorted(sums, key=lambda key: (-key[0].toordinal(), key[1]))
    yield [
        MovesRow(*key, each.came_in, each.left, each.adjusted, each.moves)
        for key in ordered
        for each in [sums[key]]
    ]


# The picture shows all weeks, whatever units there are.
MOVES: Final = declare_list(
    "moves", MovesRow, _read, has_day=True, has_location=True, kept_rows=1000
)

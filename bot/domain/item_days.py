"""An item's days as candles: what there was at first, at most, at least and at last, and moved.

A day is folded from its records alone, relative to its beginning, so that what is recorded late
goes to its own day and only shifts those behind it. Within a record nothing is counted: its lines
are one change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from bot.domain.figures import week_of
from bot.domain.periods import day_of
from bot.domain.quantities import ZERO
from bot.errors import RuleBroken

# Each is looked at every night.
MAX_TRACKED: Final = 100
KEPT_SINCE: Final = "days kept since"
# The time zone of days that are to be built from the ledger again.
NO_ZONE: Final = ""
_DAY: Final = timedelta(days=1)


@dataclass(eq=False)
class DaysUnchanged(RuleBroken):
    """The days of an item are kept (or not) already."""

    item: str
    is_kept: bool


class Candle(NamedTuple):
    """What there was of an item on a day or in a week, and how much came in and left together."""

    day: date
    opened: Decimal
    highest: Decimal
    lowest: Decimal
    closed: Decimal
    volume: Decimal


class RecordedMove(NamedTuple):
    """What a record let come in and leave of an item; between shelves it does neither."""

    record: int
    at: datetime
    came: Decimal
    left: Decimal


@dataclass(slots=True)
class DayFold:
    """A day's records in their order, relative to what there was at its beginning."""

    net: Decimal = ZERO
    highest: Decimal = ZERO
    lowest: Decimal = ZERO
    volume: Decimal = ZERO

    def take(self, move: RecordedMove) -> None:
        """Fold the next record of the day."""
        self.net += move.came - move.left
        self.highest = max(self.highest, self.net)
        self.lowest = min(self.lowest, self.net)
        self.volume += move.came + move.left


class ItemDays:
    """The days of an item, in one time zone."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._folds: dict[date, DayFold] = {}

    @property
    def first(self) -> date | None:
        """Return the first day on which something moved."""
        return min(self._folds, default=None)

    @property
    def net(self) -> Decimal:
        """Return by how much all days together changed what there is."""
        return sum((fold.net for fold in self._folds.values()), ZERO)

    def add(self, candles: Iterable[Candle]) -> None:
        """Begin with days that were kept; what is taken then was recorded after them."""
        for each in candles:
            at = each.opened
            self._folds[each.day] = DayFold(
                each.closed - at, each.highest - at, each.lowest - at, each.volume
            )

    def take(self, moves: Iterable[RecordedMove], *, since: date = date.min) -> None:
        """Fold records in their order, but for those of days before `since`."""
        for move in moves:
            day = day_of(move.at, self._zone)
            if day < since:
                continue
            fold = self._folds.get(day)
            if fold is None:
                fold = self._folds[day] = DayFold()
            fold.take(move)

    def candles(self, opened: Decimal) -> list[Candle]:
        """Return the days with moves in their order, from what there was before the first."""
        found = []
        for day, fold in sorted(self._folds.items()):
            high, low, closed = opened + fold.highest, opened + fold.lowest, opened + fold.net
            found.append(Candle(day, opened, high, low, closed, fold.volume))
            opened = closed
        return found


def split_at_day(moves: list[RecordedMove], zone: str, today: date) -> list[RecordedMove]:
    """Return the records before the first one of a day that is not over."""
    for at, move in enumerate(moves):
        if day_of(move.at, zone) >= today:
            return moves[:at]
    return moves


def fill_days(candles: Iterable[Candle], since: date, until: date, opened: Decimal) -> list[Candle]:
    """Return a candle for each day, flat where nothing moved."""
    by_day: Mapping[date, Candle] = {each.day: each for each in candles}
    filled = []
    for at in range((until - since).days + 1):
        day = since + _DAY * at
        candle = by_day.get(day) or Candle(day, opened, opened, opened, opened, ZERO)
        filled.append(candle)
        opened = candle.closed
    return filled


def join_weeks(candles: Iterable[Candle]) -> list[Candle]:
    """Return weeks from their days, by their Mondays; the days come in their order."""
    weeks: dict[date, Candle] = {}
    for each in candles:
        monday = week_of(each.day)
        week = weeks.get(monday)
        weeks[monday] = (
            Candle(monday, *each[1:])
            if week is None
            else Candle(
                monday,
                week.opened,
                max(week.highest, each.highest),
                min(week.lowest, each.lowest),
                each.closed,
                week.volume + each.volume,
            )
        )
    return list(weeks.values())

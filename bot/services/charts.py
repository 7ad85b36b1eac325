"""The figures of charts: exact, from the ledger, by days of the guild's time zone.

Like reports, they count a record to the day on which it was recorded.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from bot.database.controllers.charts import Flow
from bot.database.models import Item, Location
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.charts import NothingToDraw
from bot.domain.figures import first_day, list_weeks, week_of
from bot.domain.item_days import Candle
from bot.domain.periods import start_of
from bot.domain.quantities import ZERO
from bot.domain.stock import Reference
from bot.services.availability import read_today
from bot.services.left import all_merged_into
from bot.services.level_candles import read_candles
from bot.services.prices.course import GetPriceCourse, PriceCourse, get_price_course
from bot.services.valuation import (
    MAY_REPORT,
    MAY_SEE_PRICES,
    find_rules,
    list_inside,
)

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLevels:
    """Ask how much there was of an item at the end of each day, at a location or in all."""

    item: Reference
    location: Reference | None = None
    days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCourse:
    """How much there was at the ends of days, the last of which is not over.

    Of a tracked item, at all locations together, there are candles: of days, or of weeks.
    """

    item: Item
    location: Location | None
    since: date
    levels: tuple[tuple[date, Decimal], ...]
    candles: tuple[Candle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMoves:
    """Ask what came in and left by weeks: of an item or all, at a location or in all."""

    item: Reference | None = None
    location: Reference | None = None
    days: int = 90


class WeekOfMoves(NamedTuple):
    """What came in and left in a week: of one item its quantity, of all how many moves it took."""

    monday: date
    came: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesCourse:
    """What came in and left by weeks; the first and the last may be parts of weeks."""

    item: Item | None
    location: Location | None
    weeks: tuple[WeekOfMoves, ...]
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPrices:
    """Ask how the prices of an item went."""

    item: Reference


@query(permission=MAY_REPORT, is_shown=False, is_in_line=True)
async def get_levels(books: Books, request: GetLevels) -> LevelCourse:
    """Go back from what there is now; raises NotFound and NothingToDraw."""
    item = await books.items.require_reference(request.item)
    location, ids = await find_location(books, request.location)
    today = await read_today(books)
    first = first_day(today, request.days)
    candles = await read_candles(books, item, first, today) if location is None else []
    if any(each.volume for each in candles):
        return LevelCourse(
            item=item,
            location=None,
            since=first,
            levels=tuple((each.day, each.closed) for each in candles),
            candles=tuple(candles),
        )
    days = [first + _DAY * at for at in range(request.days)]
    firsts = await _records_from(books, days)
    found = await books.charts.list_flows(sorted(set(firsts)), item_id=item.id, location_ids=ids)
    flows = _by_day(firsts, found)
    if not any(flows):
        raise NothingToDraw("level", request.days, item.sku, location.path if location else "")
    level = sum(
        (
            quantity
            for at, _lot, quantity in await books.stock.levels_to_merge(item.id)
            if ids is None or at in ids
        ),
        ZERO,
    )
    levels = []
    for day, flow in zip(reversed(days), reversed(flows), strict=True):
        levels.append((day, level))
        level += flow.left - flow.came if flow else ZERO
    before = days[0] - _DAY
    return LevelCourse(
        item=item, location=location, since=before, levels=((before, level), *reversed(levels))
    )


@query(permission=MAY_REPORT, is_shown=False, is_in_line=True)
async def get_moves(books: Books, request: GetMoves) -> MovesCourse:
    """Add up moves by weeks as reports do; raises NotFound and NothingToDraw."""
    item = None
    if request.item is not None:
        item = await books.items.require_reference(request.item)
    location, ids = await find_location(books, request.location)
    today = await read_today(books)
    since = first_day(today, request.days)
    mondays = list_weeks(today, (week_of(today) - week_of(since)) // _WEEK + 1)
    days = [max(monday, since) for monday in mondays]
    rules, merged = await find_rules(books, books.head.last_record + 1)
    firsts = await _records_from(books, days)
    found = await books.charts.list_moves(
        sorted(set(firsts)),
        rules,
        item_ids=all_merged_into(item.id, merged) if item else None,
        location_ids=ids,
    )
    flows = _by_day(firsts, found)
    if not any(each and (each.moves_in or each.moves_out) for each in flows):
        where = location.path if location else ""
        raise NothingToDraw("moves", request.days, item.sku if item else "", where)
    return MovesCourse(
        item=item,
        location=location,
        weeks=tuple(
            _week(monday, flow, is_of_item=item is not None)
            for monday, flow in zip(mondays, flows, strict=True)
        ),
        since=since,
        until=today,
    )


@query(all_of=(MAY_REPORT, MAY_SEE_PRICES), is_shown=False, is_in_line=True)
async def get_prices(books: Books, request: GetPrices) -> PriceCourse:
    """Read the prices of an item as they are drawn."""
    return await get_price_course(books, GetPriceCourse(item=request.item))


async def find_location(
    books: Books, reference: Reference | None
) -> tuple[Location | None, frozenset[int] | None]:
    """Return a location, and its id with those inside it; None and None for all."""
    if reference is None:
        return None, None
    location = await books.locations.require_reference(reference)
    return location, await list_inside(books, location)


async def _records_from(books: Books, days: list[date]) -> list[int]:
    """Return the first record of each day or later."""
    zone = (await books.guilds.require()).timezone
    return await books.charts.first_since_each([start_of(day, zone) for day in days])


def _by_day(firsts: list[int], flows: dict[int, Flow]) -> list[Flow | None]:
    """Return what came in and left from each day up to the next one, the last on to now."""
    # Days without a record begin where the next one with some does.
    return [
        None if first == following else flows.get(first)
        for first, following in zip(firsts, [*firsts[1:], 0], strict=True)
    ]


def _week(monday: date, flow: Flow | None, *, is_of_item: bool) -> WeekOfMoves:
    if flow is None:
        return WeekOfMoves(monday, ZERO, ZERO)
    if is_of_item:
        return WeekOfMoves(monday, flow.came, flow.left)
    return WeekOfMoves(monday, Decimal(flow.moves_in), Decimal(flow.moves_out))

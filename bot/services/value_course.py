"""What stock was worth at the ends of days: as reports as of those days say, in one reading."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from bot.database.models import Item, Location
from bot.database.operations import query
from bot.database.service import DatabaseService
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.charts import NothingToDraw
from bot.domain.figures import first_day
from bot.domain.item_values import ItemFold, LedgerMove
from bot.domain.periods import start_of
from bot.domain.stock import Reference
from bot.domain.valuation import LeftCosts, Value, ValueTotals
from bot.domain.value_course import ItemCourse
from bot.services.availability import read_today
from bot.services.charts import find_location
from bot.services.valuation import (
    LAST_ITEM,
    MAY_REPORT,
    MAY_SEE_PRICES,
    Ledger,
    LedgerReader,
    ReadMoves,
    find_rules,
    in_slices,
    read_moves,
)

# Up to a month by day, more by week.
_MAX_BY_DAY: Final = 31
_WEEK: Final = 7
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetValueCourse:
    """Ask what stock was worth over some days: all of it, or of an item, or at a location."""

    item: Reference | None = None
    location: Reference | None = None
    days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueTimes:
    """How far the ledger is read for each day."""

    item: Item | None
    location: Location | None
    ledgers: tuple[Ledger, ...]


@dataclass(kw_only=True)
class ValueCourse:
    """What stock was worth at the ends of days, by currency."""

    item: Item | None
    location: Location | None
    currency: str
    points: list[tuple[date, ValueTotals]] = field(default_factory=list)


@query(all_of=(MAY_REPORT, MAY_SEE_PRICES), is_shown=False, is_in_line=True)
async def find_value_times(books: Books, request: GetValueCourse) -> ValueTimes:
    """Find what has to be known before the ledger is read; raises NotFound."""
    item = None
    if request.item is not None:
        item = await books.items.require_reference(request.item)
    location, location_ids = await find_location(books, request.location)
    guild, today = await books.guilds.require(), await read_today(books)
    step = 1 if request.days <= _MAX_BY_DAY else _WEEK
    count = (today - first_day(today, request.days)).days // step
    days = [today - _DAY * step * back for back in range(count, -1, -1)]
    ends = [start_of(day + _DAY, guild.timezone) for day in days]
    last = books.head.last_record + 1
    ledgers, rules_before = [], {}
    for day, first in zip(days, await books.charts.first_since_each(ends), strict=True):
        beyond = min(first, last)
        if beyond not in rules_before:
            rules_before[beyond] = await find_rules(books, beyond)
        rules, merged = rules_before[beyond]
        ledgers.append(
            Ledger(
                day=day,
                currency=guild.currency,
                beyond=beyond,
                rules=rules,
                merged=merged,
                location_ids=location_ids,
            )
        )
    return ValueTimes(item=item, location=location, ledgers=tuple(ledgers))


@query(all_of=(MAY_REPORT, MAY_SEE_PRICES), is_shown=False, is_in_line=True)
async def read_moves_in_line(books: Books, request: ReadMoves) -> list[LedgerMove]:
    """Read the next moves of the ledger in the order of items."""
    return await read_moves(books, request)


async def value_days(db: DatabaseService, request: GetValueCourse, actor: Actor) -> ValueCourse:
    """Return what stock was worth; raises NotFound and NothingToDraw.

    Each read waits in line with other charts, so that a long ledger holds up none of them.
    """
    await db.reads.require_right(find_value_times, None, actor, "")
    async with db.reads.in_long_line(actor.guild_id):
        times = await db.query(find_value_times, request, actor)
        totals = {each.beyond: ValueTotals() for each in times.ledgers}
        only = times.item.id if times.item else None
        for _, group in groupby(times.ledgers, key=lambda each: (each.rules, each.merged)):
            async for values in _value_items(db, list(group), actor, only):
                for beyond, value in values.items():
                    if value.quantity:
                        totals[beyond].add(value)
    if not any(each.items for each in totals.values()):
        where = times.location.path if times.location else ""
        sku = times.item.sku if times.item else ""
        raise NothingToDraw("value", request.days, sku, where)
    return ValueCourse(
        item=times.item,
        location=times.location,
        currency=times.ledgers[-1].currency,
        points=[(each.day, totals[each.beyond]) for each in times.ledgers],
    )


async def _value_items(
    db: DatabaseService, ledgers: Sequence[Ledger], actor: Actor, only: int | None
) -> AsyncIterator[Mapping[int, Value]]:
    """Yield the values of each item at the times of ledgers that differ in these alone."""
    last, beyond = ledgers[-1], {each.beyond for each in ledgers}
    gone = {item_id for each in last.merged.values() for _record, item_id in each}
    reader = LedgerReader(db, last, actor, LeftCosts(), read_moves_in_line)
    course, current = None, 0
    first, until = (0, LAST_ITEM) if only is None else (only, only)
    async for moves in reader.pieces(first, until):
        async for move in in_slices(moves):
            if move.item_id in gone or move.item_id in last.merged:
                continue
            if course is None or move.item_id != current:
                if course is not None:
                    yield course.finish()
                current = move.item_id
                course = ItemCourse(
                    ItemFold(last.rules, LeftCosts(), location_ids=last.location_ids), beyond
                )
            course.take(move)
    if course is not None:
        yield course.finish()
    for item_id in last.merged:
        if item_id not in gone and only in {None, item_id}:
            for ledger in {each.beyond: each for each in ledgers}.values():
                yield await _value_merged(db, ledger, actor, item_id)


async def _value_merged(
    db: DatabaseService, ledger: Ledger, actor: Actor, item_id: int
) -> Mapping[int, Value]:
    """Return the value of an item that took others over: each time is read for itself."""
    reader = LedgerReader(db, ledger, actor, LeftCosts(), read_moves_in_line)
    fold = await reader.open(item_id)
    async for moves in reader.pieces(item_id, item_id):
        async for move in in_slices(moves):
            fold.take(move)
    return {ledger.beyond: fold.value()}

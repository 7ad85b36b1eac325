"""Histories of items that are tracked now and then, and a naive count of their days."""

import random
from collections import defaultdict
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.database.models import AuditEvent, ItemDay, StockMove
from bot.domain.virtual_locations import is_virtual
from bot.errors import TallymanError
from bot.jobs.item_days import ItemDaysHandler
from bot.services.bulk.lines import BulkAction, BulkLine, MoveInBulk
from bot.services.bulk.moving import move_in_bulk
from bot.services.guilds import SetSetting, set_setting
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import (
    AdjustStock,
    MoveStock,
    TakeStock,
    adjust_stock,
    move_stock,
    take_stock,
)
from bot.services.tracked_items import TrackItem, track_item
from tests.database.books import Warehouse, rows_of
from tests.database.clock import Clock

SHELVES = ("A1", "B2")
# Clocks change there at midnight, at two, and not at all.
ZONES = ("America/Santiago", "Europe/Berlin", "UTC", "Asia/Beirut")
Days = dict[date, tuple[Decimal, ...]]


class Counted(NamedTuple):
    """A move by day and record, with what it changed."""

    day: date
    record: int
    came: Decimal
    left: Decimal


async def play(warehouse: Warehouse, clock: Clock, draw: random.Random, items: int) -> str:
    """Let a month pass in which items come and go, and are tracked; returns the time zone."""
    zone = await _set_zone(warehouse, draw)
    for shelf in SHELVES:
        await warehouse.add_shelf(shelf)
    skus = [(await warehouse.add_item(f"X{number}")).sku for number in range(items)]
    untracked, done = list(skus), [0]
    for _ in range(60):
        clock.advance(minutes=draw.choice((1, 20, 90, 700, 1500, 4500)))
        kind = draw.choice(("put", "put", "take", "take", "move", "count", "bulk", "undo"))
        with suppress(TallymanError):
            done.append(await _act(warehouse, draw, kind, skus, done))
        if draw.random() < 0.3 and untracked:
            for _each in range(-(-items // 10)):
                if untracked:
                    request = TrackItem(item=untracked.pop())
                    await warehouse.run(track_item, request, warehouse.admin)
        if draw.random() < 0.2:
            await make_days(warehouse, draw.choice((1, 2, 100)), draw.choice((1, 3, 1000)))
        if draw.random() < 0.02:
            zone = await _set_zone(warehouse, draw)
    for sku in untracked:
        await warehouse.run(track_item, TrackItem(item=sku), warehouse.admin)
    return zone


async def make_days(warehouse: Warehouse, pieces: int = 100, at_once: int = 1000) -> None:
    """Run the job once, in pieces."""
    await ItemDaysHandler(warehouse.db, pieces, at_once)(warehouse.guild_id)


async def naive_days(warehouse: Warehouse, zone: str, until: date) -> dict[int, Days]:
    """Count the days of all items before one, by looking at all of the ledger."""
    events = await rows_of(warehouse.db, AuditEvent, warehouse.guild_id)
    times: dict[int, datetime] = {event.record: event.at for event in events}
    of_item: dict[int, list[Counted]] = defaultdict(list)
    for move in await rows_of(warehouse.db, StockMove, warehouse.guild_id):
        inside = [not is_virtual(end) for end in (move.source_id, move.target_id)]
        if inside[0] != inside[1]:
            day = times[move.record].astimezone(ZoneInfo(zone)).date()
            came, left = (move.quantity if at else Decimal(0) for at in reversed(inside))
            of_item[move.item_id].append(Counted(day, move.record, came, left))
    return {item_id: _count(sorted(moves), until) for item_id, moves in of_item.items()}


def _count(moves: list[Counted], until: date) -> Days:
    days: Days = {}
    level = Decimal(0)
    for day, of_day in groupby(moves, key=lambda each: each.day):
        levels, volume = [level], Decimal(0)
        for _record, lines in groupby(of_day, key=lambda each: each.record):
            for line in lines:
                level += line.came - line.left
                volume += line.came + line.left
            levels.append(level)
        if day < until:
            days[day] = (levels[0], max(levels), min(levels), level, volume)
    return days


async def kept_days(warehouse: Warehouse) -> dict[int, Days]:
    """Read the days that are kept."""
    found: dict[int, Days] = defaultdict(dict)
    for row in await rows_of(warehouse.db, ItemDay, warehouse.guild_id):
        values = (row.opened, row.highest, row.lowest, row.closed, row.volume)
        found[row.item_id][row.day] = values
    return dict(found)


def today(clock: Clock, zone: str) -> date:
    return clock.now.astimezone(ZoneInfo(zone)).date()


def next_day(clock: Clock) -> None:
    clock.now += timedelta(days=1)


async def _set_zone(warehouse: Warehouse, draw: random.Random) -> str:
    zone = draw.choice(ZONES)
    with suppress(TallymanError):  # it is that one
        await warehouse.run(set_setting, SetSetting(name="timezone", value=zone), warehouse.admin)
    return zone


async def _act(
    warehouse: Warehouse, draw: random.Random, kind: str, skus: list[str], done: list[int]
) -> int:
    item, quantity = draw.choice(skus), Decimal(draw.randint(1, 9))
    shelf, other = draw.sample(SHELVES, 2)
    actor = warehouse.admin
    if kind == "take":
        take = TakeStock(item=item, quantity=quantity, location=shelf)
        return (await warehouse.run(take_stock, take, actor)).record
    if kind == "move":
        move = MoveStock(item=item, quantity=quantity, source=shelf, target=other)
        return (await warehouse.run(move_stock, move, actor)).record
    if kind == "count":
        count = AdjustStock(item=item, location=shelf, counted=quantity, reason="counted")
        return (await warehouse.run(adjust_stock, count, actor)).record
    if kind == "undo":
        undo = ReverseRecord(record=draw.choice(done[-6:]))
        return (await warehouse.run(reverse_record, undo, actor)).record
    action: BulkAction = "count" if kind == "bulk" else "put"
    named = draw.sample(skus, min(len(skus), 12))
    lines = [
        BulkLine(number=at, item=sku, quantity=Decimal(draw.randint(1, 9)), location=shelf)
        for at, sku in enumerate(named, 1)
    ]
    # Several lines of an item are one change.
    if action == "put":
        lines.append(BulkLine(number=99, item=named[0], quantity=Decimal(3), location=other))
    bulk = MoveInBulk(action=action, lines=tuple(lines))
    return (await warehouse.run(move_in_bulk, bulk, actor)).record

"""Many lines in one record: how long 3,000 of them hold their guild, and how the others fare."""

import asyncio
import time
from decimal import Decimal
from statistics import median
from typing import Final

from benchmarks.growth import (
    FIRST_ID,
    ITEM_COLUMNS,
    fill_postgresql,
    items_named,
    milliseconds_of,
    taking,
)
from benchmarks.pairs import Figure
from benchmarks.servers import FIRST_GUILD, Server, clerk_of, new_key, opened, stocked
from bot.database.operations import operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.stock import LineReference
from bot.domain.virtual_locations import VirtualLocation

_LINES: Final = 3_000
_CALLERS: Final = 6
_LOCK_SECONDS: Final = 1.5


@operation("bench.put_many", permission="stock.bulk")
async def put_many(uow: UnitOfWork, request: tuple[int, ...]) -> int:
    """Put one piece of each item at a location."""
    wanted = [LineReference(item, VirtualLocation.SUPPLIER, "Shelf 1") for item in request]
    for line in await uow.stock.lines(wanted):
        uow.stock.post(line, Decimal(1))
    uow.record("stock.put", subject_type="guild", subject_id=None, subject="bench")
    return len(wanted)


async def measure(server: Server) -> list[Figure]:
    """Let six people work in a guild while one record of 3,000 lines is written in it."""
    await server.create("lines")
    await stocked(server.url("lines"), guilds=1)
    items = {"item": (ITEM_COLUMNS, items_named(_LINES))}
    await fill_postgresql(server.dsn("lines"), items)
    wanted = tuple(range(FIRST_ID, FIRST_ID + _LINES))
    held: list[float] = []
    served: list[float] = []
    refused = 0
    async with opened(server.url("lines")) as service:
        for _ in range(3):
            bulk = asyncio.create_task(_timed_bulk(service, wanted))
            await asyncio.sleep(0.05)
            takes = [milliseconds_of(taking(service)) for _ in range(_CALLERS)]
            answers = await asyncio.gather(*takes, return_exceptions=True)
            served += [answer for answer in answers if isinstance(answer, float)]
            refused += sum(isinstance(answer, BaseException) for answer in answers)
            held.append(await bulk)
    name = f"a record of {_LINES:,} lines holds its guild"
    note = f"{_CALLERS} others: {refused} refused, slowest {max(served, default=0):.0f} ms"
    return [
        Figure(name, median(held), "s", ceiling=_LOCK_SECONDS, note=note),
        Figure("others refused meanwhile", refused, ceiling=0.5),
    ]


async def _timed_bulk(service: DatabaseService, items: tuple[int, ...]) -> float:
    began = time.perf_counter()
    await service.run(put_many, items, clerk_of(FIRST_GUILD), new_key())
    return time.perf_counter() - began

"""People of a guild at work over a database that is in trouble, and what they were told."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Item, Location, Receipt
from bot.errors import Unavailable
from bot.services.stock import PutStock, put_stock
from tests.database.books import Warehouse, require_sound_books, rows_of

WRITERS = 4
WELL_AGAIN_SECONDS = 15.0
# Hardly any of them, some of them, all of them are answered within.
PATIENCES = (0.002, 0.01, 5.0, 5.0)


@dataclass
class Shift:
    """What one guild's writers were told, and how often a count in the background was."""

    near: Warehouse
    far: Warehouse
    item: Item
    shelf: Location
    records: dict[str, int] = field(default_factory=dict)
    noted: int = 0
    unsure: int = 0

    async def write(self, writer: int, over: asyncio.Event) -> None:
        """Put one piece after another, each under its key until it is answered.

        One who gives up waiting asks again under the same key, as Discord's members do.
        """
        number, dice = 0, random.Random(writer)
        request = PutStock(item="BOLT-8", quantity=Decimal(1), location="A1")
        while not over.is_set():
            key = f"{writer}-{number}"
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(dice.choice(PATIENCES)):
                    answer = await self.far.run(put_stock, request, key=key)
                assert self.records.setdefault(key, answer.record) == answer.record
                number += 1
            await asyncio.sleep(0.01)

    async def note(self, over: asyncio.Event) -> None:
        """Count in the background."""

        async def count(connection: AsyncConnection) -> None:
            add = "UPDATE outbox_lane SET failures = failures + 1 WHERE guild_id = :g"
            await connection.execute(text(add), {"g": self.far.guild_id})

        while not over.is_set():
            try:
                await self.far.db.maintenance.write(count)
                self.noted += 1
            except Unavailable:
                self.unsure += 1
            await asyncio.sleep(0.01)

    async def look(self, over: asyncio.Event, dice: random.Random) -> None:
        """Look at the shelf, and give up in the middle at times: what was told is there."""
        while not over.is_set():
            told = len(self.records)
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(dice.choice(PATIENCES)):
                    seen = await self.far.level(self.item, self.shelf)
                    assert seen >= told, f"{seen} of {told}"
            await asyncio.sleep(0.01)

    async def go_on(self, until: int) -> None:
        """Wait until so many were acknowledged: all is well again."""
        async with asyncio.timeout(WELL_AGAIN_SECONDS):
            while len(self.records) < until:  # noqa: ASYNC110  # nothing tells of each
                await asyncio.sleep(0.05)

    async def require_kept(self) -> None:
        """Check that all that was acknowledged is in the books, and once."""
        rows = await rows_of(self.near.db, Receipt, self.near.guild_id)
        written = {row.key.removeprefix("discord:"): row.record for row in rows}
        assert {key: written.get(key) for key in self.records} == self.records
        assert len(set(written.values())) == len(written)
        await require_sound_books(self.near.db, self.near.guild_id)
        assert self.noted <= await self._count() <= self.noted + self.unsure

    async def _count(self) -> int:
        async def read(connection: AsyncConnection) -> int:
            ask = "SELECT max(failures) FROM outbox_lane WHERE guild_id = :g"
            return int(await connection.scalar(text(ask), {"g": self.near.guild_id}) or 0)

        return await self.near.db.maintenance.read(read)


@asynccontextmanager
async def at_work(shifts: Sequence[Shift]) -> AsyncIterator[None]:
    """Let all work until the end of the block and until they are served again; check the books."""
    over = asyncio.Event()
    working = [
        asyncio.create_task(work)
        for shift in shifts
        for work in (
            *(shift.write(writer, over) for writer in range(WRITERS)),
            shift.note(over),
            shift.look(over, random.Random(shift.near.guild_id)),
        )
    ]
    yield
    for shift in shifts:
        await shift.go_on(len(shift.records) + WRITERS)
    over.set()
    await asyncio.gather(*working)
    for shift in shifts:
        await shift.require_kept()

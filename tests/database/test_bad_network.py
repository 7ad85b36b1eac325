"""A network that fails in every way at random: what was acknowledged is there, and once."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.engine import DatabaseSettings
from bot.database.models import Item, Location, Receipt
from bot.database.service import DatabaseService
from bot.errors import Unavailable
from bot.services.stock import PutStock, put_stock
from tests.conftest import SOAK
from tests.database.books import (
    OTHER_GUILD,
    Warehouse,
    require_no_open_transaction,
    require_sound_books,
    rows_of,
)
from tests.database.wire import Wire

pytestmark = [pytest.mark.slow, pytest.mark.only_on("postgresql")]

TROUBLES = int(os.environ.get("TROUBLES", "300" if SOAK else "12"))
WRITERS_OF_A_GUILD = 4
WELL_AGAIN_SECONDS = 15.0
# The words between two of which something goes wrong; any bytes at all for the last one.
MOMENTS = (b"BEGIN", b"FOR UPDATE", b"INSERT INTO audit_event", b"COMMIT", b"ROLLBACK", b"")


@dataclass
class Books:
    """What one guild's writers were told, and how often a count in the background was."""

    near: Warehouse
    far: Warehouse
    item: Item
    shelf: Location
    records: dict[str, int] = field(default_factory=dict)
    noted: int = 0
    unsure: int = 0

    async def write(self, writer: int, over: asyncio.Event) -> None:
        """Put one piece after another, each under its key until it is answered."""
        number = 0
        request = PutStock(item="BOLT-8", quantity=Decimal(1), location="A1")
        while not over.is_set():
            key = f"{writer}-{number}"
            with suppress(Unavailable):
                self.records[key] = (await self.far.run(put_stock, request, key=key)).record
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
                async with asyncio.timeout(dice.choice((0.002, 0.01, 5.0))):
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


@pytest_asyncio.fixture
async def wire(database_url: str, tmp_path: Path) -> AsyncIterator[Wire]:
    async with Wire(database_url, tmp_path).carrying() as wire:
        yield wire


@pytest_asyncio.fixture
async def guilds(
    warehouse: Warehouse, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[Books]]:
    """Two guilds, reached directly and through the wire; what is held up is given up soon."""
    monkeypatch.setattr("bot.database.engine._COMMAND_TIMEOUT_SECONDS", 0.3)
    far = DatabaseService(DatabaseSettings(wire.url, pool_size=4))
    books = []
    for near in (warehouse, await Warehouse.open(warehouse.db, OTHER_GUILD)):
        there = Warehouse(far, near.guild_id)
        books.append(Books(near, there, await near.add_item(), await near.add_shelf()))
    yield books
    await far.close()


async def trouble(wire: Wire, dice: random.Random) -> None:
    """Let one thing go wrong with what is said next, and all be well again."""
    moment = dice.choice(MOMENTS)
    if dice.random() < 0.4:
        wire.cut_after = [moment, b"never"]
        await asyncio.sleep(dice.uniform(0.02, 0.2))
        wire.cut_after = []
        return
    wire.hold_at = moment
    # Shorter and longer than it is waited for.
    await asyncio.sleep(dice.uniform(0.05, 0.8))
    wire.let_go()


async def test_what_was_acknowledged_over_a_bad_network_is_there_and_once(
    guilds: list[Books], wire: Wire, warehouse: Warehouse
) -> None:
    dice, over = random.Random(7), asyncio.Event()
    working = [
        asyncio.create_task(work)
        for books in guilds
        for work in (
            *(books.write(writer, over) for writer in range(WRITERS_OF_A_GUILD)),
            books.note(over),
            books.look(over, random.Random(books.near.guild_id)),
        )
    ]
    for _ in range(TROUBLES):
        await asyncio.sleep(dice.uniform(0.0, 0.2))
        await trouble(wire, dice)
    done = [len(books.records) for books in guilds]
    for books, count in zip(guilds, done, strict=True):
        await books.go_on(count + WRITERS_OF_A_GUILD)
    over.set()
    await asyncio.gather(*working)
    for books in guilds:
        await books.require_kept()
    await require_no_open_transaction(warehouse.db)

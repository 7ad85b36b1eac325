"""Five hundred guilds forbid the bot their channels: Discord is not asked for ever."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import delete, insert, select

from bot.app import App
from bot.database.models import (
    AuditEvent,
    Book,
    Guild,
    GuildChannel,
    Outbox,
    OutboxLane,
    metadata,
)
from bot.database.models.base import table_of
from bot.database.transactions import transaction
from bot.domain.lanes import AUDIT
from bot.jobs.delivery.outbox import OutboxJob
from bot.pacing.requests import MAX_INVALID
from simulator import Fault, LoopbackDiscord
from tests.database.books import GUILD, Warehouse
from tests.database.clock import Clock
from tests.jobs.processes import logged_in

pytestmark = pytest.mark.slow


GUILDS = 500
CHANNEL = 5_000_000
COPIED = [table_of(model) for model in (Book, Guild, GuildChannel, AuditEvent, OutboxLane, Outbox)]


@pytest_asyncio.fixture
async def loopback() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as opened:
        yield opened


@pytest_asyncio.fixture
async def app(loopback: LoopbackDiscord, database_url: str, clock: Clock) -> AsyncIterator[App]:
    """The bot, and the books of guilds that each have a line to be told."""
    async with logged_in(loopback, database_url, clock) as app:
        await Warehouse.open(app.db)
        await copy_guild(app)
        yield app


async def copy_guild(app: App) -> None:
    """Give each guild the books of the first one, and a channel that it names."""
    channels = table_of(GuildChannel)
    async with transaction(app.db._engines.write) as connection:
        await connection.execute(delete(channels))
        first = {"guild_id": GUILD, "purpose": AUDIT, "channel_id": CHANNEL}
        await connection.execute(insert(channels), first)
        for table in (table for table in metadata.sorted_tables if table in COPIED):
            found = await connection.execute(select(table).where(table.c.guild_id == GUILD))
            copies = [
                {**row, "guild_id": GUILD + number}
                for row in found.mappings().all()
                for number in range(1, GUILDS)
            ]
            if table is channels:
                copies = [{**row, "channel_id": CHANNEL + row["guild_id"]} for row in copies]
            await connection.execute(insert(table), copies)


@pytest.mark.only_on("sqlite")
async def test_five_hundred_blocked_channels_cost_a_hundred_refusals_in_ten_minutes(
    app: App, loopback: LoopbackDiscord
) -> None:
    forbidden = loopback.faults.add(Fault("POST", "/channels/*/messages", status=403, times=None))
    outbox = next(job for job in app.jobs if isinstance(job, OutboxJob))
    outbox.start()
    await forbidden.wait_hit(MAX_INVALID, 60)
    await outbox.run_once()
    assert len(forbidden.hits) == MAX_INVALID
    assert len(set(forbidden.hits)) == MAX_INVALID, "no channel is asked for twice"
    assert app.pace.figures().is_held
    await app.client.application_info()  # people are answered as ever

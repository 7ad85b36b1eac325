"""Through pgbouncer in transaction mode: every transaction may have another session."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.transactions import transaction
from bot.domain.stock import InsufficientStock
from bot.errors import Unavailable
from bot.services.stock import TakeStock, take_stock
from bot.settings import Settings
from bot.startup import bring_schema_up_to_date, require_keys, warn_of_privileges
from tests.conftest import DATA_KEY
from tests.database import bouncer
from tests.database.books import Warehouse, require_sound_books
from tests.database.clock import Clock

GUILDS = range(7001, 7009)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.only_on("postgresql"),
    pytest.mark.skipif(bouncer.PROGRAM is None, reason="pgbouncer is not installed"),
]


@pytest_asyncio.fixture
async def pooled_url(database_url: str) -> AsyncIterator[str]:
    async with bouncer.bouncing(database_url) as url:
        yield url


@pytest_asyncio.fixture
async def db(pooled_url: str, clock: Clock) -> AsyncIterator[DatabaseService]:
    settings = DatabaseSettings(pooled_url, data_key=DATA_KEY, pooler="transaction")
    service = DatabaseService(settings, clock=clock)
    yield service
    await service.close()


async def test_people_of_many_guilds_race_and_the_books_stay_right(db: DatabaseService) -> None:
    async def play(guild_id: int) -> str:
        warehouse = await Warehouse.open(db, guild_id)
        item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
        await warehouse.put(item, 5, shelf)
        take = TakeStock(item=item.id, quantity=Decimal(1), location=shelf.id)
        outcomes = await asyncio.gather(
            *(warehouse.run(take_stock, take) for _ in range(12)), return_exceptions=True
        )
        refused = [each for each in outcomes if isinstance(each, InsufficientStock)]
        assert len(refused) == 7, outcomes
        await warehouse.add_item("NUT-8", "Nut ' of \\ eight")
        async with db.look_up(warehouse.employee) as books:
            return (await books.items.require_reference("NUT-8")).sku

    assert await asyncio.gather(*map(play, GUILDS)) == ["NUT-8"] * len(GUILDS)
    for guild_id in GUILDS:
        await require_sound_books(db, guild_id)


async def test_what_bounds_a_statement_holds_in_every_transaction(db: DatabaseService) -> None:
    engines = db._engines
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "jit")
    shown = text("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
    for engine, longest in ((engines.write, "3s"), (engines.read, "3s"), (engines.heavy, "30s")):
        async with transaction(engine) as connection:
            found = (await connection.execute(shown)).one()
            assert tuple(found) == ("1500ms", longest, "15s", "off")


async def test_a_bot_starts_through_it(pooled_url: str) -> None:
    """What is looked at before the first command, by as many as like at once."""
    settings = Settings(_env_file=None, database_url=pooled_url, data_key=DATA_KEY)

    async def start() -> None:
        await bring_schema_up_to_date(settings)
        await require_keys(settings)
        await warn_of_privileges(settings)

    await asyncio.gather(*(start() for _ in range(6)))


async def test_without_the_setting_nothing_is_done_and_busy_is_said(pooled_url: str) -> None:
    service = DatabaseService(DatabaseSettings(pooled_url, data_key=DATA_KEY))
    with pytest.raises(Unavailable):
        await Warehouse.open(service)
    await service.close()

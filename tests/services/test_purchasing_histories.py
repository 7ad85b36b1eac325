"""Random histories beside a model: prices, orders, deliveries, bills and payments."""

import asyncio
import itertools
from collections import Counter

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    initialize,
    run_state_machine_as_test,
)

import bot.services.receiving.returning  # noqa: F401  # what it declares
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.services.guilds import SetSetting, set_setting
from tests.conftest import DATA_KEY, SOAK
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.bills import add_supplier
from tests.services.purchasing_bills import Bills
from tests.services.purchasing_guild import FREE_UP_TO, SKUS
from tests.services.purchasing_model import (
    Purchasing,
)
from tests.services.purchasing_orders import Orders
from tests.services.purchasing_payments import Payments

pytestmark = [pytest.mark.slow, *([pytest.mark.both_engines] if SOAK else [])]

HISTORIES, STEPS = (2000, 50) if SOAK else (12, 50)
PLAYED = settings(
    max_examples=HISTORIES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    derandomize=not SOAK,
    # A history is short enough to be read; shrinking one takes minutes.
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
PLAYED_OPERATIONS = {
    "order.send",
    "order.deliver",
    "record.reverse",
    "invoice.match",
    "payment.approve",
    "payment.record",
}


class Histories(Orders, Bills, Payments):
    """Anything is tried in one guild, in any order."""

    @initialize(over=st.sampled_from((0, 50)), tolerance=st.sampled_from((0, 50)))
    def open(self, over: int, tolerance: int) -> None:
        """Open the books: two items with prices, a dock, an approved supplier, limits."""

        async def work() -> None:
            warehouse = await Warehouse.open(self._db, self.warehouse.guild_id)
            for sku in SKUS:
                await warehouse.add_item(sku)
            await warehouse.add_shelf("Dock")
            self.supplier_id = await add_supplier(warehouse)
            for name, value in (
                ("over_delivery_percent", over),
                ("match_tolerance_percent", tolerance),
                ("order_approval_above", FREE_UP_TO),
            ):
                setting = SetSetting(name=name, value=str(value))
                if value:
                    await warehouse.run(set_setting, setting, warehouse.admin)

        self._run(work())
        self.model = Purchasing(over, tolerance, FREE_UP_TO)
        for sku in SKUS:
            self.price(sku, 2)

    def teardown(self) -> None:
        if not self.supplier_id:
            return
        self.model.check()
        self._run(self.compare())


def test_whatever_is_tried_the_books_say_what_the_model_says(
    database_url: str, clock: Clock
) -> None:
    guild_ids, done = itertools.count(9001), Counter[str]()
    with asyncio.Runner() as runner:

        async def make() -> DatabaseService:
            return DatabaseService(DatabaseSettings(database_url, data_key=DATA_KEY), clock=clock)

        db = runner.run(make())

        class InNextGuild(Histories):
            def __init__(self) -> None:
                super().__init__(runner.run, db, next(guild_ids), done)

        run_state_machine_as_test(InNextGuild, settings=PLAYED)
        runner.run(db.close())
    assert done.keys() >= PLAYED_OPERATIONS, done

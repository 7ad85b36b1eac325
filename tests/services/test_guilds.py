"""A guild's settings: what another currency of the books changes with it, and what forbids it."""

from typing import Any

import pytest

from bot.domain.changes import Change, Changed
from bot.domain.guild_settings import RatesInUse
from bot.services.guilds import SetSetting, set_setting
from bot.services.orders.steps import StepOrder, cancel_order, close_order
from bot.services.verification import verify_books
from tests.database.books import Warehouse, refusal, require_sound_books
from tests.services.buying import approve, order, order_of, send, submit
from tests.services.deliveries import deliver


@pytest.fixture
async def shop(warehouse: Warehouse) -> Warehouse:
    """A warehouse with a dock that orders bolts from Acme."""
    await warehouse.add_item("BOLT-8")
    await warehouse.add_shelf("Dock")
    await approve(warehouse)
    return warehouse


async def let(shop: Warehouse, name: str, value: str) -> Changed:
    return await shop.run(set_setting, SetSetting(name=name, value=value), shop.admin)


async def require_proven(shop: Warehouse) -> None:
    assert (await verify_books(shop.db, shop.auditor)).findings == ()
    await require_sound_books(shop.db)


@pytest.mark.both_engines
async def test_a_rate_of_an_order_under_way_never_becomes_one_to_another_currency(
    shop: Warehouse,
) -> None:
    foreign: dict[str, Any] = {"currency": "USD", "rate": "0.9"}
    sent = await send(shop, "BOLT-8 10 100", **foreign)
    draft = await order(shop, "BOLT-8 1 100", **foreign)
    await order(shop, "BOLT-8 1 100", currency="USD")
    await order(shop, "BOLT-8 1 100")
    async with refusal(shop.db, RatesInUse) as refused:
        await let(shop, "currency", "JPY")
    assert (refused.value.currency, refused.value.orders) == ("EUR", ("PO-1", "PO-2"))
    await shop.run(cancel_order, StepOrder(order=draft.order_id), shop.buyer)
    await deliver(shop, sent.order_id, "BOLT-8 4")
    async with refusal(shop.db, RatesInUse) as refused:
        await let(shop, "currency", "JPY")
    assert refused.value.orders == ("PO-1",)
    await shop.run(close_order, StepOrder(order=sent.order_id), shop.buyer)
    changed = await let(shop, "currency", "JPY")
    assert changed.changes == (Change("currency", "EUR", "JPY"),)
    await require_proven(shop)


async def test_the_limit_of_approvals_ends_with_the_currency_that_it_was_in(
    shop: Warehouse,
) -> None:
    await let(shop, "currency", "JPY")
    await let(shop, "order_approval_above", "50000")
    changed = await let(shop, "currency", "EUR")
    assert changed.changes == (
        Change("currency", "JPY", "EUR"),
        Change("order_approval_above", "50000", "0"),
    )
    made = await order(shop, "BOLT-8 490 100")
    await submit(shop, made)
    assert (await order_of(shop, made.order_id)).status == "pending"
    await require_proven(shop)

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.actors import system_actor
from bot.domain.items import ItemExists
from bot.domain.quantities import TypedQuantity, parse_quantity
from bot.domain.stock import InsufficientStock
from bot.errors import KeyReused
from bot.services.audit import CloseDay, close_day
from bot.services.items import AddItem, add_item
from bot.services.stock import PutStock, TakeStock, put_stock, take_stock
from tests.conftest import DATA_KEY
from tests.database.books import Warehouse, refusal, require_sound_books, snapshot

KEY = "1234567890123456789"


async def stocked(warehouse: Warehouse, quantity: int = 5) -> TakeStock:
    """Put stock on a shelf and return the request that takes all of it."""
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(item, quantity, shelf)
    return TakeStock(item=item.id, quantity=Decimal(quantity), location=shelf.id, note="for Ann")


async def test_a_second_delivery_has_no_effect_and_the_first_answer(warehouse: Warehouse) -> None:
    request = replace(await stocked(warehouse), quantity=parse_quantity("5"))
    first = await warehouse.run(take_stock, request, key=KEY)
    before = await snapshot(warehouse.db)
    # By now nothing is left to take: the answer is the first one all the same.
    assert await warehouse.run(take_stock, request, key=KEY) == first
    typed_otherwise = replace(request, quantity=parse_quantity("5.00"))
    assert await warehouse.run(take_stock, typed_otherwise, key=KEY) == first
    assert await snapshot(warehouse.db) == before


async def test_eight_deliveries_at_once_have_one_effect_and_one_answer(
    warehouse: Warehouse,
) -> None:
    request = replace(await stocked(warehouse), quantity=Decimal(1))
    last = await require_sound_books(warehouse.db)
    answers = await asyncio.gather(*(warehouse.run(take_stock, request, key=KEY) for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].record == last + 1 == await require_sound_books(warehouse.db)


async def test_two_processes_that_are_given_the_same_have_one_effect(
    warehouse: Warehouse, database_url: str
) -> None:
    request = replace(await stocked(warehouse), quantity=Decimal(1))
    last = await require_sound_books(warehouse.db)
    settings = DatabaseSettings(database_url, data_key=DATA_KEY)
    elsewhere = DatabaseService(settings, clock=warehouse.db.clock)
    other = Warehouse(elsewhere, warehouse.guild_id)
    both = [warehouse, other] * 4
    answers = await asyncio.gather(*(each.run(take_stock, request, key=KEY) for each in both))
    await other.db.close()
    assert all(answer == answers[0] for answer in answers)
    assert await require_sound_books(warehouse.db) == last + 1


async def test_keys_of_different_sources_never_collide(warehouse: Warehouse) -> None:
    day = warehouse.db.clock().date()
    key = f"day-{day}"
    client = replace(warehouse.employee, source="http")
    request = replace(await stocked(warehouse), quantity=Decimal(1))
    await warehouse.run(take_stock, request, client, key)
    job = system_actor(warehouse.guild_id, "job")
    closed = await warehouse.run(close_day, CloseDay(day=day), job, key)
    taken = await warehouse.run(take_stock, request, warehouse.employee, key)
    assert taken.record == closed.record + 1
    again = await warehouse.run(take_stock, request, client, key)
    assert again.record == closed.record - 1


async def test_the_key_of_another_person_request_or_operation_is_refused(
    warehouse: Warehouse,
) -> None:
    request = replace(await stocked(warehouse), quantity=Decimal(1))
    await warehouse.run(take_stock, request, key=KEY)
    put = PutStock(item=request.item, quantity=Decimal(1), location=request.location)
    async with refusal(warehouse.db, KeyReused, snapshot) as caught:
        await warehouse.run(take_stock, request, warehouse.colleague, KEY)
    assert caught.value.key == KEY
    for changed in (
        replace(request, quantity=Decimal("1.001")),
        replace(request, note=""),
        replace(request, location=None),
        replace(request, quantity=Decimal(600)),
    ):
        async with refusal(warehouse.db, KeyReused, snapshot):
            await warehouse.run(take_stock, changed, key=KEY)
    async with refusal(warehouse.db, KeyReused, snapshot):
        await warehouse.run(put_stock, put, key=KEY)


async def test_a_refusal_leaves_the_key_free(warehouse: Warehouse) -> None:
    request = await stocked(warehouse)
    too_much = replace(request, quantity=Decimal(6))
    async with refusal(warehouse.db, InsufficientStock, snapshot):
        await warehouse.run(take_stock, too_much, key=KEY)
    answer = await warehouse.run(take_stock, request, key=KEY)
    assert answer.lines[0].source.after == 0


async def test_who_lost_the_right_since_still_gets_the_first_answer(warehouse: Warehouse) -> None:
    request = await stocked(warehouse)
    first = await warehouse.run(take_stock, request, key=KEY)

    async def unbind(uow: UnitOfWork) -> None:
        await uow.role_bindings.delete_by_id(112, 12)

    await warehouse.change(unbind)
    assert await warehouse.run(take_stock, request, key=KEY) == first


async def test_a_value_that_was_taken_by_the_first_delivery_is_no_refusal(
    warehouse: Warehouse,
) -> None:
    request = AddItem(sku="BOLT-8", name="Hex bolt", reorder_point=TypedQuantity(Decimal(2)))
    first = await warehouse.run(add_item, request, warehouse.admin, KEY)
    assert await warehouse.run(add_item, request, warehouse.admin, KEY) == first
    async with refusal(warehouse.db, ItemExists, snapshot):
        await warehouse.run(add_item, request, warehouse.admin, "another")


@pytest.mark.parametrize("key", ["", "k" * 500, "'; --", "\u2603"])
async def test_any_text_is_a_key(warehouse: Warehouse, key: str) -> None:
    request = await stocked(warehouse)
    first = await warehouse.run(take_stock, request, key=key)
    assert await warehouse.run(take_stock, request, key=key) == first

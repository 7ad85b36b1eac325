"""Available stock: what takes may touch, and what they say about the rest."""

from decimal import Decimal

import pytest

from bot.database.unit import UnitOfWork
from bot.domain.availability import InQuarantine, InsufficientAvailable, ReservedFor
from bot.services.stock import MoveStock, TakeStock, move_stock, take_stock
from tests.database.books import Warehouse, refusal

pytestmark = pytest.mark.both_engines


async def reserve(warehouse: Warehouse, item_id: int, quantity: int) -> None:
    """Reserve some of an item for an open request."""

    async def work(uow: UnitOfWork) -> None:
        request = await uow.requests.open(wanted_for="Line 3", made_by=900, made_at=uow.now)
        await uow.request_lines.create(
            request_id=request.id,
            line=1,
            item_id=item_id,
            quantity=Decimal(quantity),
            reserved=Decimal(quantity),
        )
        await uow.items.update_by_id(item_id, reserved=Decimal(quantity))

    await warehouse.change(work)


async def test_a_take_leaves_what_is_reserved_and_says_for_whom(warehouse: Warehouse) -> None:
    item, a1 = await warehouse.add_item("BOLT-8"), await warehouse.add_shelf("A1")
    await warehouse.put(item, 10, a1)
    await reserve(warehouse, item.id, 4)

    await warehouse.run(take_stock, TakeStock(item=item.id, quantity=Decimal(5)))
    async with refusal(warehouse.db, InsufficientAvailable) as caught:
        await warehouse.run(take_stock, TakeStock(item=item.id, quantity=Decimal(2)))

    refused = caught.value
    assert (refused.stock.on_hand, refused.stock.available) == (Decimal(5), Decimal(1))
    assert refused.holders == (ReservedFor("R-1", "Line 3", Decimal("4.000")),)
    await warehouse.run(take_stock, TakeStock(item=item.id, quantity=Decimal(1)))


async def test_quarantine_is_on_hand_and_not_available(warehouse: Warehouse) -> None:
    item, a1 = await warehouse.add_item("BOLT-8"), await warehouse.add_shelf("A1")
    cage = await warehouse.add_shelf("Cage")
    await warehouse.put(item, 10, a1)
    await warehouse.change(lambda uow: uow.locations.update_by_id(cage.id, kind="quarantine"))
    await warehouse.run(
        move_stock, MoveStock(item=item.id, quantity=Decimal(7), source=a1.id, target=cage.id)
    )
    await reserve(warehouse, item.id, 1)

    async with refusal(warehouse.db, InsufficientAvailable) as caught:
        from_a1 = TakeStock(item=item.id, quantity=Decimal(3), location=a1.id)
        await warehouse.run(take_stock, from_a1)
    async with refusal(warehouse.db, InQuarantine) as caged:
        from_cage = TakeStock(item=item.id, quantity=Decimal(1), location=cage.id)
        await warehouse.run(take_stock, from_cage)

    stock = caught.value.stock
    assert (stock.on_hand, stock.usable) == (Decimal(10), Decimal(3))
    assert caged.value.location == "Cage"

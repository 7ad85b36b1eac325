"""Receipts go when they are a week old, and what needs them says so."""

from decimal import Decimal

import pytest

from bot.database.delivery import retention as kept_receipts
from bot.database.delivery.retention import BATCH_RECEIPTS, KeptReceipts
from bot.database.models import AuditEvent, Book, Receipt, StockMove
from bot.jobs.retention import ReceiptHandler
from bot.services.stock import TakeStock, take_stock
from tests.cogs.world import House, World
from tests.database.books import GUILD, OTHER_GUILD, Warehouse, require_sound_books, rows_of
from tests.database.clock import Clock

pytestmark = pytest.mark.both_engines


async def records_kept(warehouse: Warehouse) -> list[int]:
    rows = await rows_of(warehouse.db, Receipt, warehouse.guild_id)
    return sorted(row.record for row in rows)


async def test_a_receipt_goes_when_it_is_older_than_a_week(
    warehouse: Warehouse, clock: Clock
) -> None:
    job = ReceiptHandler(warehouse.db)
    await warehouse.add_item("OLD")
    clock.advance(seconds=1)
    await warehouse.add_item("NEW")
    clock.advance(days=7, seconds=-1)
    await job(GUILD)
    assert await records_kept(warehouse) == [1, 2, 3]
    clock.advance(seconds=1)
    kept = {model: await rows_of(warehouse.db, model, GUILD) for model in (Book, AuditEvent)}
    await job(GUILD)
    assert await records_kept(warehouse) == [3]
    assert kept == {model: await rows_of(warehouse.db, model, GUILD) for model in kept}
    await require_sound_books(warehouse.db)


async def test_every_guild_loses_its_old_ones_and_no_other(
    warehouse: Warehouse, clock: Clock
) -> None:
    clock.advance(days=8)
    young = await Warehouse.open(warehouse.db, OTHER_GUILD)
    await ReceiptHandler(warehouse.db)(GUILD)
    assert await records_kept(warehouse) == []
    assert await records_kept(young) == [1]


@pytest.mark.slow
@pytest.mark.soak_on("postgresql")
async def test_a_transaction_deletes_a_batch_and_the_job_all(
    warehouse: Warehouse, clock: Clock
) -> None:
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    for _ in range(BATCH_RECEIPTS):
        await warehouse.put(item, 1, shelf)
    clock.advance(days=8)
    await warehouse.put(item, 1, shelf)
    receipts = KeptReceipts(warehouse.db)
    assert await receipts.purge(GUILD) == kept_receipts.BATCH_RECEIPTS
    assert len(await records_kept(warehouse)) == 4
    await ReceiptHandler(warehouse.db)(GUILD)
    assert await records_kept(warehouse) == [await require_sound_books(warehouse.db)]
    assert len(await rows_of(warehouse.db, StockMove, GUILD)) == BATCH_RECEIPTS + 1


async def test_a_key_is_free_again_after_the_week(warehouse: Warehouse, clock: Clock) -> None:
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(item, 5, shelf)
    request = TakeStock(item=item.id, quantity=Decimal(1), location=shelf.id)
    first = await warehouse.run(take_stock, request, key="again")
    clock.advance(days=8)
    assert await warehouse.run(take_stock, request, key="again") == first
    await ReceiptHandler(warehouse.db)(GUILD)
    assert (await warehouse.run(take_stock, request, key="again")).record == first.record + 1


async def test_an_old_again_button_says_that_it_is_out_of_date_and_undo_still_works(
    world: World, house: House
) -> None:
    taken = await house.manager.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    world.clock.advance(days=8)
    await ReceiptHandler(world.db)(house.guild.id)
    async with world.unchanged():
        again = await house.manager.press(taken, "Again")
    assert again.text == "This button or list is out of date. Run the command again."
    undone = await house.manager.press(taken, "Undo")
    assert undone.lines[1] == "Shelf A1: 7 → 10 pcs"
    # It would do once more what was undone, and nobody knows any more what that was.
    assert (await house.manager.press(undone, "Again")).text == again.text

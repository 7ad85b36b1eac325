"""What is shown under Why? adds up to the figure, whatever the books have been through."""

from decimal import Decimal
from itertools import pairwise

import pytest

from bot.database.models import StockLevel, StockMove
from bot.domain.virtual_locations import is_virtual
from bot.errors import TallymanError
from bot.services.items import AddItem, add_item
from bot.services.locations import EditLocation, edit_location
from bot.services.merging import MergeItems, merge_items
from bot.services.stock import MoveStock, PutStock, TakeStock, move_stock, put_stock, take_stock
from bot.services.why.stock import ExplainStock, StockExplained, explain_stock
from tests.database.books import Warehouse, rows_of
from tests.services.test_stock_sequences import Day

STEPS = 45


async def walk(warehouse: Warehouse, asked: ExplainStock) -> list[StockExplained]:
    """Turn the pages of a figure to its first record."""
    pages = [await warehouse.db.query(explain_stock, asked, warehouse.viewer)]
    while pages[-1].has_older:
        last = pages[-1].moves[-1]
        cursor = {"before": (last.record, last.line)}
        turned = ExplainStock(
            item=asked.item,
            location=asked.location,
            is_whole=asked.is_whole,
            lot=asked.lot,
            beyond=asked.beyond,
            **cursor,
        )
        pages.append(await warehouse.db.query(explain_stock, turned, warehouse.viewer))
    return pages


async def require_made_of_its_records(warehouse: Warehouse, asked: ExplainStock) -> Decimal:
    """Walk a figure to its first record; each step begins where the next older one ended."""
    pages = await walk(warehouse, asked)
    steps = [step for page in pages for step in page.steps]
    figure = pages[0].figure
    assert figure is not None
    assert all(newer.before == older.after for newer, older in pairwise(steps))
    if steps:
        assert (steps[0].after, steps[-1].before) == (figure, Decimal(0))
    assert pages[-1].begins_at == 0
    return figure


@pytest.mark.both_engines
@pytest.mark.parametrize("seed", range(2))
async def test_the_records_of_every_level_add_up_to_it(warehouse: Warehouse, seed: int) -> None:
    day = Day(warehouse, seed)
    await day.open()
    for _ in range(STEPS):
        try:
            day.note(await day.step())
        except TallymanError:
            continue
    inside = EditLocation(location="C3", parent="B2")
    await warehouse.run(edit_location, inside, warehouse.admin)
    await keep_lots(warehouse)
    await warehouse.run(merge_items, MergeItems(item="NUT", into="BOLT"), warehouse.admin)

    levels = {
        (row.item_id, row.location_id, row.lot_id): row.quantity
        for row in await rows_of(warehouse.db, StockLevel, warehouse.guild_id)
        if not is_virtual(row.location_id)
    }
    assert len(levels) > 6
    places = sorted({location_id for _, location_id, _ in levels})
    for (item_id, location_id, lot_id), quantity in levels.items():
        asked = ExplainStock(item=item_id, location=location_id, lot=lot_id or None)
        if not lot_id:
            # Of a tracked item that is what all its lots have there.
            there = [found for key, found in levels.items() if key[:2] == (item_id, location_id)]
            assert await require_made_of_its_records(warehouse, asked) == sum(there)
        else:
            assert await require_made_of_its_records(warehouse, asked) == quantity
    head = max(row.record for row in await rows_of(warehouse.db, StockMove, warehouse.guild_id))
    past = ExplainStock(item="BOLT", beyond=head // 2)
    assert await require_made_of_its_records(warehouse, past) == await on_hand_before(
        warehouse, "BOLT", head // 2
    )
    for item_id in {key[0] for key in levels}:
        total = sum(levels[key] for key in levels if key[0] == item_id)
        assert await require_made_of_its_records(warehouse, ExplainStock(item=item_id)) == total
        for place in places:
            whole = ExplainStock(item=item_id, location=place, is_whole=True)
            await require_made_of_its_records(warehouse, whole)


async def keep_lots(warehouse: Warehouse) -> None:
    """Put, move and take lots of an item that is kept by them."""
    tracked = AddItem(sku="MILK", name="Milk", tracking="lot")
    await warehouse.run(add_item, tracked, warehouse.admin)
    for lot in ("L1", "L2"):
        put = PutStock(item="MILK", quantity=Decimal(5), location="A1", lot=lot)
        await warehouse.run(put_stock, put, warehouse.manager)
    moved = MoveStock(item="MILK", quantity=Decimal(7), source="A1", target="B2")
    await warehouse.run(move_stock, moved, warehouse.manager)
    take = TakeStock(item="MILK", quantity=Decimal(6), location="B2")
    await warehouse.run(take_stock, take, warehouse.manager)


async def on_hand_before(warehouse: Warehouse, sku: str, record: int) -> Decimal:
    """Add the moves before a record up, one by one."""
    async with warehouse.db.look_up(warehouse.manager) as books:
        item = await books.items.require_reference(sku)
    return sum(
        (
            row.quantity * (is_virtual(row.source_id) - is_virtual(row.target_id))
            for row in await rows_of(warehouse.db, StockMove, warehouse.guild_id)
            if row.item_id == item.id and row.record < record
        ),
        Decimal(0),
    )

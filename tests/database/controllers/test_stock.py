from decimal import Decimal
from typing import Any

import pytest

from bot.domain.stock import LineEnd, Reference
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import NotFound
from bot.services.stock import MoveStock, TakeStock, move_stock, take_stock
from tests.database.books import Warehouse


async def test_a_line_is_read_by_id_sku_or_name(warehouse: Warehouse) -> None:
    item, a1 = await warehouse.add_item("BOLT-8", name="Hex bolt"), await warehouse.add_shelf("A1")
    b2 = await warehouse.add_shelf("B2")
    await warehouse.put(item, 5, a1)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        lines = [
            await books.stock.line(item.id, a1.id, b2.id),
            await books.stock.line(" bolt-8", "a1", "B2 "),
            await books.stock.line("HEX BOLT", a1.id, "b2"),
        ]
        assert lines[0] == lines[1] == lines[2]
        assert lines[0].item.sku == "BOLT-8"
        assert lines[0].source == LineEnd(a1.id, "A1", Decimal(5))
        assert lines[0].target == LineEnd(b2.id, "B2", None)
        assert (await books.stock.line(item.id, VirtualLocation.SUPPLIER, a1.id)).source.level == -5


async def test_a_sku_means_its_item_whatever_others_are_called(warehouse: Warehouse) -> None:
    await warehouse.add_item("X", name="bolt-8")
    bolt = await warehouse.add_item("BOLT-8")
    async with warehouse.db.look_up(warehouse.viewer) as books:
        assert (await books.stock.item("bolt-8")).id == bolt.id


async def test_unknown_ends_are_named(warehouse: Warehouse) -> None:
    item, a1 = await warehouse.add_item(), await warehouse.add_shelf("A1")
    async with warehouse.db.look_up(warehouse.viewer) as books:
        unknown: dict[tuple[Reference, Reference, Reference], str] = {
            ("BOLT-9", "A1", a1.id): "item",
            (999, "A1", a1.id): "item",
            (item.id, "Z9", a1.id): "location",
            (item.id, a1.id, 999): "location",
            (item.id, "supplier", a1.id): "location",
        }
        for arguments, noun in unknown.items():
            with pytest.raises(NotFound) as caught:
                await books.stock.line(*arguments)
            assert caught.value.noun == noun


async def test_levels_show_physical_places_with_stock_the_largest_first(
    warehouse: Warehouse,
) -> None:
    bolt, nut = await warehouse.add_item("BOLT-8"), await warehouse.add_item("NUT-8")
    shelves = [await warehouse.add_shelf(name) for name in ("A1", "B2", "C3", "D4")]
    for shelf, quantity in zip(shelves, (2, 9, 9, 1), strict=True):
        await warehouse.put(bolt, quantity, shelf)
    await warehouse.put(nut, 4, shelves[0])
    out = TakeStock(item=bolt.id, quantity=Decimal(1), location="D4")
    await warehouse.run(take_stock, out)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        levels = [
            (row.location, int(row.quantity)) for row in await books.stock.levels_of_item(bolt.id)
        ]
        there = [
            (row.sku, int(row.quantity))
            for row in await books.stock.levels_at_location(shelves[0].id)
        ]
    assert levels == [("B2", 9), ("C3", 9), ("A1", 2)]
    assert there == [("BOLT-8", 2), ("NUT-8", 4)]


async def test_history_is_told_by_item_place_and_person(warehouse: Warehouse) -> None:
    bolt, nut = await warehouse.add_item("BOLT-8"), await warehouse.add_item("NUT-8")
    a1, b2 = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    await warehouse.put(bolt, 10, a1)
    await warehouse.put(nut, 10, b2)
    carried = MoveStock(item="BOLT-8", quantity=Decimal(4), source="A1", target="B2")
    record = (await warehouse.run(move_stock, carried)).record
    async with warehouse.db.look_up(warehouse.viewer) as books:

        async def told(**by: Any) -> list[tuple[str, str, str]]:
            rows, _ = await books.stock.history(**by)
            return [(row.sku, row.source, row.target) for row in rows]

        put_bolt = ("BOLT-8", "supplier", "A1")
        moved, put_nut = ("BOLT-8", "A1", "B2"), ("NUT-8", "supplier", "B2")
        assert await told() == [moved, put_nut, put_bolt]
        assert await told(item_id=bolt.id) == [moved, put_bolt]
        assert await told(location_id=b2.id) == [moved, put_nut]
        assert await told(actor_id=warehouse.manager.user_id) == [put_nut, put_bolt]
        assert await told(item_id=bolt.id, location_id=b2.id) == [moved]
        assert await told(actor_id=warehouse.stranger.user_id) == []
        newest = (await books.stock.history(limit=1))[0][0]
    assert (newest.record, newest.line, newest.action) == (record, 1, "stock.moved")
    assert (newest.at, int(newest.quantity)) == (warehouse.db.clock(), 4)


async def test_the_last_place_is_this_persons_by_verb(warehouse: Warehouse) -> None:
    bolt, nut = await warehouse.add_item("BOLT-8"), await warehouse.add_item("NUT-8")
    a1, b2 = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    await warehouse.put(bolt, 10, a1)
    await warehouse.put(nut, 10, b2)
    await warehouse.put(bolt, 10, b2)
    await warehouse.run(take_stock, TakeStock(item="BOLT-8", quantity=Decimal(1), location="A1"))
    manager, employee = warehouse.manager.user_id, warehouse.employee.user_id
    async with warehouse.db.look_up(warehouse.viewer) as books:
        assert await books.stock.last_location(bolt.id, manager, "put") == b2.id
        assert await books.stock.last_location(bolt.id, employee, "take") == a1.id
        assert await books.stock.last_location(bolt.id, manager, "take") is None
        assert await books.stock.last_location(nut.id, employee, "put") is None
        assert await books.stock.recent_item_ids(manager) == [bolt.id, nut.id]

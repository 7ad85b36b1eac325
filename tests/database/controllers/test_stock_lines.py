from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.database.unit import Books
from bot.domain.stock import NO_LOT, LineReference
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import NotFound
from tests.database.books import Warehouse

OUT = VirtualLocation.CUSTOMER


async def test_many_lines_are_read_as_one_by_one(warehouse: Warehouse) -> None:
    bolt = await warehouse.add_item("BOLT-8", name="Hex bolt")
    nut = await warehouse.add_item("NUT-8", name="Hex nut")
    a1, b2 = await warehouse.add_shelf("A1"), await warehouse.add_shelf("B2")
    await warehouse.put(bolt, 5, a1)
    await warehouse.archive(nut)
    wanted = [
        LineReference(bolt.id, a1.id, b2.id),
        LineReference(" bolt-8", "a1", "B2 "),
        LineReference("HEX NUT", VirtualLocation.SUPPLIER, "b2"),
        LineReference("nut-8", a1.id, OUT),
        LineReference(bolt.id, a1.id, OUT, 7),
        LineReference(bolt.id, a1.id, b2.id),
    ]
    async with warehouse.db.look_up(warehouse.viewer) as books:
        lines = await books.stock.lines(wanted)
        # Whether a request waits is looked up for one line; many are taken to be waited for.
        alone = [await books.stock.line(*each) for each in wanted]
        assert lines == [replace(each, is_wanted=True) for each in alone]
        assert [await books.stock.lines([each]) for each in wanted] == [[line] for line in alone]
        assert await books.stock.lines([]) == []
    assert lines[0].source.level == 5
    assert lines[4].source.level is None


UNKNOWN: list[tuple[Any, str]] = [
    (("BOLT-9", "A1", OUT), "item"),
    ((999, "A1", OUT), "item"),
    (("BOLT-8", "Z9", OUT), "location"),
    (("BOLT-8", "A1", 999), "location"),
    (("BOLT-8", "supplier", "A1"), "location"),
    (("BOLT-8", 1, "A1"), "location"),
]


async def test_the_first_unknown_name_of_many_is_named(warehouse: Warehouse) -> None:
    await warehouse.add_item("BOLT-8")
    await warehouse.add_shelf("A1")
    good = LineReference("BOLT-8", "A1", OUT)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        for line, noun in UNKNOWN:
            with pytest.raises(NotFound) as caught:
                await books.stock.lines([good, LineReference(*line), good])
            assert caught.value.noun == noun, line


@pytest.mark.only_on("sqlite")
async def test_any_number_of_lines_takes_three_statements_and_one_for_lots(
    warehouse: Warehouse,
) -> None:
    bolt, a1 = await warehouse.add_item("BOLT-8"), await warehouse.add_shelf("A1")
    wanted = [
        LineReference(bolt.id, place, OUT, lot) for place in ("A1", a1.id) for lot in range(9)
    ]
    async with warehouse.db.look_up(warehouse.viewer) as books:
        assert await count_statements(books, [LineReference(bolt.id, a1.id, OUT)]) == 1
        for number in (2, len(wanted)):
            assert await count_statements(books, wanted[:number]) == 4
        without_lots = [line._replace(lot_id=NO_LOT) for line in wanted]
        assert await count_statements(books, without_lots) == 3


async def count_statements(books: Books, wanted: list[LineReference]) -> int:
    connection = books.scope.connection.sync_connection
    assert connection is not None
    driver: Any = connection.connection.driver_connection
    seen: list[str] = []
    await driver.set_trace_callback(seen.append)
    await books.stock.lines(wanted)
    await driver.set_trace_callback(None)
    return len(seen)


async def test_a_level_of_a_lot_is_its_own(warehouse: Warehouse) -> None:
    bolt, a1 = await warehouse.add_item(), await warehouse.add_shelf("A1")
    await warehouse.put(bolt, 5, a1)

    async def put_lot(uow: Any) -> None:
        line = await uow.stock.line(bolt.id, VirtualLocation.SUPPLIER, a1.id, 7)
        assert line.target.level is None
        uow.stock.post(line, Decimal(2))

    await warehouse.change(put_lot)
    await warehouse.change(put_lot_again(bolt.id, a1.id))
    async with warehouse.db.look_up(warehouse.viewer) as books:
        assert (await books.stock.line(bolt.id, a1.id, OUT, 7)).source.level == 5
        assert (await books.stock.line(bolt.id, a1.id, OUT)).source.level == 5
        assert (await books.stock.line(bolt.id, a1.id, OUT, 8)).source.level is None


def put_lot_again(item_id: int, location_id: int) -> Any:
    async def put(uow: Any) -> None:
        line = await uow.stock.line(item_id, VirtualLocation.SUPPLIER, location_id, 7)
        assert line.target.level == 2
        uow.stock.post(line, Decimal(3))

    return put

import pytest

from bot.database.controllers.base import BaseController, Page
from bot.database.controllers.stock_rows import MoveRow
from bot.database.models import Item
from bot.database.unit import UnitOfWork
from bot.domain.names import key_of
from tests.database.books import Warehouse

# By id and by SKU the orders differ, and archived ones lie between the others.
SKUS = ("M", "c", "Z-9", "a", "Q", "B", "x", "D-10", "D-9")


async def fill(warehouse: Warehouse) -> None:
    async def create(uow: UnitOfWork) -> None:
        for number, sku in enumerate(SKUS):
            name = f"Name {sku}"
            archived_at = uow.now if number % 3 == 2 else None
            await uow.items.create(
                sku=sku,
                sku_key=key_of(sku),
                name=name,
                name_key=key_of(name),
                archived_at=archived_at,
            )

    await warehouse.change(create)


async def walk(
    items: BaseController[Item], limit: int, order_by: str, **equals: None
) -> list[Page[Item]]:
    """Go from the first page to the last, then back; both ways must be the same."""
    pages = [await items.paginate(limit=limit, order_by=order_by, **equals)]
    while pages[-1].has_next and len(pages) <= len(SKUS):
        last = pages[-1].rows[-1].id
        pages.append(await items.paginate(after=last, limit=limit, order_by=order_by, **equals))
    page, back = pages[-1], [pages[-1]]
    while page.has_previous and len(back) <= len(SKUS):
        first = page.rows[0].id
        page = await items.paginate(before=first, limit=limit, order_by=order_by, **equals)
        back.append(page)
    forward_ids = [[row.id for row in page.rows] for page in pages]
    assert [[row.id for row in page.rows] for page in reversed(back)] == forward_ids
    assert [page.has_previous for page in pages] == [False] + [True] * (len(pages) - 1)
    assert all(page.has_next for page in back[1:])
    return pages


@pytest.mark.parametrize("order_by", ["id", "sku_key", "name_key"])
async def test_pages_hold_every_row_once_in_order_both_ways(
    warehouse: Warehouse, order_by: str
) -> None:
    await fill(warehouse)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        rows = sorted(await books.items.find_all(), key=lambda row: getattr(row, order_by))
        for limit in range(1, len(SKUS) + 2):
            pages = await walk(books.items, limit, order_by)
            assert [row.id for page in pages for row in page.rows] == [row.id for row in rows]
            assert {len(page.rows) for page in pages[:-1]} <= {limit}
            in_use = await walk(books.items, limit, order_by, archived_at=None)
            assert [row.id for page in in_use for row in page.rows] == [
                row.id for row in rows if row.archived_at is None
            ]


async def test_an_empty_list_has_one_empty_page(warehouse: Warehouse) -> None:
    async with warehouse.db.look_up(warehouse.viewer) as books:
        assert await books.items.paginate() == Page([], has_next=False, has_previous=False)


async def test_a_page_stays_in_place_while_rows_come_and_go(warehouse: Warehouse) -> None:
    await fill(warehouse)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        first = await books.items.paginate(limit=3, order_by="sku_key")
        second = await books.items.paginate(after=first.rows[-1].id, limit=3, order_by="sku_key")
    await warehouse.add_item("AA")
    await warehouse.archive(first.rows[0])
    async with warehouse.db.look_up(warehouse.viewer) as books:
        again = await books.items.paginate(after=first.rows[-1].id, limit=3, order_by="sku_key")
    assert [row.id for row in again.rows] == [row.id for row in second.rows]


async def test_history_holds_every_move_once_in_order_both_ways(warehouse: Warehouse) -> None:
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    for quantity in range(1, 6):
        await warehouse.put(item, quantity, shelf)

    def cursor(row: MoveRow) -> tuple[int, int]:
        return row.record, row.line

    async with warehouse.db.look_up(warehouse.viewer) as books:
        everything, has_more = await books.stock.history(limit=100)
        assert [row.quantity for row in everything] == [5, 4, 3, 2, 1]
        assert not has_more
        for limit in range(1, 7):
            rows, has_more = await books.stock.history(item_id=item.id, limit=limit)
            pages = [rows]
            while has_more:
                older, has_more = await books.stock.history(
                    before=cursor(pages[-1][-1]), limit=limit
                )
                pages.append(older)
            assert [row for page in pages for row in page] == everything
            newest = pages[-1]
            for page in reversed(pages[:-1]):
                newer, has_more = await books.stock.history(after=cursor(newest[0]), limit=limit)
                assert newer == page
                assert has_more == (page != pages[0])
                newest = newer

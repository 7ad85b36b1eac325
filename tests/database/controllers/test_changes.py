from decimal import Decimal
from typing import Any

import pytest

from bot.database.controllers.base import BaseController, ChangedRows
from bot.database.controllers.roles import RoleBindingController
from bot.database.models import Tombstone
from bot.database.models.base import NounRow
from bot.database.unit import UnitOfWork
from bot.services.stock import TakeStock, take_stock
from tests.database.books import GUILD, Warehouse, rows_of
from tests.database.controllers.test_base import item


async def changed(warehouse: Warehouse, since: int, limit: int = 100) -> ChangedRows[Any]:
    async with warehouse.db.look_up(warehouse.admin) as books:
        return await books.items.list_changed(since, limit)


async def test_a_row_names_the_record_that_last_changed_it(warehouse: Warehouse) -> None:
    async def create(uow: UnitOfWork) -> list[int]:
        made = [await uow.items.create(**item("X-1")), *await uow.items.bulk_create([item("X-2")])]
        assert [row.changed_record for row in made] == [uow.scope.record] * 2
        return [row.id for row in made]

    async def update(uow: UnitOfWork) -> None:
        assert (await uow.items.update_by_id(ids[0], unit="kg")).changed_record == uow.scope.record
        await uow.items.bulk_update([((ids[1],), {"unit": "kg"})])

    ids = await warehouse.change(create)
    assert [row.changed_record for row in (await changed(warehouse, 1)).rows] == [2, 2]
    await warehouse.change(update)
    assert [row.changed_record for row in (await changed(warehouse, 2)).rows] == [3, 3]
    assert (await changed(warehouse, 3)) == ChangedRows([], [], 3)


async def test_a_deleted_row_leaves_a_tombstone_even_when_its_key_is_used_again(
    warehouse: Warehouse,
) -> None:
    async def delete(uow: UnitOfWork) -> None:
        assert await uow.role_bindings.delete_by_id(111, 11)

    async def bind(uow: UnitOfWork) -> None:
        await uow.role_bindings.create(discord_role_id=111, role_id=11)

    for work in (delete, bind):
        await warehouse.change(work)
    async with warehouse.db.look_up(warehouse.admin) as books:
        since = await books.role_bindings.list_changed(1)
    assert [(row.key, row.record) for row in since.deleted] == [("111/11", 2)]
    assert [(row.role_id, row.changed_record) for row in since.rows] == [(11, 3)]
    await warehouse.change(lambda uow: uow.role_bindings.delete_all(role_id=11))
    async with warehouse.db.look_up(warehouse.admin) as books:
        since = await books.role_bindings.list_changed(1)
    assert [(row.key, row.record) for row in since.deleted] == [("111/11", 4)]
    assert not since.rows
    assert len(await rows_of(warehouse.db, Tombstone, GUILD)) == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 100])
async def test_a_cursor_meets_every_change_once_and_cuts_no_record_in_two(
    warehouse: Warehouse, limit: int
) -> None:
    async def create(uow: UnitOfWork) -> None:
        number = uow.scope.record
        await uow.items.bulk_create([item(f"X-{number}-{n}") for n in range(number % 4 + 1)])

    async def delete(uow: UnitOfWork) -> None:
        await uow.items.delete_by_id(100)
        await uow.items.delete_by_id(104)

    for work in (create, create, create, create, delete, create):
        await warehouse.change(work)
    everything = await changed(warehouse, 0)
    assert everything.through == 7
    assert [row.record for row in everything.deleted] == [6, 6]
    rows: list[Any] = []
    deleted: list[Any] = []
    since = 0
    while since < everything.through:
        page = await changed(warehouse, since, limit)
        assert page.through > since
        assert page.rows or page.deleted
        rows += page.rows
        deleted += page.deleted
        since = page.through
    assert [row.id for row in rows] == [row.id for row in everything.rows]
    assert deleted == list(everything.deleted)


async def test_moving_stock_changes_no_row_of_the_catalogue(warehouse: Warehouse) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    moved = await warehouse.put(bolt, 5, shelf)
    taken = TakeStock(item=bolt.id, quantity=Decimal(1), location=shelf.id)
    await warehouse.run(take_stock, taken)
    assert not (await changed(warehouse, moved.record - 1)).rows


def test_every_noun_says_which_record_changed_it() -> None:
    nouns = {c for c in all_controllers(BaseController) if issubclass(c.model, NounRow)}
    assert RoleBindingController in nouns
    assert len({controller.noun for controller in nouns}) == len(nouns)


def all_controllers(family: type[BaseController[Any]]) -> list[type[BaseController[Any]]]:
    own = [family] if hasattr(family, "model") else []
    return own + [found for each in family.__subclasses__() for found in all_controllers(each)]

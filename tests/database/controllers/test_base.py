from decimal import Decimal
from typing import Any

import pytest

from bot.database.controllers.base import MAX_ROWS
from bot.database.models import Item, Role, RoleBinding
from bot.database.unit import UnitOfWork
from bot.domain.names import key_of
from bot.domain.permissions import DEFAULT_ROLES
from bot.errors import AlreadyExists, NotFound
from tests.database.books import Warehouse, refusal, rows_of


def item(sku: str, **others: Any) -> dict[str, Any]:
    """Return the columns of an item that are not defaulted."""
    name = f"Name of {sku}"
    row = {"sku": sku, "sku_key": key_of(sku), "name": name, "name_key": key_of(name)}
    return row | others


async def test_a_created_row_reads_back_as_it_was_returned(warehouse: Warehouse) -> None:
    async def create(uow: UnitOfWork) -> Item:
        return await uow.items.create(**item("X-1", reorder_point=Decimal("2.500")))

    created = await warehouse.change(create)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        found = await books.items.get_by_id(created.id)
        assert found is not None
        assert found.model_dump() == created.model_dump()
        assert await books.items.require(created.id) is not found
    assert created.unit == "pcs"
    assert created.archived_at is None


async def test_ids_are_handed_out_by_the_book_one_after_the_other(warehouse: Warehouse) -> None:
    async def create(uow: UnitOfWork) -> list[int]:
        first = await uow.items.create(**item("X-1"))
        others = await uow.items.bulk_create([item("X-2"), item("X-3")])
        return [first.id, *(other.id for other in others)]

    ids = await warehouse.change(create)
    assert ids == [100, 101, 102]
    assert (await warehouse.add_item("X-4")).id == 103


async def test_a_missing_row_is_none_or_raises_not_found(warehouse: Warehouse) -> None:
    async with warehouse.db.look_up(warehouse.manager) as books:
        assert await books.items.get_by_id(999) is None
        assert await books.items.find_one(sku="X-9") is None
        assert await books.items.find_all(sku="X-9") == []
        assert not await books.items.exists(sku="X-9")
        assert await books.items.count(sku="X-9") == 0
        with pytest.raises(NotFound) as caught:
            await books.items.require(999)
        assert (caught.value.noun, caught.value.wanted) == ("item", "999")
        with pytest.raises(ValueError, match="zip"):
            await books.stock.get_by_id(1)


async def test_rows_are_found_by_the_values_of_their_columns(warehouse: Warehouse) -> None:
    first, second = await warehouse.add_item("X-1", unit="kg"), await warehouse.add_item("X-2")
    await warehouse.archive(second)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        items = books.items
        assert [row.id for row in await items.find_all()] == [first.id, second.id]
        assert [row.id for row in await items.find_all(archived_at=None)] == [first.id]
        assert [row.id for row in await items.find_all(unit="pcs")] == [second.id]
        assert [row.id for row in await items.find_all(limit=1)] == [first.id]
        found = await items.find_one(unit="kg", archived_at=None)
        assert found is not None
        assert found.id == first.id
        assert await items.find_one(unit="pcs", archived_at=None) is None
        assert await items.count() == 2
        assert await items.count(archived_at=None) == 1
        assert await items.exists(unit="kg")
        assert not await items.exists(unit="pcs", archived_at=None)


async def test_no_list_is_longer_than_its_bound(warehouse: Warehouse) -> None:
    async def fill(uow: UnitOfWork) -> None:
        await uow.items.bulk_create([item(f"X-{n}") for n in range(MAX_ROWS + 1)])

    await warehouse.change(fill)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        assert len(await books.items.find_all(limit=10**9)) == MAX_ROWS


async def test_an_update_changes_what_is_named_and_returns_the_row(warehouse: Warehouse) -> None:
    bolt, nut = await warehouse.add_item("BOLT"), await warehouse.add_item("NUT")

    async def update(uow: UnitOfWork) -> Item:
        return await uow.items.update_by_id(bolt.id, unit="kg", reorder_point=Decimal(5))

    updated = await warehouse.change(update)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        found = await books.items.require(bolt.id)
        assert (await books.items.require(nut.id)).model_dump() == nut.model_dump()
    assert found.model_dump() == updated.model_dump()
    assert found.model_dump() == bolt.model_dump() | {
        "unit": "kg",
        "reorder_point": Decimal(5),
        "changed_record": updated.changed_record,
    }

    async def clear(uow: UnitOfWork) -> Item:
        return await uow.items.update_by_id(bolt.id, reorder_point=None)

    assert (await warehouse.change(clear)).reorder_point is None


async def test_many_rows_are_updated_at_once(warehouse: Warehouse) -> None:
    bolt, nut = await warehouse.add_item("BOLT"), await warehouse.add_item("NUT")
    pin = await warehouse.add_item("PIN")

    async def update(uow: UnitOfWork) -> None:
        await uow.items.bulk_update([((bolt.id,), {"unit": "kg"}), ((nut.id,), {"unit": "m"})])
        await uow.items.bulk_update([])
        assert await uow.items.bulk_create([]) == []

    await warehouse.change(update)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        units = {row.id: row.unit for row in await books.items.find_all()}
    assert units == {bolt.id: "kg", nut.id: "m", pin.id: "pcs"}


async def test_one_row_is_deleted_once(warehouse: Warehouse) -> None:
    async def delete(uow: UnitOfWork) -> list[bool]:
        controller = uow.role_bindings
        return [await controller.delete_by_id(111, 11), await controller.delete_by_id(111, 11)]

    assert await warehouse.change(delete) == [True, False]
    async with warehouse.db.look_up(warehouse.manager) as books:
        assert len(await books.role_bindings.find_all()) == len(DEFAULT_ROLES) - 1


async def test_a_row_is_made_only_if_it_is_not_there(warehouse: Warehouse) -> None:
    async def get_or_create(uow: UnitOfWork) -> list[str]:
        made = [await uow.members.get_or_create(5, name=n, registered_at=uow.now) for n in "ab"]
        return [member.name for member in made]

    assert await warehouse.change(get_or_create) == ["a", "a"]


@pytest.mark.parametrize("by", ["create", "bulk_create", "update"])
async def test_a_value_that_is_taken_already_exists(warehouse: Warehouse, by: str) -> None:
    clash = {"sku": "bolt", "sku_key": "bolt"}
    await warehouse.add_item("BOLT")
    nut = await warehouse.add_item("NUT")

    async def change(uow: UnitOfWork) -> None:
        if by == "create":
            await uow.items.create(**(item("X-1") | clash))
        elif by == "bulk_create":
            await uow.items.bulk_create([item("X-1"), item("X-2") | clash])
        else:
            await uow.items.update_by_id(nut.id, **clash)

    async with refusal(warehouse.db, AlreadyExists) as caught:
        await warehouse.change(change)
    assert (caught.value.noun, caught.value.field) == ("item", "sku")
    if by != "bulk_create":
        assert caught.value.value == clash["sku"]


async def test_names_of_places_roles_and_bindings_are_taken_once(warehouse: Warehouse) -> None:
    await warehouse.add_shelf("A1")

    async def place(uow: UnitOfWork) -> None:
        await uow.locations.create(name="a1", name_key="a1")

    async def role(uow: UnitOfWork) -> None:
        await uow.roles.create(name="Admin", name_key="admin", permissions=frozenset())

    async def binding(uow: UnitOfWork) -> None:
        await uow.role_bindings.create(discord_role_id=111, role_id=11)

    for noun, work in {"location": place, "role": role, "binding": binding}.items():
        async with refusal(warehouse.db, AlreadyExists) as caught:
            await warehouse.change(work)
        assert caught.value.noun == noun


async def test_an_update_of_a_missing_row_raises_not_found(warehouse: Warehouse) -> None:
    async def update(uow: UnitOfWork) -> Role:
        return await uow.roles.update_by_id(999, name="x")

    async with refusal(warehouse.db, NotFound) as caught:
        await warehouse.change(update)
    assert caught.value.noun == "role"


async def test_a_reading_scope_changes_nothing(warehouse: Warehouse) -> None:
    bolt = await warehouse.add_item()
    db = warehouse.db
    for name, arguments in {
        "create": ((), item("X-1")),
        "bulk_create": (([item("X-1")],), {}),
        "update_by_id": ((bolt.id,), {"unit": "kg"}),
        "bulk_update": (([((bolt.id,), {"unit": "kg"})],), {}),
        "delete_by_id": ((bolt.id,), {}),
        "get_or_create": ((999,), item("X-1")),
    }.items():
        positional, named = arguments
        async with refusal(db, RuntimeError) as caught, db.look_up(warehouse.admin) as books:
            await getattr(books.items, name)(*positional, **named)
        assert "reading scope" in str(caught.value)


async def test_statements_are_built_once(warehouse: Warehouse) -> None:
    bolt = await warehouse.add_item()
    built: list[set[Any]] = []

    async def use(uow: UnitOfWork) -> None:
        controller = uow.items
        for n in range(3):
            await controller.get_by_id(bolt.id)
            await controller.find_one(sku=f"X-{n}")
            await controller.find_all(limit=n + 1, archived_at=None)
            await controller.paginate(after=bolt.id + n, limit=n + 1, order_by="sku_key")
            await controller.paginate(before=bolt.id + n, limit=n + 1, order_by="sku_key")
            await controller.count(unit=f"{n}")
            await controller.exists(unit=f"{n}")
            created = await controller.create(**item(f"Y-{n}"))
            await controller.update_by_id(created.id, unit=f"{n}")
            await controller.bulk_update([((created.id,), {"unit": "kg"})])
            await controller.delete_by_id(created.id)
            await controller.search(f"bo{n}")
            built.append(set(type(controller)._statements))

    await warehouse.change(use)
    assert built[0] == built[1] == built[2]


async def test_all_rows_that_match_are_deleted_and_no_others(warehouse: Warehouse) -> None:
    async def delete(uow: UnitOfWork) -> tuple[int, int]:
        for discord_role_id, role_id in ((1, 11), (1, 12), (2, 11)):
            await uow.role_bindings.create(discord_role_id=discord_role_id, role_id=role_id)
        left = await uow.role_bindings.delete_all(discord_role_id=1)
        return left, await uow.role_bindings.delete_all(discord_role_id=1)

    before = len(await rows_of(warehouse.db, RoleBinding, warehouse.guild_id))
    assert await warehouse.change(delete) == (2, 0)
    after = await rows_of(warehouse.db, RoleBinding, warehouse.guild_id)
    assert len(after) == before + 1


async def test_deleting_all_rows_of_a_table_is_refused(warehouse: Warehouse) -> None:
    async with refusal(warehouse.db, AssertionError):
        await warehouse.change(lambda uow: uow.role_bindings.delete_all())

"""Two guilds with the same people, ids, SKUs and names, and different quantities."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from bot.database.models import Item
from bot.database.service import DatabaseService
from bot.database.unit import Books, UnitOfWork
from bot.domain.stock import InsufficientStock
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import NotAllowed, NotFound
from bot.services.profiles import RegisterMember, register_member
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import TakeStock, take_stock
from tests.database.books import (
    GUILD,
    OTHER_GUILD,
    Snapshot,
    Warehouse,
    refusal,
    require_sound_books,
    snapshot,
)

Twins = tuple[Warehouse, Warehouse]


@pytest_asyncio.fixture
async def twins(db: DatabaseService) -> Twins:
    """Two guilds that differ in nothing but their id and what lies there."""
    here, there = await Warehouse.open(db, GUILD), await Warehouse.open(db, OTHER_GUILD)
    for warehouse, quantity in ((here, 5), (there, 70)):
        item, shelf = await warehouse.add_item("BOLT-8"), await warehouse.add_shelf("A1")
        assert (item.id, shelf.id) == (100, 101)
        await warehouse.put(item, quantity, shelf)
        person = RegisterMember(name=f"Ann {quantity}", email=f"ann{quantity}@example.com")
        await warehouse.run(register_member, person, warehouse.manager)
    await there.add_item("NUT-8")
    await there.add_shelf("B2")
    return here, there


def rows_of_guild(tables: Snapshot, guild_id: int) -> Snapshot:
    return {name: [row for row in rows if row[0] == guild_id] for name, rows in tables.items()}


async def see_everything(books: Books) -> list[Any]:
    """Call every reading method of every controller, as widely as it goes."""
    seen: list[Any] = []
    for name in ("items", "locations", "roles", "role_bindings", "members", "guilds", "audit",
                 "receipts", "outbox_lanes", "role_assignments"):  # fmt: skip
        controller: Any = getattr(books, name)
        seen += await controller.find_all()
        seen += [await controller.find_one(), await controller.count(), await controller.exists()]
    for searched in (books.items, books.locations):
        seen += (await searched.paginate(limit=100)).rows
        seen += (await searched.paginate(before=10**6, limit=100)).rows
        for typed in ("", "bolt", "nut", "b", "a1", "b2", "the nut-8", "nutt"):
            seen += await searched.search(typed)
            seen.append(await searched.find_by_name(typed))
    seen += [await books.items.get_by_id(n) for n in (100, 102, 103)]
    stock = books.stock
    seen += await stock.levels_of_item(100) + await stock.levels_at_location(101)
    seen += (await stock.history(limit=100))[0] + (await stock.history(actor_id=923, limit=100))[0]
    for record in range(1, 10):
        seen += await stock.moves_of_record(record)
    seen += await stock.recent_item_ids(923)
    seen.append(await stock.line("BOLT-8", "A1", VirtualLocation.CUSTOMER))
    seen.append(await books.audit.newest_reversible(923))
    seen += (await books.members.paginate_by_name(None, limit=100)).rows
    seen += (await books.members.paginate_by_name(11, limit=100)).rows
    seen += [
        await books.members.get_many([923]),
        await books.role_assignments.list_of_people([923]),
    ]
    seen += await books.audit.list_records_by(923, 100)
    seen += await books.audit.list_records_about("item", 100, 100)
    seen += await books.receipts.list_answered(923, "put_stock")
    seen.append(await stock.last_location(100, 923, "put"))
    return seen


async def test_nothing_that_is_read_changes_when_the_other_guild_does(twins: Twins) -> None:
    here, there = twins
    async with here.db.look_up(here.admin) as books:
        before = [repr(thing) for thing in await see_everything(books)]
    item = await there.add_item("SCREW", name="b2")
    await there.put(item, 1, await there.add_shelf("A0"))
    await there.archive(await there.add_item("BOLT-80"))
    async with here.db.look_up(here.admin) as books:
        assert [repr(thing) for thing in await see_everything(books)] == before


async def test_what_is_read_is_the_guilds_own(twins: Twins) -> None:
    for warehouse, quantity in zip(twins, (5, 70), strict=True):
        async with warehouse.db.look_up(warehouse.admin) as books:
            seen = await see_everything(books)
            line = await books.stock.line("BOLT-8", "A1", VirtualLocation.CUSTOMER)
        assert line.source.level == quantity
        ids = {thing.guild_id for thing in seen if hasattr(thing, "guild_id")}
        assert ids == {warehouse.guild_id}


async def test_what_only_the_other_guild_has_is_not_found(twins: Twins) -> None:
    here, there = twins
    (nut,) = [row for row in await _items(there) if row.sku == "NUT-8"]
    async with here.db.look_up(here.admin) as books:
        for reference in (nut.id, "NUT-8", "the nut-8"):
            with pytest.raises(NotFound) as caught:
                await books.stock.item(reference)
            assert not caught.value.suggestions
        page = await books.items.paginate(after=nut.id)
        assert not page.rows


@pytest.mark.parametrize("method", ["update_by_id", "bulk_update", "delete_by_id"])
async def test_a_change_by_the_same_id_spares_the_other_guild(twins: Twins, method: str) -> None:
    here, there = twins
    untouched = rows_of_guild(await snapshot(here.db), OTHER_GUILD)

    async def change(uow: UnitOfWork) -> None:
        place = await uow.locations.create(name="C3", name_key="c3")
        match method:
            case "update_by_id":
                await uow.items.update_by_id(100, sku="CHANGED", sku_key="changed")
            case "bulk_update":
                await uow.items.bulk_update([((100,), {"unit": "kg"})])
            case _:
                assert await uow.locations.delete_by_id(place.id)

    await here.change(change)
    assert rows_of_guild(await snapshot(here.db), OTHER_GUILD) == untouched
    await require_sound_books(here.db, GUILD)
    await require_sound_books(there.db, OTHER_GUILD)


async def test_the_guild_of_a_row_cannot_be_named(twins: Twins) -> None:
    here, _ = twins

    async def create(uow: UnitOfWork) -> None:
        await uow.role_bindings.create(guild_id=OTHER_GUILD, discord_role_id=1, role_id=15)

    async def move(uow: UnitOfWork) -> None:
        await uow.items.update_by_id(100, guild_id=OTHER_GUILD)

    for work in (create, move):
        async with refusal(here.db, AssertionError):
            await here.change(work)
    async with here.db.look_up(here.admin) as books:
        for look in (books.items.find_one, books.items.find_all, books.items.count):
            with pytest.raises(AssertionError):
                await look(guild_id=OTHER_GUILD)


async def test_record_numbers_and_stock_are_counted_per_guild(twins: Twins) -> None:
    here, there = twins
    request = TakeStock(item="BOLT-8", quantity=Decimal(6), location="A1")
    last = await require_sound_books(there.db, OTHER_GUILD)
    assert (await there.run(take_stock, request)).record == last + 1
    async with refusal(here.db, InsufficientStock) as caught:
        await here.run(take_stock, request)
    assert caught.value.available == 5
    assert await require_sound_books(here.db, GUILD) == 5


async def test_a_record_of_the_other_guild_cannot_be_taken_back(twins: Twins) -> None:
    here, there = twins
    last = await require_sound_books(there.db, OTHER_GUILD)
    async with refusal(here.db, NotFound):
        await here.run(reverse_record, ReverseRecord(record=last), here.admin)


async def test_a_key_of_the_other_guild_is_another_key(twins: Twins) -> None:
    here, there = twins
    taken = TakeStock(item=100, quantity=Decimal(1), location=101)
    first = await here.run(take_stock, taken, key="same")
    second = await there.run(take_stock, taken, key="same")
    assert first.lines[0].source.after == 4
    assert second.lines[0].source.after == 69


async def test_a_right_in_one_guild_is_none_in_the_other(twins: Twins) -> None:
    here, there = twins

    async def unbind(uow: UnitOfWork) -> None:
        await uow.role_bindings.delete_by_id(112, 12)

    await there.change(unbind)
    request = TakeStock(item=100, quantity=Decimal(1), location=101)
    await here.run(take_stock, request)
    async with refusal(here.db, NotAllowed):
        await there.run(take_stock, request)
    visitor = replace(here.employee, guild_id=OTHER_GUILD)
    async with refusal(here.db, NotAllowed):
        await here.run(take_stock, request, visitor)


async def _items(warehouse: Warehouse) -> list[Item]:
    async with warehouse.db.look_up(warehouse.admin) as books:
        return await books.items.find_all()

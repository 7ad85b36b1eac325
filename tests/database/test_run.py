import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from bot.database.models import Book, Guild, Location, Role
from bot.database.operations import Query
from bot.database.service import DatabaseService
from bot.database.unit import Books, UnitOfWork
from bot.domain.actors import Actor
from bot.domain.permissions import DEFAULT_ROLES, OWNER_PERMISSIONS
from bot.domain.rights import Need
from bot.domain.stock import InsufficientStock
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import BrokenBooks, NotAllowed
from bot.services.stock import TakeStock, take_stock
from tests.database.books import (
    GUILD,
    OTHER_GUILD,
    Warehouse,
    recorded,
    refusal,
    require_sound_books,
    rows_of,
    snapshot,
)

OWNER = Actor(guild_id=GUILD, user_id=900, is_owner=True)


class Boom(Exception):  # it is thrown to see what stays
    pass


async def change_everything(uow: UnitOfWork) -> None:
    """Touch rows of several tables, queue a move and say that rights changed."""
    await uow.items.update_by_id(100, unit="kg")
    await uow.role_bindings.delete_by_id(112, 12)
    await uow.members.create(user_id=1, name="x", registered_at=uow.now)
    uow.stock.post(await uow.stock.line(100, 101, VirtualLocation.CUSTOMER), Decimal(1))


@pytest.mark.parametrize("error", [Boom, InsufficientStock, TypeError, asyncio.CancelledError])
async def test_whatever_is_raised_nothing_is_changed(
    warehouse: Warehouse, error: type[BaseException]
) -> None:
    await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    details = ("BOLT-8", "pcs", "A1", 1, 2) if error is InsufficientStock else ()

    async def fail(uow: UnitOfWork) -> None:
        await change_everything(uow)
        raise error(*details)

    before = await snapshot(warehouse.db)
    with pytest.raises(error):
        await warehouse.change(fail)
    assert await snapshot(warehouse.db) == before
    await warehouse.change(change_everything)
    await require_sound_books(warehouse.db)


async def test_a_refused_stranger_opens_no_book(db: DatabaseService) -> None:
    stranger = Actor(guild_id=GUILD, user_id=1)
    async with refusal(db, NotAllowed, snapshot) as caught:
        await db.run(take_stock, TakeStock(item="X", quantity=Decimal(1)), stranger, "key")
    assert caught.value.permissions == ("stock.move",)
    assert not any((await snapshot(db)).values())


async def test_the_first_change_opens_the_book_with_all_that_belongs_to_it(
    db: DatabaseService,
) -> None:
    async def change(uow: UnitOfWork) -> None:
        await uow.members.create(user_id=uow.actor.user_id, name="x", registered_at=uow.now)

    people = [replace(OWNER, user_id=900 + n) for n in range(5)]
    await asyncio.gather(*(db.run(recorded(change), None, who, str(who.user_id)) for who in people))
    assert await require_sound_books(db) == 5
    (settings,) = await rows_of(db, Guild, GUILD)
    roles = await rows_of(db, Role, GUILD)
    assert settings.undo_minutes == 15
    assert settings.default_role_id == next(role.id for role in roles if role.name == "employee")
    assert {role.name: role.permissions for role in roles} == {
        role.name: role.permissions for role in DEFAULT_ROLES
    }
    places = {row.id for row in await rows_of(db, Location, GUILD)}
    assert places == set(VirtualLocation)


async def test_a_change_without_a_record_is_not_committed(warehouse: Warehouse) -> None:
    await warehouse.add_item()

    async def forget(uow: UnitOfWork) -> None:
        await uow.items.update_by_id(100, unit="kg")

    silent = replace(recorded(forget), function=lambda uow, _: forget(uow))
    async with refusal(warehouse.db, BrokenBooks, snapshot):
        await warehouse.run(silent, None, warehouse.owner)


async def test_a_record_without_a_change_is_not_committed(warehouse: Warehouse) -> None:
    async def look(uow: UnitOfWork) -> None:
        await uow.items.find_all()

    async with refusal(warehouse.db, BrokenBooks, snapshot):
        await warehouse.change(look)


async def test_one_operation_makes_one_record(warehouse: Warehouse) -> None:
    async def twice(uow: UnitOfWork) -> None:
        await change_member(uow)
        uow.record("test.changed", subject_type="test", subject_id=None, subject="")

    async with refusal(warehouse.db, RuntimeError, snapshot):
        await warehouse.change(twice)


async def test_an_action_that_is_not_declared_is_not_recorded(warehouse: Warehouse) -> None:
    async def misnamed(uow: UnitOfWork) -> None:
        await change_member(uow)
        uow.record("test.chnaged", subject_type="test", subject_id=None, subject="")

    async with refusal(warehouse.db, LookupError):
        await warehouse.change(misnamed)


async def change_member(uow: UnitOfWork) -> None:
    await uow.members.get_or_create(1, name="x", registered_at=uow.now)


async def test_a_level_that_moved_behind_the_books_back_is_found_out(warehouse: Warehouse) -> None:
    await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())

    async def tamper(uow: UnitOfWork) -> None:
        line = await uow.stock.line(100, 101, VirtualLocation.CUSTOMER)
        await uow.scope.connection.execute(text("UPDATE stock_level SET quantity = quantity + 1"))
        uow.stock.post(line, Decimal(1))

    async with refusal(warehouse.db, BrokenBooks, snapshot):
        await warehouse.change(tamper)


async def test_a_head_that_moved_behind_the_books_back_is_found_out(warehouse: Warehouse) -> None:
    async def tamper(uow: UnitOfWork) -> None:
        await change_member(uow)
        await uow.scope.connection.execute(text("UPDATE book SET last_record = last_record + 1"))

    async with refusal(warehouse.db, BrokenBooks, snapshot):
        await warehouse.change(tamper)


async def test_a_transaction_within_another_is_refused_at_once(warehouse: Warehouse) -> None:
    db = warehouse.db

    async def look(books: Books, _: None) -> None:
        await books.items.find_all()

    async def read() -> None:
        async with db.look_up(warehouse.viewer) as books:
            await books.items.find_all()

    doors: list[Callable[[], Awaitable[object]]] = [
        lambda: warehouse.change(change_member),
        lambda: db.query(Query("look", look, Need(("item.view",))), None, warehouse.viewer),
        read,
        lambda: db.maintenance.write(lambda connection: connection.execute(text("SELECT 1"))),
    ]
    for door in doors:

        async def nest(uow: UnitOfWork, door: Callable[[], Awaitable[object]] = door) -> None:
            await change_member(uow)
            await door()

        async with refusal(db, RuntimeError, snapshot) as caught:
            await warehouse.change(nest)
        assert "within a transaction" in str(caught.value)
        with pytest.raises(RuntimeError, match="within a transaction"):
            async with db.look_up(warehouse.viewer):
                await door()
    for door in doors:
        await door()


async def test_moves_are_posted_within_run_alone(warehouse: Warehouse) -> None:
    await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    async with (
        refusal(warehouse.db, RuntimeError, snapshot),
        warehouse.db.look_up(warehouse.admin) as books,
    ):
        books.stock.post(await books.stock.line(100, 101, VirtualLocation.CUSTOMER), Decimal(1))


async def test_jobs_are_notified_of_what_was_committed_and_of_nothing_else(
    warehouse: Warehouse,
) -> None:
    told: list[int] = []
    warehouse.db.on_commit.append(told.append)

    async def fail(uow: UnitOfWork) -> None:
        await change_member(uow)
        raise Boom

    with pytest.raises(Boom):
        await warehouse.change(fail)
    assert told == []
    await warehouse.change(change_member)
    assert told == [GUILD]


async def test_a_guild_with_a_book_says_nothing_of_one_without(warehouse: Warehouse) -> None:
    await warehouse.add_item()
    elsewhere = Warehouse(warehouse.db, OTHER_GUILD)
    async with warehouse.db.look_up(elsewhere.owner) as books:
        assert books.rights.permissions == OWNER_PERMISSIONS
    assert await rows_of(warehouse.db, Book, OTHER_GUILD) == []

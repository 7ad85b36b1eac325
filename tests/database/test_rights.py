from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from bot.database.engine import DatabaseSettings
from bot.database.operations import Operation, Query, operation, query
from bot.database.rights import RightsExplained
from bot.database.service import DatabaseService
from bot.database.unit import Books, UnitOfWork
from bot.domain.actors import Actor, system_actor
from bot.domain.permissions import DEFAULT_ROLES, OWNER_PERMISSIONS, PERMISSIONS
from bot.domain.rights import Need, Rights
from bot.errors import NotAllowed
from bot.services.stock import AdjustStock, PutStock, TakeStock, adjust_stock, put_stock, take_stock
from tests.database.books import GUILD, Warehouse, refusal
from tests.database.clock import Clock

ROLES = {role.name: role for role in DEFAULT_ROLES}


@pytest_asyncio.fixture
async def second(database_url: str, clock: Clock) -> AsyncIterator[DatabaseService]:
    """Another process on the same database."""
    service = DatabaseService(DatabaseSettings(database_url), clock=clock)
    yield service
    await service.close()


async def rights_of(db: DatabaseService, actor: Actor) -> Rights:
    async with db.look_up(actor) as books:
        return books.rights


async def bind(warehouse: Warehouse, discord_role_id: int, role: str) -> None:
    async def change(uow: UnitOfWork) -> None:
        await uow.role_bindings.create(discord_role_id=discord_role_id, role_id=ROLES[role].id)

    await warehouse.change(change)


async def assign(warehouse: Warehouse, actor: Actor, role: str) -> None:
    async def change(uow: UnitOfWork) -> None:
        await uow.role_assignments.create(
            user_id=actor.user_id,
            role_id=ROLES[role].id,
            assigned_at=uow.now,
            assigned_by=uow.actor.user_id,
        )

    await warehouse.change(change)


async def deactivate(warehouse: Warehouse, actor: Actor) -> None:
    async def change(uow: UnitOfWork) -> None:
        await uow.members.get_or_create(actor.user_id, name="x", registered_at=uow.now)
        await uow.members.update_by_id(actor.user_id, deactivated_at=uow.now)

    await warehouse.change(change)


@pytest.mark.parametrize("name", ROLES)
async def test_who_holds_a_bound_role_holds_its_permissions(
    warehouse: Warehouse, name: str
) -> None:
    rights = await rights_of(warehouse.db, warehouse.holding(name))
    assert rights.permissions == ROLES[name].permissions
    assert rights.role_ids == {ROLES[name].id}


async def test_the_system_holds_everything_and_no_member_without_an_id_does(
    warehouse: Warehouse,
) -> None:
    system = system_actor(GUILD, "job")
    assert (await rights_of(warehouse.db, system)).permissions == frozenset(PERMISSIONS)
    for source in ("discord", "http", "job"):
        nameless = Actor(guild_id=GUILD, user_id=system.user_id, source=source)
        assert (await rights_of(warehouse.db, nameless)).permissions == frozenset()


async def test_permissions_are_the_union_of_all_that_is_bound_or_assigned(
    warehouse: Warehouse,
) -> None:
    both = replace(
        warehouse.auditor,
        discord_role_ids=warehouse.auditor.discord_role_ids | {100 + ROLES["employee"].id, 5555},
    )
    union = ROLES["auditor"].permissions | ROLES["employee"].permissions
    assert (await rights_of(warehouse.db, both)).permissions == union
    joined = replace(both, joined_at=warehouse.db.clock())
    await assign(warehouse, joined, "manager")
    union |= ROLES["manager"].permissions
    assert (await rights_of(warehouse.db, joined)).permissions == union


async def test_a_member_without_roles_has_what_everyone_has(warehouse: Warehouse) -> None:
    stranger = replace(warehouse.stranger, discord_role_ids=frozenset({GUILD}))
    assert (await rights_of(warehouse.db, stranger)).permissions == frozenset()
    await bind(warehouse, GUILD, "viewer")
    assert (await rights_of(warehouse.db, stranger)).permissions == ROLES["viewer"].permissions
    nobody = replace(stranger, discord_role_ids=frozenset())
    assert (await rights_of(warehouse.db, nobody)).permissions == frozenset()


async def test_a_role_that_is_lost_is_lost_at_the_next_click(warehouse: Warehouse) -> None:
    await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    request = TakeStock(item="BOLT-8", quantity=Decimal(1), location="A1")
    await warehouse.run(take_stock, request)
    async with refusal(warehouse.db, NotAllowed):
        await warehouse.run(
            take_stock, request, replace(warehouse.employee, discord_role_ids=frozenset({GUILD}))
        )


async def test_an_assignment_counts_since_the_person_last_joined(warehouse: Warehouse) -> None:
    now = warehouse.db.clock()
    person = Actor(guild_id=GUILD, user_id=1, joined_at=now)
    await assign(warehouse, person, "employee")
    for joined_at, counts in {
        now: True,
        now - timedelta(days=1): True,
        now + timedelta(microseconds=1): False,
        now + timedelta(days=1): False,
    }.items():
        rights = await rights_of(warehouse.db, replace(person, joined_at=joined_at))
        assert rights.holds("stock.move") == counts
    # Discord did not say when they joined: then nothing says that it counts.
    assert not (await rights_of(warehouse.db, replace(person, joined_at=None))).permissions


async def test_a_deactivated_person_may_nothing(warehouse: Warehouse) -> None:
    await deactivate(warehouse, warehouse.manager)
    rights = await rights_of(warehouse.db, replace(warehouse.manager, is_administrator=True))
    assert rights.is_deactivated
    assert not rights.permissions
    async with refusal(warehouse.db, NotAllowed) as caught:
        await warehouse.run(take_stock, TakeStock(item="X", quantity=Decimal(1)), warehouse.manager)
    assert caught.value.reason == "deactivated"


async def test_the_owner_cannot_be_deactivated_and_always_lets_others_in(
    warehouse: Warehouse,
) -> None:
    await deactivate(warehouse, warehouse.owner)
    rights = await rights_of(warehouse.db, warehouse.owner)
    assert rights.permissions == OWNER_PERMISSIONS
    assert rights.may_grant(frozenset(PERMISSIONS))
    working = replace(warehouse.owner, discord_role_ids=warehouse.employee.discord_role_ids)
    expected = OWNER_PERMISSIONS | ROLES["employee"].permissions
    assert (await rights_of(warehouse.db, working)).permissions == expected


async def test_an_administrator_founds_a_guild_once_and_implies_nothing(
    warehouse: Warehouse,
) -> None:
    administrator = replace(warehouse.stranger, is_administrator=True)

    async def touch(uow: UnitOfWork, _: None) -> None:
        uow.record("test.changed", subject_type="test", subject_id=None, subject="")
        await uow.guilds.update_by_id(set_up_at=uow.now)

    need = ("settings.manage", "role.manage")
    founding = Operation("test.touch", touch, Need(all_of=need, is_founding=True))
    async with refusal(warehouse.db, NotAllowed):
        await warehouse.run(Operation("test.touch", touch, Need(all_of=need)), None, administrator)
    async with refusal(warehouse.db, NotAllowed):
        await warehouse.run(founding, None, warehouse.stranger)
    await warehouse.run(founding, None, administrator)
    async with refusal(warehouse.db, NotAllowed) as caught:
        await warehouse.run(founding, None, administrator)
    assert caught.value.permissions == need
    assert not (await rights_of(warehouse.db, administrator)).permissions


async def test_what_another_process_grants_or_takes_counts_at_the_next_statement(
    warehouse: Warehouse, second: DatabaseService
) -> None:
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    request = PutStock(item=item.id, quantity=Decimal(1), location=shelf.id)
    there = Warehouse(second, GUILD)
    visitor = replace(warehouse.stranger, discord_role_ids=frozenset({777}))
    for _ in range(2):
        # The other process knows the rights as they were, by writing and by reading.
        async with refusal(second, NotAllowed):
            await there.run(put_stock, request, visitor)
        assert not (await rights_of(second, visitor)).permissions
        await bind(warehouse, 777, "employee")
        assert (await rights_of(second, visitor)).holds("stock.move")
        await there.run(put_stock, request, visitor)

        async def unbind(uow: UnitOfWork) -> None:
            await uow.role_bindings.delete_by_id(777, ROLES["employee"].id)

        await warehouse.change(unbind)


TOUCHING: dict[str, Callable[[UnitOfWork], Awaitable[Any]]] = {
    "role": lambda uow: uow.roles.update_by_id(12, permissions=frozenset()),
    "roles": lambda uow: uow.roles.bulk_update([((12,), {"permissions": frozenset()})]),
    "binding": lambda uow: uow.role_bindings.delete_by_id(112, 12),
    "bindings": lambda uow: uow.role_bindings.delete_all(role_id=12),
    "member": lambda uow: uow.members.create(user_id=922, deactivated_at=uow.now),
}


@pytest.mark.parametrize("name", TOUCHING)
async def test_no_operation_has_to_say_that_it_changes_rights(
    warehouse: Warehouse, name: str
) -> None:
    assert (await rights_of(warehouse.db, warehouse.employee)).holds("stock.move")
    await warehouse.change(TOUCHING[name])
    assert not (await rights_of(warehouse.db, warehouse.employee)).holds("stock.move")


async def test_what_is_no_right_leaves_the_rights_version_alone(warehouse: Warehouse) -> None:
    async def touch(uow: UnitOfWork) -> None:
        await uow.members.create(user_id=922, name="Ann", name_key="ann")
        await uow.members.update_by_id(922, language="de")
        await uow.guilds.update_by_id(undo_minutes=20)

    async def version(uow: UnitOfWork) -> int:
        await touch(uow)
        return uow.head.rights_version

    assert await warehouse.change(version) == 2
    async with warehouse.db.look_up(warehouse.employee) as books:
        assert books.head.rights_version == 2


async def test_a_change_of_rights_that_was_rolled_back_never_counted(warehouse: Warehouse) -> None:
    async def fail(uow: UnitOfWork) -> None:
        await uow.role_bindings.create(discord_role_id=777, role_id=15)
        raise ZeroDivisionError

    visitor = replace(warehouse.stranger, discord_role_ids=frozenset({777}))
    async with refusal(warehouse.db, ZeroDivisionError):
        await warehouse.change(fail)
    assert not (await rights_of(warehouse.db, visitor)).permissions
    await bind(warehouse, 777, "viewer")
    assert (await rights_of(warehouse.db, visitor)).permissions == ROLES["viewer"].permissions


async def test_each_operation_asks_for_its_own_right(warehouse: Warehouse) -> None:
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    counted = AdjustStock(item=item.id, location=shelf.id, counted=Decimal(5), reason="count")
    taken = TakeStock(item=item.id, quantity=Decimal(1), location=shelf.id)
    for person in (warehouse.stranger, warehouse.viewer, warehouse.employee, warehouse.auditor):
        async with refusal(warehouse.db, NotAllowed) as caught:
            await warehouse.run(adjust_stock, counted, person)
        assert caught.value.permissions == ("stock.adjust",)
    await warehouse.run(adjust_stock, counted, warehouse.manager)
    for person in (warehouse.stranger, warehouse.viewer, warehouse.auditor, warehouse.owner):
        async with refusal(warehouse.db, NotAllowed):
            await warehouse.run(take_stock, taken, person)


async def test_each_controller_asks_for_its_view_permission_when_it_is_touched(
    warehouse: Warehouse,
) -> None:
    async with warehouse.db.look_up(warehouse.stranger) as books:
        for name in ("items", "locations", "stock", "roles", "role_bindings", "members", "audit",
                     "guilds", "receipts", "role_assignments", "outbox_lanes"):  # fmt: skip
            with pytest.raises(NotAllowed):
                getattr(books, name)
    async with warehouse.db.look_up(warehouse.viewer) as books:
        assert await books.items.count() == 0
        assert await books.stock.count() == 0
        for private in ("roles", "members", "audit", "role_assignments", "receipts"):
            with pytest.raises(NotAllowed):
                getattr(books, private)
    async with warehouse.db.look_up(warehouse.auditor) as books:
        assert await books.audit.count() == 1
        assert await books.members.count() == 0


async def test_a_query_asks_for_its_right(warehouse: Warehouse) -> None:
    async def count(books: Books, _: None) -> int:
        return await books.audit.count()

    counting = Query("count", count, Need(("audit.view",)))
    assert await warehouse.db.query(counting, None, warehouse.auditor) == 1
    with pytest.raises(NotAllowed) as caught:
        await warehouse.db.query(counting, None, warehouse.employee)
    assert caught.value.permissions == ("audit.view",)


async def explained(warehouse: Warehouse, person: Actor) -> RightsExplained:
    async def explain(books: Books, _: None) -> RightsExplained:
        return await books.explain_rights(person)

    return await warehouse.db.query(Query("explain", explain, Need()), None, person)


async def test_what_everyone_may_do_needs_no_role(warehouse: Warehouse) -> None:
    async def name(books: Books, _: None) -> int:
        return books.actor.user_id

    harmless = Query("name", name, Need())
    await deactivate(warehouse, warehouse.manager)
    for person in (warehouse.stranger, warehouse.manager):
        assert await warehouse.db.query(harmless, None, person) == person.user_id


def test_every_operation_declares_a_right_or_that_it_is_for_everyone() -> None:
    for declare in (partial(operation, "test.declared"), query):
        with pytest.raises(AssertionError):
            declare()
        with pytest.raises(AssertionError):
            declare(permission="stock.view", everyone=True)


async def test_rights_are_the_union_of_the_grants_that_explain_them(warehouse: Warehouse) -> None:
    now = warehouse.db.clock()
    member = replace(
        warehouse.auditor,
        discord_role_ids=warehouse.auditor.discord_role_ids | {100 + ROLES["employee"].id},
        joined_at=now,
    )
    await bind(warehouse, GUILD, "viewer")
    await assign(warehouse, member, "manager")
    people = [
        member,
        replace(member, joined_at=now + timedelta(days=1)),
        replace(member, is_owner=True),
        warehouse.stranger,
        warehouse.owner,
    ]
    for person in people:
        says = await explained(warehouse, person)
        counting = [grant for grant in says.grants if not grant.is_expired]
        rights = await rights_of(warehouse.db, person)
        assert says.rights == rights
        assert frozenset().union(*(grant.permissions for grant in counting)) == rights.permissions
    ways = {
        (grant.through, grant.is_expired)
        for grant in (await explained(warehouse, people[1])).grants
    }
    assert ways == {("discord role", False), ("everyone", False), ("assignment", True)}


async def test_a_deactivated_persons_grants_are_named_and_bring_nothing(
    warehouse: Warehouse,
) -> None:
    await deactivate(warehouse, warehouse.manager)
    says = await explained(warehouse, warehouse.manager)
    assert [grant.role_id for grant in says.grants] == [ROLES["manager"].id]
    assert says.rights.is_deactivated
    assert not says.rights.permissions


async def test_rights_in_another_guild_are_not_explained(warehouse: Warehouse) -> None:
    other = replace(warehouse.manager, guild_id=GUILD + 1)

    async def explain(books: Books, _: None) -> RightsExplained:
        return await books.explain_rights(other)

    with pytest.raises(AssertionError):
        await warehouse.db.query(
            Query("explain", explain, Need(("people.view",))), None, warehouse.auditor
        )

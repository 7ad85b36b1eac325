"""People as others manage them: roles as a set, access off and on, lists, contact data."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.database.models import AuditEvent, Member, RoleAssignment
from bot.domain.actors import Actor
from bot.domain.members import (
    AccessKept,
    AlreadyActive,
    AlreadyDeactivated,
    DeactivationExceeded,
    MemberLeft,
    MemberUnchanged,
    ReactivationExceeded,
)
from bot.domain.permissions import DEFAULT_ROLES
from bot.domain.roles import GrantExceeded
from bot.errors import NamesUnknown, NotAllowed, NotFound
from bot.services.member_roles import GetMemberRoles, SetRoles, get_member_roles, set_roles
from bot.services.people import (
    DeactivatePerson,
    GetPerson,
    ListPeople,
    ReactivatePerson,
    deactivate_person,
    get_person,
    list_people,
    reactivate_person,
)
from bot.services.profiles import RegisterMember, register_member
from bot.services.role_permissions import SetPermissions, set_permissions
from bot.services.roles import BindRole, bind_role
from bot.services.stock import TakeStock, take_stock
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, rows_of
from tests.database.clock import Clock

IDS = {role.name: role.id for role in DEFAULT_ROLES}
ANN, MAIL = 5001, "ann@example.com"


def ann(clock: Clock) -> Actor:
    """Return a member who joined yesterday and has no Discord role."""
    joined_at = clock.now - timedelta(days=1)
    held = frozenset({GUILD})
    return Actor(guild_id=GUILD, user_id=ANN, discord_role_ids=held, joined_at=joined_at)


def roles(*names: int | str, user_id: int = ANN, actor: Actor | None = None) -> SetRoles:
    joined_at = actor.joined_at if actor else None
    return SetRoles(user_id=user_id, roles=names, name="Ann", joined_at=joined_at)


async def held(warehouse: Warehouse, user_id: int = ANN) -> set[int]:
    rows = await rows_of(warehouse.db, RoleAssignment, GUILD)
    return {row.role_id for row in rows if row.user_id == user_id}


async def test_roles_are_replaced_as_a_whole(warehouse: Warehouse) -> None:
    await warehouse.run(set_roles, roles("Viewer", IDS["employee"]), warehouse.admin)
    changed = await warehouse.run(set_roles, roles(" MANAGER ", "viewer"), warehouse.admin)
    assert await held(warehouse) == {IDS["manager"], IDS["viewer"]}
    (change,) = changed.changes
    assert (change.before, change.after) == ("employee, viewer", "manager, viewer")
    await warehouse.run(set_roles, roles(), warehouse.admin)
    assert await held(warehouse) == set()
    await require_sound_books(warehouse.db)


async def test_one_unknown_role_and_nothing_changes_and_all_of_them_are_named(
    warehouse: Warehouse,
) -> None:
    await warehouse.run(set_roles, roles("viewer"), warehouse.admin)
    async with refusal(warehouse.db, NamesUnknown) as caught:
        await warehouse.run(set_roles, roles("manager", "boss", "king", "boss"), warehouse.admin)
    assert caught.value.names == ("boss", "king")
    async with refusal(warehouse.db, NotFound):
        await warehouse.run(set_roles, roles(IDS["manager"], 4711), warehouse.admin)
    async with refusal(warehouse.db, MemberUnchanged):
        await warehouse.run(set_roles, roles("viewer"), warehouse.admin)


@pytest.mark.both_engines
async def test_of_many_sets_at_once_the_result_is_exactly_one(warehouse: Warehouse) -> None:
    await warehouse.run(set_roles, roles("auditor"), warehouse.admin)
    names = ("viewer", "employee", "manager", "admin")
    wanted = [
        tuple(IDS[name] for bit, name in enumerate(names) if number & 1 << bit)
        for number in range(16)
    ]
    await asyncio.gather(
        *(warehouse.run(set_roles, roles(*chosen), warehouse.admin) for chosen in wanted)
    )
    events = await rows_of(warehouse.db, AuditEvent, GUILD)
    assert len(events) == 1 + 1 + len(wanted)
    assert await held(warehouse) in [set(chosen) for chosen in wanted]
    await require_sound_books(warehouse.db)


async def people_manager(warehouse: Warehouse) -> Actor:
    """Return an auditor who may manage people, and holds nothing else that changes anything."""
    more = ("people.view", "people.manage")
    request = SetPermissions(role="auditor", permissions=more, area="people")
    await warehouse.run(set_permissions, request, warehouse.admin)
    return warehouse.auditor


async def test_people_grant_and_take_what_they_hold(warehouse: Warehouse) -> None:
    manager = await people_manager(warehouse)
    await warehouse.run(set_roles, roles("manager", "viewer"), warehouse.admin)
    for chosen in (("manager", "admin"), ("manager", "viewer", "employee"), ("viewer",)):
        async with refusal(warehouse.db, GrantExceeded) as caught:
            await warehouse.run(set_roles, roles(*chosen), manager)
        assert caught.value.is_taken == (chosen == ("viewer",))
    # What was there stays without being granted again.
    await warehouse.run(set_roles, roles("manager"), manager)
    assert await held(warehouse) == {IDS["manager"]}


async def test_reactivating_gives_back_no_more_than_the_actor_holds(warehouse: Warehouse) -> None:
    manager, admin = await people_manager(warehouse), warehouse.admin
    held_by_admin = tuple(admin.discord_role_ids)
    off = DeactivatePerson(user_id=admin.user_id, reason="x", discord_role_ids=held_by_admin)
    async with refusal(warehouse.db, DeactivationExceeded) as kept:
        await warehouse.run(deactivate_person, off, manager)
    assert "role.manage" in kept.value.missing
    await warehouse.run(deactivate_person, off, warehouse.owner)
    on = ReactivatePerson(
        user_id=admin.user_id, discord_role_ids=tuple(admin.discord_role_ids), joined_at=None
    )
    async with refusal(warehouse.db, ReactivationExceeded) as caught:
        await warehouse.run(reactivate_person, on, manager)
    assert "role.manage" in caught.value.missing
    assert "people.manage" not in caught.value.missing
    await warehouse.run(reactivate_person, on, warehouse.owner)


async def test_the_owner_grants_anything(warehouse: Warehouse) -> None:
    bind = BindRole(discord_role_id=77, role="auditor")
    await people_manager(warehouse)
    await warehouse.run(bind_role, bind, warehouse.owner)
    owner = replace(warehouse.owner, discord_role_ids=frozenset({77}))
    await warehouse.run(set_roles, roles("admin"), owner)
    assert await held(warehouse) == {IDS["admin"]}


async def test_choosing_an_expired_role_renews_it_for_those_who_may_grant_it(
    warehouse: Warehouse, clock: Clock
) -> None:
    manager = await people_manager(warehouse)
    await warehouse.run(set_roles, roles("manager"), warehouse.admin)
    clock.advance(days=3)
    person = ann(clock)
    before = await warehouse.db.query(get_member_roles, GetMemberRoles(person=person), manager)
    assert before.held_ids == frozenset()
    async with refusal(warehouse.db, GrantExceeded):
        await warehouse.run(set_roles, roles("manager", actor=person), manager)
    await warehouse.run(set_roles, roles("manager", actor=person), warehouse.admin)
    after = await warehouse.db.query(get_member_roles, GetMemberRoles(person=person), manager)
    assert after.held_ids == {IDS["manager"]}


@pytest.mark.both_engines
async def test_a_record_of_roles_says_only_what_holds(warehouse: Warehouse, clock: Clock) -> None:
    await warehouse.run(set_roles, roles("employee", "viewer"), warehouse.admin)
    clock.advance(days=3)
    back = ann(clock)
    changed = await warehouse.run(set_roles, roles("employee", actor=back), warehouse.admin)
    assert [(each.before, each.after) for each in changed.changes] == [("", "employee")]
    shown = await warehouse.db.query(get_member_roles, GetMemberRoles(person=back), warehouse.admin)
    assert shown.held_ids == {IDS["employee"]}


async def test_who_left_is_given_nothing_and_loses_what_is_left(warehouse: Warehouse) -> None:
    await warehouse.run(set_roles, roles("viewer"), warehouse.admin)
    for names in (("viewer",), ("viewer", "employee")):
        async with refusal(warehouse.db, MemberLeft):
            gone = replace(roles(*names), has_left=True)
            await warehouse.run(set_roles, gone, warehouse.admin)
    await warehouse.run(set_roles, replace(roles(), has_left=True), warehouse.admin)
    assert await held(warehouse) == set()


async def test_a_role_given_while_discords_clock_is_ahead_counts(
    warehouse: Warehouse, clock: Clock
) -> None:
    person = replace(ann(clock), joined_at=clock.now + timedelta(seconds=30))
    await warehouse.run(set_roles, roles("viewer", actor=person), warehouse.admin)
    prepared = await warehouse.db.query(
        get_member_roles, GetMemberRoles(person=person), warehouse.admin
    )
    assert prepared.held_ids == {IDS["viewer"]}


async def test_deactivating_takes_every_right_until_reactivated(warehouse: Warehouse) -> None:
    await warehouse.put(await warehouse.add_item(), 5, await warehouse.add_shelf())
    person = warehouse.employee
    off = DeactivatePerson(user_id=person.user_id, reason=" left  the team ", name="Em")
    await warehouse.run(deactivate_person, off, warehouse.admin)
    take = TakeStock(item="BOLT-8", quantity=Decimal(1), location="A1")
    async with refusal(warehouse.db, NotAllowed) as caught:
        await warehouse.run(take_stock, take, person)
    assert caught.value.reason == "deactivated"
    async with refusal(warehouse.db, AlreadyDeactivated):
        await warehouse.run(deactivate_person, off, warehouse.admin)
    on = ReactivatePerson(user_id=person.user_id, discord_role_ids=(), joined_at=None)
    await warehouse.run(reactivate_person, on, warehouse.admin)
    await warehouse.run(take_stock, take, person)
    async with refusal(warehouse.db, AlreadyActive):
        await warehouse.run(reactivate_person, on, warehouse.admin)
    await require_sound_books(warehouse.db)


async def test_neither_oneself_nor_the_owner_nor_the_program_is_deactivated(
    warehouse: Warehouse,
) -> None:
    admin = warehouse.admin
    for request in (
        DeactivatePerson(user_id=admin.user_id, reason="x"),
        DeactivatePerson(user_id=warehouse.owner.user_id, reason="x", is_owner=True),
        DeactivatePerson(user_id=4711, reason="x", is_program=True),
    ):
        async with refusal(warehouse.db, AccessKept):
            await warehouse.run(deactivate_person, request, admin)


async def test_rights_are_those_that_the_product_names(warehouse: Warehouse, clock: Clock) -> None:
    await warehouse.run(register_member, RegisterMember(name="Ann"), ann(clock))
    changes: list[tuple[Any, Any]] = [
        (set_roles, roles("viewer")),
        (deactivate_person, DeactivatePerson(user_id=ANN, reason="x")),
        (reactivate_person, ReactivatePerson(user_id=ANN, discord_role_ids=(), joined_at=None)),
    ]
    for person in (warehouse.stranger, warehouse.employee, warehouse.manager, warehouse.auditor):
        for operation, request in changes:
            async with refusal(warehouse.db, NotAllowed):
                await warehouse.run(operation, request, person)
    for person in (warehouse.stranger, warehouse.employee):
        async with refusal(warehouse.db, NotAllowed):
            await warehouse.db.query(list_people, ListPeople(), person)
        async with refusal(warehouse.db, NotAllowed):
            await warehouse.db.query(get_person, GetPerson(person=ann(clock)), person)


async def test_an_address_is_whole_for_who_manages_people_alone(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.run(register_member, RegisterMember(name="Ann", email=MAIL), ann(clock))
    for person, seen in ((warehouse.admin, MAIL), (warehouse.auditor, "a***@e***.com")):
        shown = await warehouse.db.query(get_person, GetPerson(person=ann(clock)), person)
        assert shown.email == seen
    (row,) = await rows_of(warehouse.db, Member, GUILD)
    assert "ann" not in row.email
    assert row.email.startswith("s1.")


@pytest.mark.both_engines
@pytest.mark.parametrize("role", [None, "viewer"])
async def test_people_are_listed_by_name_both_ways(warehouse: Warehouse, role: str | None) -> None:
    # Three of each name, so that pages end amid one; the second half was not given the role.
    names = [f"Person {number // 3:02}" for number in range(26)]
    for number, name in reversed(list(enumerate(names))):
        chosen = ("viewer",) if number < 13 else ("employee",)
        request = replace(roles(*chosen, user_id=6000 + number), name=name)
        await warehouse.run(set_roles, request, warehouse.admin)
    expected = [6000 + number for number in range(26 if role is None else 13)]
    seen: list[int] = []
    turn = ListPeople(role=role)
    while True:
        page = (await warehouse.db.query(list_people, turn, warehouse.auditor)).page
        seen += [row.user_id for row in page.rows]
        if not page.has_next:
            break
        turn = ListPeople(role=role, after=seen[-1])
    assert seen == expected
    back = ListPeople(role=role, before=seen[12])
    page = (await warehouse.db.query(list_people, back, warehouse.auditor)).page
    assert [row.user_id for row in page.rows] == expected[2:12]

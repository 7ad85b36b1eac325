"""People on both engines: registering, roles by name, shutting out, erasing."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.database.models import AuditEvent, Member, Receipt, RoleAssignment
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.permissions import DEFAULT_ROLES
from bot.errors import (
    CannotDeactivate,
    GrantExceeded,
    InvalidValue,
    NamesUnknown,
    NotAllowed,
    NothingToDo,
    NotRegistered,
)
from bot.services.guilds import SetSetting, set_setting
from bot.services.items import AddItem, add_item
from bot.services.people import (
    DeactivateMember,
    ListPeople,
    ReactivateMember,
    SetRoles,
    ShowMember,
    deactivate_member,
    list_people,
    reactivate_member,
    set_roles,
    show_member,
)
from bot.services.profiles import (
    ChangeEmail,
    EraseMyself,
    RegisterMember,
    ShowProfile,
    change_email,
    erase_myself,
    export_myself,
    register_member,
    show_profile,
)
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, rows_of
from tests.database.clock import Clock

EMAIL = "ann@example.com"
IDS = {role.name: role.id for role in DEFAULT_ROLES}


def newcomer(warehouse: Warehouse, clock: Clock) -> Actor:
    """Somebody who joined just now and holds nothing."""
    return replace(warehouse.stranger, joined_at=clock.now)


async def register(warehouse: Warehouse, actor: Actor, email: str | None = None) -> Any:
    return await warehouse.run(register_member, RegisterMember(name="Ann", email=email), actor)


async def roles_of(db: DatabaseService, user_id: int) -> set[int]:
    rows = await rows_of(db, RoleAssignment, GUILD)
    return {row.role_id for row in rows if row.user_id == user_id}


async def holds(warehouse: Warehouse, actor: Actor, permission: str) -> bool:
    async with warehouse.db.reading(actor) as books:
        return books.rights.holds(permission)


async def test_registering_makes_a_member_with_the_default_role(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    changed = await register(warehouse, ann, EMAIL)
    assert {c.field: c.after for c in changed.changes} == {
        "email": "a***@e***.com", "role": "employee",
    }  # fmt: skip
    assert await holds(warehouse, ann, "stock.move")
    assert await roles_of(db, ann.user_id) == {IDS["employee"]}


async def test_registering_twice_changes_nothing(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    await register(warehouse, ann)
    async with refusal(db, NothingToDo):
        await register(warehouse, ann, "other@example.com")


async def test_registering_many_times_at_once_makes_one_member(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    outcomes = await asyncio.gather(
        *(register(warehouse, ann) for _ in range(12)), return_exceptions=True
    )
    assert sum(isinstance(outcome, NothingToDo) for outcome in outcomes) == 11
    assert len(await rows_of(db, Member, GUILD)) == 1


async def test_without_a_default_role_nobody_gets_one(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    setting = SetSetting(name="default_role", value="none")
    await warehouse.run(set_setting, setting, warehouse.admin)
    ann = newcomer(warehouse, clock)
    await register(warehouse, ann)
    assert await roles_of(db, ann.user_id) == set()
    async with refusal(db, NothingToDo):
        await register(warehouse, ann)


async def test_who_left_and_came_back_registers_anew_to_get_the_role_back(
    warehouse: Warehouse, clock: Clock
) -> None:
    ann = newcomer(warehouse, clock)
    await register(warehouse, ann)
    clock.advance(hours=1)
    back = replace(ann, joined_at=clock.now)
    assert not await holds(warehouse, back, "stock.move")
    clock.advance(hours=1)
    await register(warehouse, back)
    assert await holds(warehouse, back, "stock.move")


@pytest.mark.parametrize("typed", ["nobody", "a@b", "<@1>@x.com"])
async def test_what_is_no_address_is_refused(
    warehouse: Warehouse, clock: Clock, db: DatabaseService, typed: str
) -> None:
    ann = newcomer(warehouse, clock)
    async with refusal(db, InvalidValue):
        await register(warehouse, ann, typed)
    await register(warehouse, ann)
    async with refusal(db, InvalidValue):
        await warehouse.run(change_email, ChangeEmail(email=typed), ann)


async def test_an_address_is_changed_and_removed_by_oneself(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    async with refusal(db, NotRegistered):
        await warehouse.run(change_email, ChangeEmail(email=EMAIL), ann)
    await register(warehouse, ann)
    await warehouse.run(change_email, ChangeEmail(email=EMAIL), ann)
    async with refusal(db, NothingToDo):
        await warehouse.run(change_email, ChangeEmail(email=EMAIL), ann)
    shown = await db.read(show_profile, ShowProfile(), ann)
    assert shown.member is not None
    assert shown.member.email == EMAIL
    await warehouse.run(change_email, ChangeEmail(email=" None "), ann)
    shown = await db.read(show_profile, ShowProfile(), ann)
    assert shown.member is not None
    assert shown.member.email is None


async def test_an_address_is_whole_for_oneself_and_who_manages_people_alone(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    await register(warehouse, ann, EMAIL)
    about = ShowMember(person=ann)
    assert (await db.read(show_member, about, warehouse.admin)).email == EMAIL
    assert (await db.read(show_member, about, warehouse.manager)).email == "a***@e***.com"
    for actor in (warehouse.employee, warehouse.stranger):
        with pytest.raises(NotAllowed):
            await db.read(show_member, about, actor)
    for model in (Member, AuditEvent, Receipt):
        assert EMAIL not in repr(await rows_of(db, model, GUILD))


async def test_a_set_of_roles_replaces_the_one_before(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    await register(warehouse, ann)
    request = SetRoles(user_id=ann.user_id, roles=("Manager", "viewer"))
    changed = await warehouse.run(set_roles, request, warehouse.admin)
    assert [(c.before, c.after) for c in changed.changes] == [("employee", "viewer, manager")]
    assert await roles_of(db, ann.user_id) == {IDS["manager"], IDS["viewer"]}
    await warehouse.run(set_roles, SetRoles(user_id=ann.user_id, roles=()), warehouse.admin)
    assert await roles_of(db, ann.user_id) == set()
    async with refusal(db, NothingToDo):
        await warehouse.run(set_roles, SetRoles(user_id=ann.user_id, roles=()), warehouse.admin)


async def test_roles_that_are_not_there_are_named_and_nothing_changes(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    request = SetRoles(user_id=5, roles=("viewer", "pirate", "4711"))
    async with refusal(db, NamesUnknown) as caught:
        await warehouse.run(set_roles, request, warehouse.admin)
    assert caught.value.names == ("pirate", "4711")


async def test_people_grant_only_what_they_hold(warehouse: Warehouse, db: DatabaseService) -> None:
    async def let_manage(uow: Any) -> None:
        uow.rights_changed()
        role = await uow.roles.create(
            name="hr", name_key="hr", permissions=frozenset({"people.manage", "people.view"})
        )
        await uow.role_bindings.create(discord_role_id=555, role_id=role.id)

    await warehouse.change(let_manage)
    hr = replace(warehouse.stranger, user_id=77, discord_role_ids=frozenset({GUILD, 555}))
    async with refusal(db, GrantExceeded):
        await warehouse.run(set_roles, SetRoles(user_id=5, roles=("viewer",)), hr)
    await warehouse.run(set_roles, SetRoles(user_id=5, roles=("hr",)), hr)
    await warehouse.run(set_roles, SetRoles(user_id=5, roles=("hr", "viewer")), warehouse.admin)
    await warehouse.run(set_roles, SetRoles(user_id=5, roles=("hr",)), hr)
    for actor in (warehouse.manager, warehouse.owner):
        async with refusal(db, NotAllowed):
            await warehouse.run(set_roles, SetRoles(user_id=5, roles=()), actor)


async def test_of_many_sets_at_once_one_stands_whole(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    names = [role.name for role in DEFAULT_ROLES]
    sets = [tuple(names[i] for i in range(5) if n >> i & 1) for n in range(1, 17)]
    await asyncio.gather(
        *(
            warehouse.run(set_roles, SetRoles(user_id=5, roles=chosen), warehouse.admin)
            for chosen in sets
        )
    )
    assert await roles_of(db, 5) in [{IDS[name] for name in chosen} for chosen in sets]
    await require_sound_books(db)


async def test_who_is_deactivated_has_no_right_until_reactivated(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    manager = warehouse.manager
    request = DeactivateMember(user_id=manager.user_id, reason="left the company", name="Mia")
    await warehouse.run(deactivate_member, request, warehouse.admin)
    assert not await holds(warehouse, manager, "stock.view")
    async with refusal(db, NotAllowed) as caught:
        await warehouse.run(add_item, AddItem(sku="X", name="X"), manager)
    assert caught.value.reason == "deactivated"
    async with refusal(db, NotAllowed):
        await register(warehouse, manager)
    async with refusal(db, NothingToDo):
        await warehouse.run(deactivate_member, request, warehouse.admin)
    back = ReactivateMember(user_id=manager.user_id)
    await warehouse.run(reactivate_member, back, warehouse.admin)
    assert await holds(warehouse, manager, "stock.view")
    async with refusal(db, NothingToDo):
        await warehouse.run(reactivate_member, back, warehouse.admin)


async def test_the_owner_and_oneself_cannot_be_deactivated(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    owner = DeactivateMember(user_id=warehouse.owner.user_id, reason="coup", is_owner=True)
    myself = DeactivateMember(user_id=warehouse.admin.user_id, reason="tired")
    for request, who in ((owner, "owner"), (myself, "oneself")):
        async with refusal(db, CannotDeactivate) as caught:
            await warehouse.run(deactivate_member, request, warehouse.admin)
        assert caught.value.who == who


async def test_erasing_leaves_the_id_alone_and_the_chain_whole(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    await register(warehouse, ann, EMAIL)
    await warehouse.run(erase_myself, EraseMyself(user_id=ann.user_id), ann)
    assert await rows_of(db, Member, GUILD) == []
    assert await roles_of(db, ann.user_id) == set()
    assert not await holds(warehouse, ann, "stock.move")
    for model in (AuditEvent, Receipt):
        written = repr(await rows_of(db, model, GUILD))
        assert EMAIL not in written
        assert "Ann" not in written
    await require_sound_books(db)
    async with refusal(db, NotRegistered):
        await warehouse.run(erase_myself, EraseMyself(user_id=ann.user_id), ann)


async def test_erasing_is_no_way_back_in_for_who_was_deactivated(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    await register(warehouse, ann, EMAIL)
    request = DeactivateMember(user_id=ann.user_id, reason="stole")
    await warehouse.run(deactivate_member, request, warehouse.admin)
    await warehouse.run(erase_myself, EraseMyself(user_id=ann.user_id), ann)
    (row,) = await rows_of(db, Member, GUILD)
    assert (row.name, row.email) == ("", None)
    async with refusal(db, NotAllowed):
        await register(warehouse, ann)


async def test_an_export_holds_all_that_is_kept(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    ann = newcomer(warehouse, clock)
    changed = await register(warehouse, ann, EMAIL)
    exported = await db.read(export_myself, ShowProfile(), ann)
    kept = json.loads(exported)
    assert kept["profile"]["name"] == "Ann"
    assert kept["profile"]["email"] == EMAIL
    assert kept["roles_given_by_name"] == ["employee"]
    assert kept["records"] == [changed.record]


async def test_people_are_listed_page_by_page_and_by_role(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    for number in range(1, 13):
        actor = replace(newcomer(warehouse, clock), user_id=number)
        await register(warehouse, actor)
    request = SetRoles(user_id=3, roles=("viewer",))
    await warehouse.run(set_roles, request, warehouse.admin)
    first = await db.read(list_people, ListPeople(), warehouse.auditor)
    assert [row.user_id for row in first.page.rows] == list(range(1, 11))
    second = await db.read(list_people, ListPeople(after=10), warehouse.auditor)
    assert [row.user_id for row in second.page.rows] == [11, 12]
    back = await db.read(list_people, ListPeople(before=11), warehouse.auditor)
    assert [row.user_id for row in back.page.rows] == list(range(1, 11))
    only = await db.read(list_people, ListPeople(role="VIEWER"), warehouse.auditor)
    assert [row.user_id for row in only.page.rows] == [3]
    assert only.role_names == {3: ("viewer",)}
    with pytest.raises(NotAllowed):
        await db.read(list_people, ListPeople(), warehouse.employee)


async def test_an_assignment_is_renewed_by_setting_the_same_roles(
    warehouse: Warehouse, clock: Clock
) -> None:
    ann = newcomer(warehouse, clock)
    await register(warehouse, ann)
    clock.advance(hours=1)
    back = replace(ann, joined_at=clock.now + timedelta(minutes=1))
    clock.advance(hours=1)
    assert not await holds(warehouse, back, "stock.move")
    request = SetRoles(user_id=ann.user_id, roles=("employee",))
    await warehouse.run(set_roles, request, warehouse.admin)
    assert await holds(warehouse, back, "stock.move")

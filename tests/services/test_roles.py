import asyncio
from dataclasses import replace
from typing import Any

import pytest

import bot.services
from bot.database.models import AuditEvent, Role, RoleBinding
from bot.database.unit import UnitOfWork
from bot.domain.permissions import DEFAULT_ROLES
from bot.domain.roles import DefaultRoleExceeded, EveryoneOnlyLooks, GrantExceeded, NotBound
from bot.errors import AlreadyExists, NamesUnknown, NotAllowed, NotFound, StaleVersion
from bot.interactions.registers import load_modules
from bot.services.guilds import SetSetting, set_setting
from bot.services.permissions import list_areas, list_offered
from bot.services.role_deletion import (
    DeleteRole,
    GetDeletionPreview,
    delete_role,
    get_deletion_preview,
)
from bot.services.role_permissions import SetPermissions, set_permissions
from bot.services.roles import (
    BindRole,
    CreateRole,
    ForgetDiscordRole,
    UnbindRole,
    bind_role,
    create_role,
    forget_discord_role,
    unbind_role,
)
from bot.views.audit.lines import audit_line
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, rows_of

load_modules(bot.services)  # with them all permissions that people see are known

IDS = {role.name: role.id for role in DEFAULT_ROLES}


async def permissions_of(warehouse: Warehouse, name: str) -> frozenset[str]:
    roles = await rows_of(warehouse.db, Role, GUILD)
    return next(frozenset(role.permissions) for role in roles if role.name == name)


async def test_permissions_are_replaced_as_a_whole(warehouse: Warehouse) -> None:
    wanted = ("stock.view", "audit.view")
    request = SetPermissions(role="viewer", permissions=wanted)
    changed = await warehouse.run(set_permissions, request, warehouse.admin, key="once")
    now = set(wanted)
    assert await permissions_of(warehouse, "viewer") == now
    assert changed.permissions == tuple(sorted(now))
    # The same request, delivered once more, finds its answer.
    assert await warehouse.run(set_permissions, request, warehouse.admin, key="once") == changed


async def test_one_unknown_name_and_nothing_changes_and_all_of_them_are_named(
    warehouse: Warehouse,
) -> None:
    names = ("stock.view", "stock.fly", "stock.move", "role.Manage", "stock.fly")
    request = SetPermissions(role="viewer", permissions=names)
    async with refusal(warehouse.db, NamesUnknown) as caught:
        await warehouse.run(set_permissions, request, warehouse.owner)
    assert caught.value.names == ("stock.fly", "role.Manage")


async def test_an_area_takes_no_names_of_another(warehouse: Warehouse) -> None:
    request = SetPermissions(role="viewer", permissions=("role.manage",), area="stock")
    async with refusal(warehouse.db, NamesUnknown):
        await warehouse.run(set_permissions, request, warehouse.owner)


@pytest.mark.both_engines
async def test_areas_replaced_at_once_are_all_replaced(warehouse: Warehouse) -> None:
    await warehouse.run(create_role, CreateRole(name="Night"), warehouse.admin)
    await asyncio.gather(
        *(
            warehouse.run(
                set_permissions,
                SetPermissions(role="night", permissions=names, area=area),
                warehouse.admin,
            )
            for area, names in list_areas().items()
        )
    )
    assert await permissions_of(warehouse, "Night") == set(list_offered())
    await require_sound_books(warehouse.db)


async def test_a_member_cannot_extend_a_role_that_they_hold(
    warehouse: Warehouse,
) -> None:
    more = SetPermissions(role="auditor", permissions=("role.manage",), area="people")
    await warehouse.run(set_permissions, more, warehouse.admin)
    for wanted in ("people.manage",):
        async with refusal(warehouse.db, GrantExceeded) as caught:
            await warehouse.run(
                set_permissions,
                SetPermissions(role="auditor", permissions=("role.manage", wanted), area="people"),
                warehouse.auditor,
            )
        assert caught.value.missing == (wanted,)
    async with refusal(warehouse.db, GrantExceeded):
        bind = BindRole(discord_role_id=100 + IDS["auditor"], role="admin")
        await warehouse.run(bind_role, bind, warehouse.auditor)


async def test_everyone_only_looks_then_and_later(warehouse: Warehouse) -> None:
    everyone = BindRole(discord_role_id=GUILD, role="viewer")
    await warehouse.run(bind_role, everyone, warehouse.owner)
    for permissions in (("stock.move",), ("stock.view", "audit.view")):
        async with refusal(warehouse.db, EveryoneOnlyLooks):
            request = SetPermissions(role="viewer", permissions=permissions)
            await warehouse.run(set_permissions, request, warehouse.owner)
    looks = SetPermissions(role="viewer", permissions=("stock.view",))
    await warehouse.run(set_permissions, looks, warehouse.owner)


async def test_a_role_is_made_once_whatever_its_case(warehouse: Warehouse) -> None:
    async with refusal(warehouse.db, AlreadyExists):
        await warehouse.run(create_role, CreateRole(name=" MANAGER "), warehouse.admin)
    for person in (warehouse.stranger, warehouse.manager, warehouse.auditor):
        async with refusal(warehouse.db, NotAllowed):
            await warehouse.run(create_role, CreateRole(name="Night"), person)


async def test_a_deleted_role_leaves_nothing_behind(warehouse: Warehouse) -> None:
    async def give(uow: UnitOfWork) -> None:
        for number in range(30):
            await uow.role_assignments.create(
                user_id=1000 + number, role_id=IDS["viewer"], assigned_at=uow.now, assigned_by=900
            )

    await warehouse.change(give)
    preview = await warehouse.db.query(
        get_deletion_preview, GetDeletionPreview(role="viewer"), warehouse.admin
    )
    assert (preview.people_count, len(preview.user_ids)) == (30, 20)
    stale = DeleteRole(role_id=IDS["viewer"], preview_token="another")
    async with refusal(warehouse.db, StaleVersion):
        await warehouse.run(delete_role, stale, warehouse.admin)
    request = replace(stale, preview_token=preview.preview_token)
    deleted = await warehouse.run(delete_role, request, warehouse.admin)
    people = next(change for change in deleted.changes if change.field == "people")
    assert people.before.endswith(", 1019 and 10 more")
    async with refusal(warehouse.db, NotFound):
        await warehouse.run(delete_role, request, warehouse.admin)
    await require_sound_books(warehouse.db)


@pytest.mark.both_engines
@pytest.mark.parametrize("times", [1, 2])
async def test_a_deleted_discord_role_is_removed_once(warehouse: Warehouse, times: int) -> None:
    request = ForgetDiscordRole(discord_role_id=100 + IDS["viewer"])
    for _ in range(times):
        # The same key gets the same answer.
        changed = await warehouse.run(
            forget_discord_role, request, warehouse.admin, key="role-deleted-1"
        )
        assert changed.record == 2
    async with refusal(warehouse.db, NotBound):
        await warehouse.run(forget_discord_role, request, warehouse.admin)
    left = {row.discord_role_id for row in await rows_of(warehouse.db, RoleBinding, GUILD)}
    assert left == {100 + role_id for role_id in IDS.values()} - {request.discord_role_id}


async def test_what_goes_with_a_role_is_posted_in_one_message(warehouse: Warehouse) -> None:
    async def give(uow: UnitOfWork) -> None:
        for number in range(200):
            discord_role_id = 2**60 + number
            await uow.role_bindings.create(discord_role_id=discord_role_id, role_id=IDS["admin"])
            await uow.role_assignments.create(
                user_id=discord_role_id, role_id=IDS["admin"], assigned_at=uow.now, assigned_by=900
            )

    await warehouse.change(give)
    wanted = GetDeletionPreview(role="admin")
    preview = await warehouse.db.query(get_deletion_preview, wanted, warehouse.owner)
    request = DeleteRole(role_id=preview.role.id, preview_token=preview.preview_token)
    await warehouse.run(delete_role, request, warehouse.owner)
    event = (await rows_of(warehouse.db, AuditEvent, GUILD))[-1]
    assert len(audit_line(AuditEvent(**event._asdict()))) < 2000


async def test_taking_away_needs_what_is_taken(warehouse: Warehouse) -> None:
    more = SetPermissions(role="auditor", permissions=("people.view", "role.manage"), area="people")
    await warehouse.run(set_permissions, more, warehouse.admin)
    unbind = UnbindRole(discord_role_id=100 + IDS["admin"], role="admin")
    less = SetPermissions(role="manager", permissions=("stock.view",), area="stock")
    preview = await warehouse.db.query(
        get_deletion_preview, GetDeletionPreview(role="admin"), warehouse.auditor
    )
    delete = DeleteRole(role_id=IDS["admin"], preview_token=preview.preview_token)
    taken: list[tuple[Any, Any]] = [
        (unbind_role, unbind),
        (set_permissions, less),
        (delete_role, delete),
    ]
    for operation, request in taken:
        async with refusal(warehouse.db, GrantExceeded) as caught:
            await warehouse.run(operation, request, warehouse.auditor)
        assert caught.value.is_taken
    await warehouse.run(delete_role, delete, warehouse.owner)


async def test_the_default_role_grants_at_most_what_employees_hold(warehouse: Warehouse) -> None:
    for name in ("manager", "auditor"):
        async with refusal(warehouse.db, DefaultRoleExceeded):
            change = SetSetting(name="default_role", value=name)
            await warehouse.run(set_setting, change, warehouse.owner)
    more = SetPermissions(role="employee", permissions=("audit.view",), area="server")
    async with refusal(warehouse.db, DefaultRoleExceeded) as caught:
        await warehouse.run(set_permissions, more, warehouse.owner)
    assert caught.value.beyond == ("audit.view",)
    await warehouse.run(set_setting, SetSetting(name="default_role", value="none"), warehouse.owner)
    await warehouse.run(set_permissions, more, warehouse.owner)


async def test_what_people_get_by_registering_is_changed_by_those_who_hold_it(
    warehouse: Warehouse,
) -> None:
    less = SetPermissions(role="auditor", permissions=("settings.manage",), area="server")
    await warehouse.run(set_permissions, less, warehouse.admin)
    for value in ("none", "viewer"):
        async with refusal(warehouse.db, GrantExceeded) as caught:
            change = SetSetting(name="default_role", value=value)
            await warehouse.run(set_setting, change, warehouse.auditor)
        assert "stock.move" in caught.value.missing

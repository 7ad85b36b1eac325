from pathlib import Path

import pytest

from bot.database.models import Guild, Role
from bot.database.unit import UnitOfWork
from bot.domain import permissions
from bot.domain.actors import system_actor
from bot.domain.permissions import Permission
from bot.errors import NothingToDo
from bot.services.role_defaults import ExtendDefaultRoles, extend_default_roles
from tests.database.books import GUILD, Warehouse, refusal, rows_of

SYSTEM = system_actor(GUILD, "job")
EXTEND = ExtendDefaultRoles()
# What a version after this one would add.
LATER = permissions.role_defaults_version() + 1
MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"


def plant(monkeypatch: pytest.MonkeyPatch, *later: Permission) -> None:
    """Declare permissions as a later version of the program would."""
    planted = (*permissions.DECLARED_PERMISSIONS, *later)
    monkeypatch.setattr(permissions, "DECLARED_PERMISSIONS", planted)


async def holders(warehouse: Warehouse, permission: str) -> set[str]:
    roles = await rows_of(warehouse.db, Role, GUILD)
    return {role.name for role in roles if permission in role.permissions}


async def test_default_roles_of_open_books_get_a_new_permission_once(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with refusal(warehouse.db, NothingToDo):
        await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    plant(monkeypatch, Permission("order.create", "orders", ("manager",), since=LATER))
    changed = await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert {change.field: change.after for change in changed.changes} == {
        "manager": "order.create",
        "admin": "order.create",
    }
    assert await holders(warehouse, "order.create") == {"manager", "admin"}
    async with refusal(warehouse.db, NothingToDo):
        await warehouse.run(extend_default_roles, EXTEND, SYSTEM)


async def test_what_people_changed_stays(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def change(uow: UnitOfWork) -> None:
        await uow.role_bindings.delete_all(role_id=15)
        await uow.roles.delete_by_id(15)
        await uow.roles.update_by_id(13, permissions=frozenset({"stock.view"}))

    async def remove(uow: UnitOfWork) -> None:
        await uow.roles.update_by_id(13, permissions=frozenset({"stock.view"}))

    await warehouse.change(change)
    plant(monkeypatch, Permission("order.create", "orders", ("manager",), since=LATER))
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    (manager,) = [r for r in await rows_of(warehouse.db, Role, GUILD) if r.name == "manager"]
    assert manager.permissions == {"stock.view", "order.create"}
    await warehouse.change(remove)
    plant(monkeypatch, Permission("order.approve", "orders", ("manager",), since=LATER + 1))
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert not await holders(warehouse, "order.create")
    assert await holders(warehouse, "order.approve") == {"manager"}


async def test_everyone_gets_nothing_but_looking(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await warehouse.change(lambda uow: uow.role_bindings.create(discord_role_id=GUILD, role_id=11))
    plant(
        monkeypatch,
        Permission("order.view", "orders", ("viewer", "employee"), since=LATER),
        Permission("price.view", "orders", ("viewer", "employee"), since=LATER),
    )
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert await holders(warehouse, "order.view") == {"viewer", "employee", "admin"}
    assert await holders(warehouse, "price.view") == {"employee", "admin"}


@pytest.mark.both_engines
async def test_what_registering_gives_never_grows_beyond_employee(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trim(uow: UnitOfWork) -> None:
        await uow.roles.update_by_id(13, permissions=frozenset({"stock.view"}))
        await uow.guilds.update_by_id(default_role_id=13)

    await warehouse.change(trim)
    plant(monkeypatch, Permission("order.approve", "orders", ("manager",), since=LATER))
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert await holders(warehouse, "order.approve") == {"admin"}


@pytest.mark.both_engines
async def test_new_books_start_with_the_newest_defaults(warehouse: Warehouse) -> None:
    (guild,) = await rows_of(warehouse.db, Guild, GUILD)
    assert guild.role_defaults_version == permissions.role_defaults_version()


def test_a_migration_schedules_every_later_version_of_the_defaults() -> None:
    """Books that are open when a permission is added would not get it otherwise."""
    written = "\n".join(path.read_text() for path in MIGRATIONS.glob("*.py"))
    for version in range(2, permissions.role_defaults_version() + 1):
        assert f"role_defaults_version < {version}" in written

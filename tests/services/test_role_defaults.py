from pathlib import Path

import pytest

from bot.database.models import Guild, Role
from bot.database.unit import UnitOfWork
from bot.domain import permissions
from bot.domain.actors import system_actor
from bot.domain.permissions import Permission
from bot.errors import NothingToDo
from bot.services.role_defaults import ExtendDefaultRoles, extend_default_roles
from bot.services.roles import CreateRole, create_role
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
    plant(monkeypatch, Permission("board.make", "orders", ("manager",), since=LATER))
    changed = await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert {change.field: change.after for change in changed.changes} == {
        "manager": "board.make",
        "admin": "board.make",
    }
    assert await holders(warehouse, "board.make") == {"manager", "admin"}
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
    plant(monkeypatch, Permission("board.make", "orders", ("manager",), since=LATER))
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    (manager,) = [r for r in await rows_of(warehouse.db, Role, GUILD) if r.name == "manager"]
    assert manager.permissions == {"stock.view", "board.make"}
    await warehouse.change(remove)
    plant(monkeypatch, Permission("board.drop", "orders", ("manager",), since=LATER + 1))
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert not await holders(warehouse, "board.make")
    assert await holders(warehouse, "board.drop") == {"manager"}


async def test_everyone_gets_nothing_but_looking(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def open_to_everyone(uow: UnitOfWork) -> None:
        await uow.roles.update_by_id(11, permissions=frozenset({"stock.view"}))
        await uow.role_bindings.create(discord_role_id=GUILD, role_id=11)

    await warehouse.change(open_to_everyone)
    plant(
        monkeypatch,
        Permission("order.view", "orders", ("viewer",), since=LATER),
        Permission("board.keep", "orders", ("viewer", "employee"), since=LATER),
    )
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert "viewer" in await holders(warehouse, "order.view")
    assert await holders(warehouse, "board.keep") == {"employee", "admin"}


@pytest.mark.both_engines
async def test_what_registering_gives_never_grows_beyond_employee(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trim(uow: UnitOfWork) -> None:
        await uow.roles.update_by_id(13, permissions=frozenset({"stock.view"}))
        await uow.guilds.update_by_id(default_role_id=13)

    await warehouse.change(trim)
    plant(monkeypatch, Permission("board.drop", "orders", ("manager",), since=LATER))
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert await holders(warehouse, "board.drop") == {"admin"}


async def open_as_of_version_two(warehouse: Warehouse) -> None:
    """Leave the books as a program before the roles for buying and paying opened them."""

    async def age(uow: UnitOfWork) -> None:
        for role_id in (16, 17):
            await uow.role_bindings.delete_all(role_id=role_id)
            await uow.roles.delete_by_id(role_id)
        await uow.guilds.update_by_id(role_defaults_version=2)

    await warehouse.change(age)


async def test_open_books_get_the_default_roles_of_a_later_version(warehouse: Warehouse) -> None:
    await open_as_of_version_two(warehouse)
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert await holders(warehouse, "order.create") == {"buyer", "manager", "admin"}
    assert await holders(warehouse, "payment.execute") == {"accountant", "admin"}
    assert "buyer" in await holders(warehouse, "stock.view")


async def test_a_role_that_has_the_name_of_a_new_one_stays_as_it_is(warehouse: Warehouse) -> None:
    await open_as_of_version_two(warehouse)
    own = CreateRole(name="Buyer", description="ours")
    await warehouse.run(create_role, own, warehouse.admin)
    await warehouse.run(extend_default_roles, EXTEND, SYSTEM)
    assert await holders(warehouse, "order.create") == {"manager", "admin"}
    assert await holders(warehouse, "payment.execute") == {"accountant", "admin"}


@pytest.mark.both_engines
async def test_new_books_start_with_the_newest_defaults(warehouse: Warehouse) -> None:
    (guild,) = await rows_of(warehouse.db, Guild, GUILD)
    assert guild.role_defaults_version == permissions.role_defaults_version()


def test_a_migration_schedules_every_later_version_of_the_defaults() -> None:
    """Books that are open when a permission is added would not get it otherwise."""
    written = "\n".join(path.read_text() for path in MIGRATIONS.glob("*.py"))
    for version in range(2, permissions.role_defaults_version() + 1):
        assert f"role_defaults_version < {version}" in written

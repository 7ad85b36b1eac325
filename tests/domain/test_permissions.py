import pytest

from bot.domain import permissions
from bot.domain.permissions import (
    DEFAULT_ROLES,
    EVERYONE_PERMISSIONS,
    OWNER_PERMISSIONS,
    PERMISSION_AREAS,
    PERMISSIONS,
    REGISTRATION_PERMISSIONS,
    Permission,
    defaults_of,
    may_everyone_hold,
    role_defaults_version,
)

COLUMNS = ("viewer", "employee", "buyer", "accountant", "manager", "auditor", "admin")
# The product's own table.
TABLE = """
| stock.view, item.view, supplier.view, report.view, order.view, request.view | x | x | x | x | x | x | x |
| stock.move, count.perform, supplier.propose, request.create, request.pick, order.receive, device.use | | x | x | | x | | x |
| order.create, price.edit | | | x | | x | | x |
| price.view | | | x | x | x | x | x |
| invoice.edit, payment.request, payment.execute | | | | x | | | x |
| stock.adjust, stock.reverse, stock.bulk, lot.control, item.manage, location.manage, count.approve, board.manage | | | | | x | | x |
| supplier.approve, supplier.suspend, order.approve, payment.approve | | | | | x | | x |
| stock.export | | | x | x | x | x | x |
| audit.view, people.view | | | | x | x | x | x |
| people.manage, role.manage, settings.manage | | | | | | | x |
"""  # noqa: E501


def table() -> dict[str, set[str]]:
    roles: dict[str, set[str]] = {name: set() for name in COLUMNS}
    for line in TABLE.strip().splitlines():
        names, *marks = (cell.strip() for cell in line.strip("|").split("|"))
        for role, mark in zip(COLUMNS, marks, strict=True):
            if mark:
                roles[role] |= set(names.split(", "))
    return roles


def test_the_default_roles_hold_what_the_table_says() -> None:
    assert {role.name: set(role.permissions) for role in DEFAULT_ROLES} == table()


def test_every_permission_is_in_the_table_and_no_other() -> None:
    assert set(PERMISSIONS) == table()["admin"]
    assert len(PERMISSIONS) == len(set(PERMISSIONS))


def test_each_permission_is_in_one_area_and_an_area_fits_a_menu() -> None:
    assert all(1 <= len(names) <= 25 for names in PERMISSION_AREAS.values())
    assert sorted(name for names in PERMISSION_AREAS.values() for name in names) == sorted(
        PERMISSIONS
    )


def test_everyone_may_hold_six_permissions_and_no_other() -> None:
    assert {"stock.view", "item.view", "order.view", "request.view"} < EVERYONE_PERMISSIONS
    assert len(EVERYONE_PERMISSIONS) == 6
    assert may_everyone_hold(EVERYONE_PERMISSIONS)
    assert may_everyone_hold(())
    for permission in set(PERMISSIONS) - EVERYONE_PERMISSIONS:
        assert not may_everyone_hold(("stock.view", permission))
    assert not may_everyone_hold(("people.view",))
    assert not may_everyone_hold(("audit.view",))


def test_registering_grants_at_most_what_employees_hold() -> None:
    assert table()["employee"] == REGISTRATION_PERMISSIONS


def test_the_owner_can_always_let_others_in() -> None:
    assert {"role.manage", "settings.manage", "people.manage"} == OWNER_PERMISSIONS


def test_a_later_permission_raises_the_version_of_the_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = role_defaults_version()
    later = Permission("board.view", "reports", ("viewer",), since=now + 1)
    planted = (*permissions.DECLARED_PERMISSIONS, later)
    monkeypatch.setattr(permissions, "DECLARED_PERMISSIONS", planted)
    assert role_defaults_version() == now + 1
    assert defaults_of("viewer", after_version=now) == {"board.view"}
    assert defaults_of("admin", after_version=now) == {"board.view"}
    assert not defaults_of("manager", after_version=now)
    assert not defaults_of("viewer", after_version=now + 1)

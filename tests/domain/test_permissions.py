import pytest

from bot.domain.actors import Rights
from bot.domain.permissions import (
    DEFAULT_ROLES,
    OWNER_PERMISSIONS,
    PERMISSION_AREAS,
    PERMISSIONS,
    VIEW_PERMISSIONS,
    only_views,
)

COLUMNS = ("viewer", "employee", "manager", "auditor", "admin")
# The product's own table.
TABLE = """
| stock.view, item.view, supplier.view, report.view | x | x | x | x | x |
| stock.move | | x | x | | x |
| supplier.propose, count.perform | | x | x | | x |
| stock.adjust, stock.reverse, stock.bulk, item.manage, location.manage, count.approve | | | x | | x |
| supplier.approve, supplier.suspend | | | x | | x |
| stock.export | | | x | x | x |
| audit.view, people.view | | | x | x | x |
| people.manage, role.manage, settings.manage | | | | | x |
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


def test_each_permission_is_chosen_in_one_of_five_menus() -> None:
    assert len(PERMISSION_AREAS) <= 5
    assert all(1 <= len(names) <= 25 for names in PERMISSION_AREAS.values())
    assert sorted(name for names in PERMISSION_AREAS.values() for name in names) == sorted(
        PERMISSIONS
    )


def test_everyone_may_hold_view_permissions_only() -> None:
    assert only_views(VIEW_PERMISSIONS)
    assert only_views(())
    for permission in set(PERMISSIONS) - {"audit.view", "people.view", *VIEW_PERMISSIONS}:
        assert not only_views((*VIEW_PERMISSIONS, permission))


def test_everybody_grants_what_they_hold_and_the_owner_anything() -> None:
    somebody = Rights(frozenset({"stock.view", "role.manage"}))
    assert somebody.may_grant(frozenset({"stock.view"}))
    assert not somebody.may_grant(frozenset({"stock.view", "stock.move"}))
    assert Rights(OWNER_PERMISSIONS, is_owner=True).may_grant(frozenset(PERMISSIONS))


@pytest.mark.parametrize("permission", sorted(OWNER_PERMISSIONS))
def test_the_owner_can_always_let_others_in(permission: str) -> None:
    assert permission in {"role.manage", "settings.manage"}
    assert len(OWNER_PERMISSIONS) == 2

"""Permissions, each declared once, and the roles that every guild starts with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that operations and queries need; its words are in `bot/views/permissions.py`.

    `roles` names the default roles that hold it besides admin. A permission that is declared
    after guilds have opened their books raises the version of the defaults (`since`), so that
    `extend_default_roles` gives it to the default roles that exist already.
    """

    name: str
    area: str
    roles: tuple[str, ...] = ()
    since: int = 1


_ALL: Final = ("viewer", "employee", "buyer", "accountant", "manager", "auditor")
_FLOOR: Final = ("employee", "buyer", "manager")
_BUYING: Final = ("buyer", "manager")
_READING: Final = ("accountant", "manager", "auditor")
_EXPORTING: Final = ("buyer", "accountant", "manager", "auditor")
_MANAGING: Final = ("manager",)
_PAYING: Final = ("accountant",)

# Areas are chosen first, then the permissions within one: at most 25 in each.
DECLARED_PERMISSIONS: tuple[Permission, ...] = (
    Permission("stock.view", "stock", _ALL),
    Permission("stock.move", "stock", _FLOOR),
    Permission("stock.adjust", "stock", _MANAGING),
    Permission("stock.reverse", "stock", _MANAGING),
    Permission("stock.bulk", "stock", _MANAGING),
    Permission("stock.export", "stock", _EXPORTING),
    Permission("lot.control", "stock", _MANAGING, since=2),
    Permission("device.use", "stock", _FLOOR, since=4),
    Permission("item.view", "catalogue", _ALL),
    Permission("item.manage", "catalogue", _MANAGING),
    Permission("location.manage", "catalogue", _MANAGING),
    Permission("supplier.view", "suppliers", _ALL),
    Permission("supplier.propose", "suppliers", _FLOOR),
    Permission("supplier.approve", "suppliers", _MANAGING),
    Permission("supplier.suspend", "suppliers", _MANAGING),
    Permission("count.perform", "counts", _FLOOR),
    Permission("count.approve", "counts", _MANAGING),
    Permission("request.view", "requests", _ALL, since=2),
    Permission("request.create", "requests", _FLOOR, since=2),
    Permission("request.pick", "requests", _FLOOR, since=2),
    Permission("order.view", "orders", _ALL, since=3),
    Permission("order.create", "orders", _BUYING, since=3),
    Permission("order.approve", "orders", _MANAGING, since=3),
    Permission("order.receive", "orders", _FLOOR, since=3),
    Permission("price.view", "orders", _EXPORTING, since=3),
    Permission("price.edit", "orders", _BUYING, since=3),
    Permission("invoice.edit", "payments", _PAYING, since=3),
    Permission("payment.request", "payments", _PAYING, since=3),
    Permission("payment.approve", "payments", _MANAGING, since=3),
    Permission("payment.execute", "payments", _PAYING, since=3),
    Permission("report.view", "reports", _ALL),
    Permission("board.manage", "reports", _MANAGING, since=5),
    Permission("people.view", "people", _READING),
    Permission("people.manage", "people"),
    Permission("role.manage", "people"),
    Permission("settings.manage", "server"),
    Permission("audit.view", "server", _READING),
)
PERMISSIONS: Final = tuple(permission.name for permission in DECLARED_PERMISSIONS)
PERMISSION_AREAS: Final = {
    area: tuple(each.name for each in DECLARED_PERMISSIONS if each.area == area)
    for area in dict.fromkeys(each.area for each in DECLARED_PERMISSIONS)
}

# The guild's owner always holds these, or one wrong click could lock everyone out.
OWNER_PERMISSIONS: Final = frozenset({"role.manage", "settings.manage", "people.manage"})
# All that a role bound to `@everyone` may hold: strangers see the warehouse, never people.
EVERYONE_PERMISSIONS: Final = frozenset(
    {"stock.view", "item.view", "supplier.view", "report.view", "order.view", "request.view"}
)


@dataclass(frozen=True, slots=True)
class DefaultRole:
    """A role that every guild's books start with; ids are the same in all of them."""

    id: int
    name: str
    description: str
    permissions: frozenset[str]
    # The version of the defaults that added it; books that were open before get it then.
    since: int = 1


def _default_role(role_id: int, name: str, description: str, since: int = 1) -> DefaultRole:
    return DefaultRole(role_id, name, description, defaults_of(name), since)


def defaults_of(role_name: str, *, after_version: int = 0) -> frozenset[str]:
    """Return what a default role holds, or what versions of the defaults after one added to it."""
    return frozenset(
        each.name
        for each in DECLARED_PERMISSIONS
        if each.since > after_version and (role_name in each.roles or role_name == "admin")
    )


def defaults_up_to(role_name: str, version: int) -> frozenset[str]:
    """Return what a default role holds in books that were opened with a version of the defaults."""
    return defaults_of(role_name) - defaults_of(role_name, after_version=version)


def version_before(added: Iterable[str]) -> int | None:
    """Return the version of the defaults that lacked these; None if this program knows none."""
    known = [each.since for each in DECLARED_PERMISSIONS if each.name in set(added)]
    return min(known) - 1 if known else None


def role_defaults_version() -> int:
    """Return the version of the default roles that new books start with."""
    return max(each.since for each in DECLARED_PERMISSIONS)


# Names and descriptions are in no record: books that were opened with others would not verify.
DEFAULT_ROLES: Final = (
    _default_role(11, "viewer", "Looks, changes nothing"),
    _default_role(12, "employee", "Moves stock, proposes, counts"),
    _default_role(13, "manager", "Runs the warehouse, approves"),
    _default_role(14, "auditor", "Reads everything, changes nothing"),
    _default_role(15, "admin", "Everything, roles and settings included"),
    _default_role(16, "buyer", "Orders from suppliers, keeps their prices", since=3),
    _default_role(17, "accountant", "Keeps invoices, requests and records payments", since=3),
)
# What new books give to everyone who registers.
OPEN_BOOKS_ROLE: Final = "employee"
# The most that people may get by registering, which needs no one's consent.
REGISTRATION_PERMISSIONS: Final = defaults_of(OPEN_BOOKS_ROLE)


def may_everyone_hold(permissions: Iterable[str]) -> bool:
    """Whether a role of these permissions may be bound to `@everyone`."""
    return EVERYONE_PERMISSIONS.issuperset(permissions)

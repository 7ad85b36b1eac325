"""What a person may do, and the roles that every guild starts with."""

from collections.abc import Iterable
from dataclasses import dataclass

VIEW_PERMISSIONS = ("stock.view", "item.view", "supplier.view", "report.view")

PERMISSIONS = (
    *VIEW_PERMISSIONS,
    "stock.move",
    "supplier.propose",
    "count.perform",
    "stock.adjust",
    "stock.reverse",
    "stock.bulk",
    "item.manage",
    "location.manage",
    "count.approve",
    "supplier.approve",
    "supplier.suspend",
    "stock.export",
    "audit.view",
    "people.view",
    "people.manage",
    "role.manage",
    "settings.manage",
)

# What is chosen together, a menu each; Discord takes five under a message.
PERMISSION_AREAS: dict[str, tuple[str, ...]] = {
    "stock": (
        "stock.view",
        "stock.move",
        "stock.adjust",
        "stock.reverse",
        "stock.bulk",
        "stock.export",
    ),
    "catalogue": ("item.view", "item.manage", "location.manage"),
    "suppliers": ("supplier.view", "supplier.propose", "supplier.approve", "supplier.suspend"),
    "counts and reports": ("count.perform", "count.approve", "report.view"),
    "people and rules": (
        "people.view",
        "people.manage",
        "role.manage",
        "settings.manage",
        "audit.view",
    ),
}

# The guild's owner always holds these, or one wrong click could lock everybody out.
OWNER_PERMISSIONS = frozenset({"role.manage", "settings.manage"})

_EMPLOYEE = (*VIEW_PERMISSIONS, "stock.move", "supplier.propose", "count.perform")
_MANAGER = (
    *_EMPLOYEE,
    "stock.adjust",
    "stock.reverse",
    "stock.bulk",
    "item.manage",
    "location.manage",
    "count.approve",
    "supplier.approve",
    "supplier.suspend",
    "stock.export",
    "audit.view",
    "people.view",
)


@dataclass(frozen=True, slots=True)
class DefaultRole:
    """A role that every guild's books start with; ids are the same in all of them."""

    id: int
    name: str
    description: str
    permissions: frozenset[str]


DEFAULT_ROLES = (
    DefaultRole(11, "viewer", "Looks, changes nothing", frozenset(VIEW_PERMISSIONS)),
    DefaultRole(12, "employee", "Moves stock, proposes, counts", frozenset(_EMPLOYEE)),
    DefaultRole(13, "manager", "Runs the warehouse, approves", frozenset(_MANAGER)),
    DefaultRole(
        14,
        "auditor",
        "Reads everything, changes nothing",
        frozenset({*VIEW_PERMISSIONS, "stock.export", "audit.view", "people.view"}),
    ),
    DefaultRole(15, "admin", "Everything, roles and settings included", frozenset(PERMISSIONS)),
)


def only_views(permissions: Iterable[str]) -> bool:
    """Tell whether the set lets people look and nothing else (`@everyone` may hold such)."""
    return all(permission.endswith(".view") for permission in permissions)

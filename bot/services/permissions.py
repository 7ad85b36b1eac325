"""The permissions that people see: those that some operation or query needs."""

from collections.abc import Collection

from bot.database.operations import OPERATIONS, QUERIES
from bot.domain.permissions import PERMISSION_AREAS, PERMISSIONS


def list_offered() -> tuple[str, ...]:
    """Return the permissions that some operation or query needs, in the order of their areas.

    What is only declared for a later command is in no menu and no list until that command exists.
    """
    needs = [each.need for each in OPERATIONS.values()] + [each.need for each in QUERIES.values()]
    needed = {name for need in needs for name in (*need.any_of, *need.all_of)}
    return tuple(name for name in PERMISSIONS if name in needed)


def list_areas() -> dict[str, tuple[str, ...]]:
    """Return the offered permissions by area, without areas that offer none."""
    offered = frozenset(list_offered())
    areas = {
        area: tuple(name for name in names if name in offered)
        for area, names in PERMISSION_AREAS.items()
    }
    return {area: names for area, names in areas.items() if names}


def list_seen(held: Collection[str]) -> tuple[str, ...]:
    """Return the offered ones among some permissions, in the order of their areas."""
    return tuple(name for name in list_offered() if name in held)

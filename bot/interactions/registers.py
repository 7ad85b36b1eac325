"""Registers: what modules declare when they are imported, loaded and checked as a whole.

A gap (a result that nothing renders, a button that nothing handles) would otherwise be found by
the first person who meets it, after the change was committed.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any, get_type_hints

from bot.database.operations import OPERATIONS, QUERIES
from bot.domain.permissions import PERMISSIONS
from bot.interactions.dispatch import list_unhandled
from bot.services.approvals.declared import list_unseen_changes
from bot.services.reversing import list_unrestored
from bot.views.actions import list_actions_without_words
from bot.views.approval_words import list_missing_words
from bot.views.documents import list_documents_without_words
from bot.views.errors.ways import list_ways_to_nowhere
from bot.views.permissions import list_permissions_without_words
from bot.views.replies import has_renderer


class IncompleteRegistersError(Exception):
    """Something that modules declare lacks its other half; the program may not start."""

    def __init__(self, gaps: list[str]) -> None:
        super().__init__("; ".join(gaps))
        self.gaps = gaps


@cache
def load_modules(package: ModuleType) -> tuple[ModuleType, ...]:
    """Import every module of a package, and with them all that they declare.

    The folders are read once: a program starts one bot, its tests hundreds.
    """
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return tuple(importlib.import_module(module.name) for module in found)


def check_registers() -> None:
    """Raise IncompleteRegistersError unless all that is declared can be carried out and shown."""
    gaps = [gap for find_gaps in CHECKS for gap in find_gaps()]
    if gaps:
        raise IncompleteRegistersError(gaps)


def _unrendered_operations() -> Iterator[str]:
    for operation in OPERATIONS.values():
        if operation.is_shown and not has_renderer(_result_of(operation.function)):
            yield f"no view renders the result of the operation {operation.name}"


def _unrendered_queries() -> Iterator[str]:
    for query in QUERIES.values():
        if query.is_shown and not has_renderer(_result_of(query.function)):
            yield f"no view renders the result of the query {query.name}"


def _unknown_permissions() -> Iterator[str]:
    operations = [(f"the operation {each.name}", each.need) for each in OPERATIONS.values()]
    queries = [(f"the query {each.name}", each.need) for each in QUERIES.values()]
    for what, need in operations + queries:
        for name in sorted({*need.any_of, *need.all_of}.difference(PERMISSIONS)):
            yield f"{what} needs {name}, which is not declared"


def _unhandled_controls() -> Iterator[str]:
    for control in list_unhandled():
        yield f"no cog handles the {control}"


@cache
def _result_of(function: Callable[..., Any]) -> Any:
    return get_type_hints(function)["return"]


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    _unrendered_operations,
    _unrendered_queries,
    _unknown_permissions,
    _unhandled_controls,
    list_unrestored,
    list_unseen_changes,
    list_missing_words,
    list_documents_without_words,
    list_actions_without_words,
    list_ways_to_nowhere,
    list_permissions_without_words,
)

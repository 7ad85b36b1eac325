"""Comparing rows with what a replay of the records expects of them."""

import math
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bot.domain.contacts import UNREADABLE
from bot.domain.names import key_of
from bot.domain.permissions import DEFAULT_ROLES, defaults_up_to, version_before
from bot.domain.replay import Expected, ExpectedRole, Key, Replay
from bot.domain.replayed_rows import COMPARED, Facts, Row
from bot.domain.rights import CLOCK_DRIFT
from bot.domain.virtual_locations import is_virtual

_DEFAULTS: Final = {role.id: role.name for role in DEFAULT_ROLES}


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact of a row that differs from the last record about it."""

    field: str
    stored: str
    recorded: str


class RowComparison:
    """The comparison of rows with a replay of a guild's records."""

    def __init__(self, replay: Replay) -> None:
        # Encrypted values whose key is missing: nothing can be said of them.
        self.unreadable = 0
        self._replay = replay
        self._defaults_version = 1

    def note_defaults(self, row: Row) -> None:
        """Note with which default roles the books were opened, by their settings and records."""
        found = version_before(self._replay.first_extension)
        if found is not None:
            self._defaults_version = found
        elif isinstance(row["role_defaults_version"], int):
            self._defaults_version = row["role_defaults_version"]
        later = {role.id for role in DEFAULT_ROLES if role.since > self._defaults_version}
        self._replay.remove("role", [(id_,) for id_ in later - self._replay.added_roles])

    def differences(self, noun: str, row: Row, expected: Expected) -> list[Difference]:
        """List what differs between a row and what records say of it."""
        try:
            facts = COMPARED[noun].facts(row)
        except (TypeError, ValueError, ArithmeticError, AttributeError):
            return [Difference("row", "", "")]
        wanted = self._complete(noun, COMPARED[noun].key_of(row), expected)
        found = []
        for name, value in wanted.items():
            stored = facts.get(name)
            if stored == UNREADABLE:
                self.unreadable += 1
            elif not _agrees(name, stored, value):
                found.append(Difference(name, shown(stored), shown(value)))
        return found

    def is_optional(self, noun: str, key: Key, expected: Expected) -> bool:
        """Whether records leave open if there is such a row."""
        values, former = expected.values, self._replay.former
        if noun == "default role":
            return not (values["given record"] or values["taken record"][0])
        if noun != "former SKU":
            return False
        # Schemas before 0008 kept none. Their books have the first version of the default roles,
        # until a later program extends it.
        is_old = former.given_up[key[0]] < (self._replay.first_extended or math.inf)
        return former.were_dropped or (is_old and self._defaults_version == 1)

    def _complete(self, noun: str, key: Key, expected: Expected) -> Facts:
        """Add to what records say what follows from it."""
        values = expected.values
        wanted = dict(values)
        if noun == "item":
            wanted["reserved"] = self._replay.reserved.get(key[0], Decimal(0))
            wanted["SKU as it is looked up"] = key_of(values["sku"])
        if noun == "lot":
            wanted["code as it is looked up"] = key_of(values["code"])
        if noun in {"item", "supplier", "role"} or (noun == "location" and not is_virtual(key[0])):
            wanted["name as it is looked up"] = key_of(values["name"])
        if noun == "location":
            wanted["path"] = self._replay.path_of(values)
        if noun == "location" and not is_virtual(key[0]):
            wanted["path as it is looked up"] = key_of(wanted["path"])
        if isinstance(expected, ExpectedRole):
            wanted["permissions"] = self._permissions(key, expected)
        return wanted

    def _permissions(self, key: Key, role: ExpectedRole) -> set[str]:
        """Return what a role holds: its defaults, and what records said of each permission."""
        default = _DEFAULTS.get(key[0])
        version = 0 if key[0] in self._replay.added_roles else self._defaults_version
        held = set(defaults_up_to(default, version)) if default else set()
        for name, is_held in role.permissions.items():
            (held.add if is_held else held.discard)(name)
        return held


def shown(value: Any) -> str:
    """Write a fact as a finding says it."""
    if isinstance(value, set | frozenset):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return "" if value is None else str(value)


def _agrees(name: str, stored: Any, recorded: Any) -> bool:
    if name == "given since":
        # Discord's clock, by which a member joined, may be ahead by as much.
        return isinstance(stored, datetime) and recorded <= stored <= recorded + CLOCK_DRIFT
    if name == "taken record":
        least, last = recorded
        if stored is None:
            return least is None
        return isinstance(stored, int) and last is not None and (least or 1) <= stored <= last
    if name == "agreed":
        # Schemas before 0006 had no column for it; who is missing has not approved, and no more.
        return isinstance(stored, frozenset) and stored <= recorded
    return bool(stored == recorded)

"""Replaying records: what the tables must contain, folded from the before and after of each event.

Moves need no replaying here: `Verification` adds them up. A record of an action that this version
does not know explains every row that it changed last; it is said, and is no finding.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import orjson

from bot.domain.documents import DOCUMENT_KINDS, REQUEST
from bot.domain.locations import MAX_DEPTH, SEPARATOR
from bot.domain.permissions import DEFAULT_ROLES
from bot.domain.requests import UNDER_WAY
from bot.domain.virtual_locations import VirtualLocation

Key = tuple[Any, ...]
_DEFAULT_ROLE_ID: Final = next(role.id for role in DEFAULT_ROLES if role.name == "employee")

# What a first record about a location leaves out has these values.
NEW_LOCATION: Final = {"inside": "", "kind": "storage", "archived": ""}


@dataclass(slots=True)
class Expected:
    """What a row must contain by the records, and the last record that speaks of it."""

    record: int
    values: dict[str, Any]


@dataclass(slots=True)
class ExpectedRole(Expected):
    """A role: what records said of each permission; of a default role the rest is the default."""

    permissions: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A record as it is replayed."""

    record: int
    format: int
    at: datetime
    actor_id: int
    action: str
    subject_id: int
    subject: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    contents: Mapping[str, Any]

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Said":
        """Read an event; raises ValueError or TypeError for what no record contains."""
        detail = orjson.loads(event["detail"])
        return cls(
            record=event["record"],
            format=event["format"],
            at=event["at"],
            actor_id=event["actor_id"],
            action=event["action"],
            subject_id=event["subject_id"] or 0,
            subject=event["subject"],
            before=detail.get("before", {}),
            after=detail.get("after", {}),
            contents=detail.get("contents", {}),
        )


@dataclass(slots=True)
class FormerSkus:
    """What a replay knows of SKUs that items gave up, beside the rows that lead to items."""

    # The keys that lead to an item.
    led: dict[int, set[str]] = field(default_factory=dict)
    # The keys that went over with an item that was merged.
    taken: dict[int, set[str]] = field(default_factory=dict)
    # The record that last gave up a key.
    given_up: dict[str, int] = field(default_factory=dict)
    # Whether a schema that keeps none was in use after one that does.
    were_dropped: bool = False


class Replay:
    """A guild's rows as its records say they are, by noun and key."""

    def __init__(self) -> None:
        # Records of actions that this version cannot replay, and those that it does not know.
        self.unknown: set[int] = set()
        self.undeclared: set[int] = set()
        # What the first extension of the default roles added, which dates the books' defaults.
        self.first_extension: frozenset[str] = frozenset()
        self.first_extended = 0
        # Default roles of later versions that books got which were open before.
        self.added_roles: set[int] = set()
        self.former = FormerSkus()
        # What each record imported: the kind and the hash of its file.
        self.imports: dict[int, tuple[str, str]] = {}
        self.rows: dict[str, dict[Key, Any]] = {
            "item": {},
            "former SKU": {},
            "unit": {},
            "barcode": {},
            "image": {},
            "merge": {},
            "tracked item": {},
            "lot": {},
            "location": {
                (each.value,): Expected(0, {"name": each.name.lower(), **NEW_LOCATION})
                for each in VirtualLocation
            },
            "role": {
                (role.id,): ExpectedRole(0, {"name": role.name, "description": role.description})
                for role in DEFAULT_ROLES
            },
            "binding": {},
            "assignment": {},
            "member": {},
            "guild": {
                (): Expected(
                    0,
                    {
                        "default_role": _DEFAULT_ROLE_ID,
                        "undo_minutes": "15",
                        "timezone": "UTC",
                        "currency": "EUR",
                        "expiry_warning_days": "30",
                        "order_approval_above": "0",
                        "over_delivery_percent": "0",
                        "match_tolerance_percent": "0",
                        "closed on": "",
                        "set up at": None,
                    },
                )
            },
            "channel": {},
            "supplier": {},
            "price": {},
            "invoice file": {},
            "approval": {},
            "default role": {},
            **{noun: {} for kind in DOCUMENT_KINDS for noun in kind.nouns},
            "shift": {},
            "device": {},
            "board": {},
            "report schedule": {},
        }
        self._names = {("role", role.name): role.id for role in DEFAULT_ROLES}
        # Where each location is and what it is called, and the one that was called so there last.
        self._placed: dict[int, tuple[str, str]] = {}
        self._inside: dict[tuple[str, str], int] = {}

    def change(
        self, noun: str, key: Key, record: int, values: Mapping[str, Any], **first: Any
    ) -> None:
        """Change what is expected of a row, which begins with some values."""
        rows = self.rows[noun]
        expected = rows.get(key)
        if expected is None:
            rows[key] = Expected(record, {**first, **values})
        else:
            expected.record = record
            expected.values.update(values)
        if noun == "location":
            now = rows[key].values
            self.note_name(noun, key, now["name"])
            placed = self._placed[int(key[0])] = (now["inside"], now["name"])
            self._inside[placed] = int(key[0])

    def remove(self, noun: str, keys: Iterable[Key]) -> None:
        """Expect no rows with these keys any more."""
        for key in keys:
            self.rows[noun].pop(key, None)

    def named(self, noun: str, name: str) -> int:
        """Return the id of the item (by SKU), location or role of this name; raises KeyError."""
        found = self._names[noun, name]
        if self.rows[noun][found,].values["sku" if noun == "item" else "name"] != name:
            raise KeyError(name)
        return found

    def located(self, path: str) -> int:
        """Return the id of the location with a path now; raises KeyError.

        Records from before paths name a location alone, when no other had its name.
        """
        inside = ""
        for name in path.split(SEPARATOR):
            found = self._inside.get((inside, name), 0)
            if self._placed.get(found) != (inside, name):
                return self.named("location", path)
            inside = str(found)
        return int(inside)

    def path_of(self, values: Mapping[str, Any]) -> str:
        """Return the path of a location, from its values and those that it is inside of."""
        names, inside = [values["name"]], values["inside"]
        while inside and len(names) < MAX_DEPTH:
            inside, name = self._placed[int(inside)]
            names.append(name)
        return SEPARATOR.join(reversed(names))

    @cached_property
    def reserved(self) -> Mapping[int, Decimal]:
        """Return what open requests hold back of items, once all records are folded."""
        held: dict[int, Decimal] = {}
        for (request_id, _line), line in self.rows[REQUEST.line_noun].items():
            request = self.rows[REQUEST.noun].get((request_id,))
            if request is not None and request.values["status"] in UNDER_WAY:
                item_id, quantity = line.values["item_id"], Decimal(line.values["reserved"])
                held[item_id] = held.get(item_id, Decimal(0)) + quantity
        return held

    def note_name(self, noun: str, key: Key, name: str) -> None:
        """Note what an item, a location or a role is called from now on."""
        self._names[noun, name] = int(key[0])


Fold = Callable[[Replay, Said], None]


def words_in(joined: str) -> list[str]:
    """Return the words of a list as a record has it."""
    return [word for word in joined.split(", ") if word]

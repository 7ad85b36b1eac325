"""Rows beside what records say of them: which nouns are compared, by which facts."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bot.domain.contacts import UNREADABLE, mask_email, mask_phone, mask_tax_id
from bot.domain.document_contents import write_values
from bot.domain.documents import DOCUMENT_KINDS
from bot.domain.items import TRACKING, write_alert, write_meaning, write_snooze
from bot.domain.names import key_of
from bot.domain.permissions import DEFAULT_ROLES, defaults_up_to, version_before
from bot.domain.quantities import format_quantity
from bot.domain.replay import Expected, ExpectedRole, Key, Replay
from bot.domain.shifts import write_until
from bot.domain.virtual_locations import is_virtual

Row = Mapping[str, Any]
Facts = dict[str, Any]

_DEFAULTS: Final = {role.id: role.name for role in DEFAULT_ROLES}


@dataclass(frozen=True, slots=True)
class Compared:
    """How a noun's rows are compared: by the columns of their key, and the facts in them."""

    key: tuple[str, ...]
    facts: Callable[[Row], Facts]
    name: str = ""

    def key_of(self, row: Row) -> Key:
        """Return a row's key without the guild."""
        return tuple(row[name] for name in self.key)


def _item(row: Row) -> Facts:
    point, target = row["reorder_point"], row["reorder_target"]
    return {
        "sku": row["sku"],
        "name": row["name"],
        "unit": row["unit"],
        "reorder point": "" if point is None else format_quantity(point),
        "reorder target": "" if target is None else format_quantity(target),
        "tracking": "" if row["tracking"] == TRACKING[0] else row["tracking"],
        "whole": {None: "", True: "yes", False: "no"}[row["whole"]],
        "archived": _yes(row["archived_at"]),
        "alert": write_alert(row["alert_record"]),
        "snoozed until": write_snooze(row["snoozed_until"]),
        "reserved": row["reserved"],
        "SKU as it is looked up": row["sku_key"],
        "name as it is looked up": row["name_key"],
    }


def _barcode(row: Row) -> Facts:
    return {
        "code": row["code"],
        "item": row["item_id"],
        "means": write_meaning(row["quantity"], row["unit"]),
    }


def _image(row: Row) -> Facts:
    said, found = row["content_hash"], hashlib.sha256(row["content"]).hexdigest()
    return {"hash": said if said == found else f"{said} of {found}"}


def _lot(row: Row) -> Facts:
    expires_on = row["expires_on"]
    return {
        "item": str(row["item_id"]),
        "code": row["code"],
        "expires": "" if expires_on is None else expires_on.isoformat(),
        "state": row["state"],
        "code as it is looked up": row["code_key"],
    }


def _location(row: Row) -> Facts:
    parent = row["parent_id"]
    return {
        "name": row["name"],
        "inside": "" if parent is None else str(parent),
        "kind": row["kind"],
        "path": row["path"],
        "archived": _yes(row["archived_at"]),
        "name as it is looked up": row["name_key"],
        "path as it is looked up": row["path_key"],
    }


def _role(row: Row) -> Facts:
    return {
        "name": row["name"],
        "description": row["description"],
        "permissions": set(row["permissions"]),
        "name as it is looked up": row["name_key"],
    }


def _member(row: Row) -> Facts:
    return {
        "registered at": row["registered_at"],
        "deactivated at": row["deactivated_at"],
        "reason": row["deactivation_reason"],
        "email": _masked(mask_email, row["email"]),
    }


def _guild(row: Row) -> Facts:
    closed_on = row["closed_on"]
    return {
        "default_role": row["default_role_id"],
        "undo_minutes": str(row["undo_minutes"]),
        "timezone": row["timezone"],
        "currency": row["currency"],
        "expiry_warning_days": str(row["expiry_warning_days"]),
        "closed on": "" if closed_on is None else str(closed_on),
        "set up at": row["set_up_at"],
    }


def _supplier(row: Row) -> Facts:
    return {
        "name": row["name"],
        "email": _masked(mask_email, row["email"]),
        "phone": _masked(mask_phone, row["phone"]),
        "tax id": _masked(mask_tax_id, row["tax_id"]),
        "note": row["note"],
        "name as it is looked up": row["name_key"],
    }


def _approval(row: Row) -> Facts:
    return {
        "status": row["status"],
        "version": row["version"],
        "touched": row["touched_by"],
        "agreed": row["agreed_by"],
        "opened by": row["opened_by"],
        "opened at": row["opened_at"],
        "opened record": row["opened_record"],
        "decided by": row["decided_by"],
        "decided at": row["decided_at"],
        "decided record": row["decided_record"],
        "reason": row["reason"],
    }


# The guild first: its row dates the default roles.
COMPARED: Final[dict[str, Compared]] = {
    "guild": Compared((), _guild),
    "channel": Compared(("purpose",), lambda row: {"channel": row["channel_id"]}, "purpose"),
    "item": Compared(("id",), _item, "sku"),
    "unit": Compared(
        ("item_id", "unit_key"),
        lambda row: {"unit": row["unit"], "factor": format_quantity(row["factor"])},
        "unit",
    ),
    "barcode": Compared(("code_key",), _barcode, "code"),
    "image": Compared(("item_id",), _image),
    "merge": Compared(("item_id",), lambda row: {"into": row["into_id"]}),
    "lot": Compared(("id",), _lot, "code"),
    "location": Compared(("id",), _location, "name"),
    "role": Compared(("id",), _role, "name"),
    "binding": Compared(("discord_role_id", "role_id"), lambda _row: {}),
    "assignment": Compared(
        ("user_id", "role_id"),
        lambda row: {"given by": row["assigned_by"], "given since": row["assigned_at"]},
    ),
    "member": Compared(("user_id",), _member),
    "supplier": Compared(("id",), _supplier, "name"),
    "shift": Compared(
        ("id",),
        lambda row: {
            "member": row["user_id"],
            "until": write_until(row["ends_at"]),
            "location": row["location_id"],
        },
    ),
    "approval": Compared(("noun", "subject_id"), _approval),
    "default role": Compared(
        ("user_id",),
        lambda row: {"given record": row["given_record"], "taken record": row["taken_record"]},
    ),
}

for _kind in DOCUMENT_KINDS:
    COMPARED[_kind.noun] = Compared(("id",), write_values, "number")
    COMPARED[_kind.line_noun] = Compared((f"{_kind.noun}_id", "line"), write_values)


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
        held = set(defaults_up_to(default, self._defaults_version)) if default else set()
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


def is_optional(noun: str, expected: Expected) -> bool:
    """Whether records leave open if there is such a row."""
    values = expected.values
    return noun == "default role" and not (values["given record"] or values["taken record"][0])


def _agrees(name: str, stored: Any, recorded: Any) -> bool:
    if name == "given since":
        return isinstance(stored, datetime) and stored >= recorded
    if name == "taken record":
        least, last = recorded
        if stored is None:
            return least is None
        return isinstance(stored, int) and last is not None and (least or 1) <= stored <= last
    if name == "agreed":
        # Schemas before 0006 had no column for it; who is missing has not approved, and no more.
        return isinstance(stored, frozenset) and stored <= recorded
    return bool(stored == recorded)


def _masked(mask: Callable[[str], str], value: Any) -> Any:
    return mask(value or "")


def _yes(at: Any) -> str:
    return "" if at is None else "yes"

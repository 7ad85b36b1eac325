"""Rows beside what records say of them: which nouns are compared, by which facts."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.contacts import mask_email, mask_phone, mask_tax_id
from bot.domain.document_contents import write_values
from bot.domain.documents import DOCUMENT_KINDS
from bot.domain.item_days import KEPT_SINCE
from bot.domain.items import TRACKING, WRITE_WHOLE, write_alert, write_meaning, write_snooze
from bot.domain.quantities import format_quantity
from bot.domain.replay import Key
from bot.domain.shifts import write_until

Row = Mapping[str, Any]
Facts = dict[str, Any]


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
        "whole": WRITE_WHOLE[row["whole"]],
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
        "order_approval_above": format_quantity(row["order_approval_above"]),
        "over_delivery_percent": format_quantity(row["over_delivery_percent"]),
        "match_tolerance_percent": format_quantity(row["match_tolerance_percent"]),
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


def _device(row: Row) -> Facts:
    return {
        "member": row["user_id"],
        "name": row["name"],
        "name as it is looked up": row["name_key"],
        "link": row["link_hash"],
        "until": write_until(row["link_expires_at"]),
        "token": row["token_hash"],
        "linked": row["linked_at"],
        "revoked": row["revoked_at"],
    }


def _report_schedule(row: Row) -> Facts:
    return {
        "report": row["kind"],
        "channel": row["channel_id"],
        "every": row["every"],
        "at": row["at_time"],
        "since": row["created_at"],
    }


# The guild first: its row dates the default roles.
COMPARED: Final[dict[str, Compared]] = {
    "guild": Compared((), _guild),
    "channel": Compared(("purpose",), lambda row: {"channel": row["channel_id"]}, "purpose"),
    "item": Compared(("id",), _item, "sku"),
    "former SKU": Compared(
        ("sku_key",), lambda row: {"sku": row["sku"], "item": row["item_id"]}, "sku"
    ),
    "unit": Compared(
        ("item_id", "unit_key"),
        lambda row: {"unit": row["unit"], "factor": format_quantity(row["factor"])},
        "unit",
    ),
    "barcode": Compared(("code_key",), _barcode, "code"),
    "image": Compared(("item_id",), _image),
    "merge": Compared(("item_id",), lambda row: {"into": row["into_id"]}),
    "tracked item": Compared(("item_id",), lambda row: {KEPT_SINCE: str(row["since"])}),
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
    "device": Compared(("id",), _device, "name"),
    "board": Compared(
        ("id",),
        lambda row: {
            "channel": row["channel_id"],
            "kind": row["kind"],
            "location": row["location_id"],
        },
        "kind",
    ),
    "report schedule": Compared(("id",), _report_schedule),
    "price": Compared(("id",), write_values),
    "invoice file": Compared(("invoice_id",), _image),
    "approval": Compared(("noun", "subject_id"), _approval),
    "default role": Compared(
        ("user_id",),
        lambda row: {"given record": row["given_record"], "taken record": row["taken_record"]},
    ),
}

for _kind in DOCUMENT_KINDS:
    COMPARED[_kind.noun] = Compared(("id",), write_values, "number")
    if _kind.has_lines:
        COMPARED[_kind.line_noun] = Compared((f"{_kind.noun}_id", "line"), write_values)


def _masked(mask: Callable[[str], str], value: Any) -> Any:
    return mask(value or "")


def _yes(at: Any) -> str:
    return "" if at is None else "yes"

"""Records as the audit channel shows them: one compact line each, in order."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from bot.database.models import AuditEvent
from bot.domain.changes import Change
from bot.domain.quantities import format_quantity
from bot.views.actions import told
from bot.views.changes import change_text, subject_text
from bot.views.stock import end_name
from bot.views.text import MAX_CONTENT, amount, bold, person, plain, when

# A bulk record has many moves: the channel shows the first, `/audit show` all of them.
_MAX_MOVES_LENGTH = 900


def audit_line(event: AuditEvent, *, is_dated: bool = False) -> str:
    """Write a record in one line: when, number, who, action, subject, before -> after."""
    at = f"{when(event.at, 'd')} {when(event.at, 't')}" if is_dated else when(event.at, "t")
    return f"{at} `#{event.record}` {person(event.actor_id)} {_what(event)}"


def _what(event: AuditEvent) -> str:
    detail = orjson.loads(event.detail)
    said = plain(told(event.action))
    if event.reverses is not None:
        said = f"{said} #{event.reverses}:"
    what = _moves(detail["lines"]) if "lines" in detail else _fields(event, detail)
    note = f" — {plain(detail['note'])}" if detail.get("note") else ""
    return f"{said} {what}{note}"


def audit_batch(events: Sequence[AuditEvent], today: date) -> tuple[int, str]:
    """Put as many records, oldest first, into one message as fit; returns the last one's number.

    A backlog of other days says which: the hour alone would not tell.
    """
    lines: list[str] = []
    length = 0
    for event in events:
        line = audit_line(event, is_dated=event.at.date() != today)
        length += len(line) + 1
        if lines and length > MAX_CONTENT:
            break
        lines.append(line)
        last = event.record
    return last, "\n".join(lines)


def _moves(lines: Sequence[dict[str, Any]]) -> str:
    text = ""
    for number, line in enumerate(lines):
        shown = move_text(line)
        if text and len(text) + len(shown) > _MAX_MOVES_LENGTH:
            return f"{text} · and {len(lines) - number} more"
        text = f"{text} · {shown}" if text else shown
    return text


def move_text(line: dict[str, Any]) -> str:
    """Write a move with levels before and after at both ends."""
    quantity = amount(Decimal(line["quantity"]), line["unit"])
    ends = " → ".join(_end(*line[end]) for end in ("from", "to"))
    return f"{quantity} {bold(line['sku'])} {ends}"


def _end(location_id: int, name: str, before: str, after: str) -> str:
    shown = end_name(location_id, name)
    if shown.startswith("_"):
        return shown
    return f"{shown} ({format_quantity(Decimal(before))} → {format_quantity(Decimal(after))})"


def _fields(event: AuditEvent, detail: dict[str, Any]) -> str:
    before, after = detail.get("before", {}), detail.get("after", {})
    fields = ", ".join(
        change_text(Change(name, before.get(name, ""), value)) for name, value in after.items()
    )
    return f"{subject_text(event.subject_type, event.subject)} {fields}".strip()

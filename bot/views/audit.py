"""Records as the audit channel shows them: one compact line each, in order."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson

from bot.database.models import AuditEvent
from bot.domain.changes import Change
from bot.domain.quantities import format_quantity
from bot.views.actions import told
from bot.views.changes import change_text
from bot.views.stock import end_name
from bot.views.text import MAX_CONTENT, amount, bold, plain, when

# A bulk record has many moves: the channel shows the first, `/audit show` all of them.
_MAX_MOVES_LENGTH = 900


def audit_line(event: AuditEvent) -> str:
    """Write a record in one line: when, number, who, action, subject, before -> after."""
    detail = orjson.loads(event.detail)
    said = plain(told(event.action))
    if event.reverses is not None:
        said = f"{said} #{event.reverses}:"
    what = _moves(detail["lines"]) if "lines" in detail else _fields(event, detail)
    note = f" — {plain(detail['note'])}" if detail.get("note") else ""
    head = f"{when(event.at, 't')} `#{event.record}` <@{event.actor_id}> {said} "
    return head + what + note


def audit_batch(events: Sequence[AuditEvent]) -> tuple[int, str]:
    """Put as many records, oldest first, into one message as fit; returns the last one's number."""
    lines: list[str] = []
    length = 0
    for event in events:
        line = audit_line(event)
        length += len(line) + 1
        if lines and length > MAX_CONTENT:
            break
        lines.append(line)
        last = event.record
    return last, "\n".join(lines)


def _moves(lines: Sequence[dict[str, Any]]) -> str:
    text = ""
    for number, line in enumerate(lines):
        shown = _move(line)
        if text and len(text) + len(shown) > _MAX_MOVES_LENGTH:
            return f"{text} · and {len(lines) - number} more"
        text = f"{text} · {shown}" if text else shown
    return text


def _move(line: dict[str, Any]) -> str:
    quantity = amount(Decimal(line["quantity"]), line["unit"])
    ends = " → ".join(_end(*line[end]) for end in ("from", "to"))
    return f"{quantity} {bold(line['sku'])} {ends}"


def _end(location_id: int, name: str, before: str, after: str) -> str:
    shown = end_name(location_id, name)
    if shown.startswith("_"):
        return shown
    return f"{shown} ({format_quantity(Decimal(before))} → {format_quantity(Decimal(after))})"


def _fields(event: AuditEvent, detail: dict[str, Any]) -> str:
    subject = "" if event.subject_type == "guild" else f"{bold(event.subject)} "
    before, after = detail.get("before", {}), detail.get("after", {})
    return subject + ", ".join(
        change_text(Change(name, before.get(name, ""), value)) for name, value in after.items()
    )

"""Records as the audit channel shows them: one compact line each, in order."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.database.models import AuditEvent
from bot.domain.anchors import DAY_CLOSED, HASH_LENGTH, SHORT_HASH, SIGNATURE
from bot.domain.quantities import format_quantity
from bot.domain.record_detail import RecordDetail, RecordedEnd, RecordedLine
from bot.domain.virtual_locations import is_virtual
from bot.locales import _, ngettext
from bot.views.actions import verb_of
from bot.views.audit.dated_words import dated_text
from bot.views.changes import change_text, subject_text
from bot.views.lot_words import lot_text
from bot.views.stock import end_name, kept_text
from bot.views.text import MAX_CONTENT, amount, bold, person, plain, when

# The channel shows the first moves of a record, `/audit show` all of them.
_MAX_LENGTH = 900
# Ten lines of a search fit one embed, or the rest of the page would never be seen.
_MAX_LENGTH_IN_LISTS = 220
_HASH: Final = re.compile(rf"\b([0-9a-f]{{{SHORT_HASH}}})[0-9a-f]{{{HASH_LENGTH - SHORT_HASH}}}\b")


def audit_line(event: AuditEvent, *, is_dated: bool = False) -> str:
    """Write a record in one line: when, number, who, action, subject, before -> after.

    A signed day has its signature in small print below.
    """
    detail, signature = _load(event)
    note = f" — {plain(detail.note)}" if detail.note else ""
    small = f"\n-# `{signature}`" if signature else ""
    what = _what(event, detail, _MAX_LENGTH) + dated_text(event.at, detail)
    return _head(event, is_dated=is_dated) + what + note + small


def listed_line(event: AuditEvent) -> str:
    """Write a record in a short line of a list; `/audit show` has the rest."""
    detail = _load(event)[0]
    what = _what(event, detail, _MAX_LENGTH_IN_LISTS)
    return _head(event, is_dated=True) + what + dated_text(event.at, detail)


def record_choice(event: AuditEvent) -> str:
    """Write a record as a choice of autocomplete, which shows text as it is."""
    detail = RecordDetail.load(event.detail)
    what = event.subject
    if detail.lines:
        first = detail.lines[0]
        what = f"{format_quantity(first.quantity)} {first.unit} {first.sku}"
    text = f"#{event.record} · {verb_of(event.action)} {what}"
    return f"{text}: {detail.note}" if detail.note else text


def audit_batch(events: Sequence[AuditEvent], now: datetime) -> tuple[int, str]:
    """Put as many records, oldest first, into one message as fit; returns the last one's number.

    `now` is in the guild's zone. Lines of other days have the date, because the hour alone would be
    ambiguous; a message holds one day, so that what was late is still found by its day.
    """
    lines: list[str] = []
    length = 0
    first_day = events[0].at.astimezone(now.tzinfo).date()
    for event in events:
        day = event.at.astimezone(now.tzinfo).date()
        is_of_today = day == now.date()
        line = audit_line(event, is_dated=not is_of_today)
        length += len(line) + 1
        if lines and (length > MAX_CONTENT or day != first_day):
            break
        lines.append(line)
        last = event.record
    return last, "\n".join(lines)


def _load(event: AuditEvent) -> tuple[RecordDetail, str]:
    """Return a record's detail without the signature of a day, and that; its hash is short then.

    The signature covers the whole hash.
    """
    detail = RecordDetail.load(event.detail)
    signature = next((each.after for each in detail.changes if each.field == SIGNATURE), "")
    if event.action != DAY_CLOSED or not signature:
        return detail, ""
    changes = [each for each in detail.changes if each.field != SIGNATURE]
    shortened = [
        replace(each, after=_HASH.sub(r"\1…", each.after)) if each.field == "chain" else each
        for each in changes
    ]
    return replace(detail, changes=tuple(shortened)), signature


def _head(event: AuditEvent, *, is_dated: bool) -> str:
    at = f"{when(event.at, 'd')} {when(event.at, 't')}" if is_dated else when(event.at, "t")
    said = plain(verb_of(event.action))
    if event.reverses is not None:
        said = f"{said} #{event.reverses}:"
    return f"{at} `#{event.record}` {person(event.actor_id)} {said} "


def _what(event: AuditEvent, detail: RecordDetail, limit: int) -> str:
    if detail.line_count:
        moves = [move_text(line) for line in detail.lines]
        return _joined(moves, " · ", limit) or ngettext(
            "{item} in {count} move", "{item} in {count} moves", detail.line_count
        ).format(item=bold(event.subject), count=detail.line_count)
    subject = subject_text(event.subject_type, event.subject)
    fields = [change_text(change, event.subject_type) for change in detail.changes]
    shown = _joined(fields, ", ", limit - len(subject))
    counted = ""
    if fields:
        counted = ngettext("in {count} field", "in {count} fields", len(fields))
        counted = counted.format(count=len(fields))
    return f"{subject} {shown or counted}".strip()


def _joined(parts: Sequence[str], separator: str, limit: int) -> str:
    """Join as many parts as fit and count the others; nothing if the first one does not fit."""
    text = ""
    for number, part in enumerate(parts):
        longer = f"{text}{separator}{part}" if text else part
        if len(longer) > limit:
            more = _("and {count} more").format(count=len(parts) - number)
            return f"{text} · {more}" if text else ""
        text = longer
    return text


def move_text(line: RecordedLine) -> str:
    """Write a move with levels before and after at both ends, where the record kept them."""
    quantity = amount(line.quantity, line.unit)
    lot = f" {lot_text(line.lot, line.expires_on)}" if line.lot else ""
    way = f"{_end(line.source)} → {_end(line.target)}"
    return f"{quantity} {bold(line.sku)}{lot} {way}{kept_text(line.corrects)}"


def _end(end: RecordedEnd) -> str:
    shown = end_name(end.id, end.name)
    if is_virtual(end.id) or end.before is None or end.after is None:
        return shown
    return f"{shown} ({format_quantity(end.before)} → {format_quantity(end.after)})"

"""The digest of a day, as it is posted in the alerts channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from bot.locales import _
from bot.services.digest import DigestFound, ExpiringLots
from bot.services.requests.late import LateRequests
from bot.views.components import Button, Component, number, row_of
from bot.views.lots import lot_line
from bot.views.replies import Reply
from bot.views.text import MAX_CONTENT, bold, fit_lines, plain

# It names the day, so that a message that was posted before a crash is known.
DIGEST_LOTS = Button("digest", "lots", number, number)
DIGEST_REQUESTS = Button("digest", "requests", number)


@dataclass(frozen=True, slots=True)
class DigestPart:
    """What a part of the digest says, line by line, and the buttons that lead to all of it."""

    lines: Sequence[str]
    buttons: Sequence[Component] = ()


def digest_message(found: DigestFound) -> Reply:
    """Show a day's digest; at most five parts, with five buttons each."""
    parts = [digest_part(part, found.day.toordinal()) for part in found.parts]
    lines = [line for part in parts for line in part.lines]
    buttons = [button for part in parts for button in part.buttons]
    text = fit_lines(lines, MAX_CONTENT)
    return Reply(text, view=row_of(*buttons) if buttons else None)


@singledispatch
def digest_part(part: Any, day: int) -> DigestPart:
    """Say what a part of a digest says; `day` is its ordinal."""
    del day
    raise LookupError(f"no words for {type(part).__name__} in a digest")


@digest_part.register
def expiring_part(part: ExpiringLots, day: int) -> DigestPart:
    """List the lots that expire soon."""
    lines = [f"### {_('Lots that expire soon')}"]
    lines += [lot_line(row, part.today, part.days) for row in part.rows]
    if part.has_more:
        lines.append(_("… and more"))
    return DigestPart(lines, [DIGEST_LOTS(_("All of them"), day, part.days)])


@digest_part.register
def late_part(part: LateRequests, day: int) -> DigestPart:
    """List the requests whose day is over."""
    lines = [f"### {_('Requests past their date')}"]
    lines += [
        _("{label} for {name} · needed by {day}").format(
            label=bold(row.label), name=plain(row.wanted_for), day=row.needed_by.isoformat()
        )
        for row in part.rows
    ]
    if part.has_more:
        lines.append(_("… and more"))
    return DigestPart(lines, [DIGEST_REQUESTS(_("Open requests"), day)])

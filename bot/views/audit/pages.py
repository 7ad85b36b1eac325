"""The audit trail in words: pages of records, one in full, what a verification found."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.record_detail import MAX_KEPT_LINES, RecordDetail
from bot.domain.verification import MAX_FINDINGS
from bot.errors import InvalidValue
from bot.locales import N_, _, ngettext
from bot.services.audit import RecordsFound, RecordShown, list_subject_codes
from bot.services.export import AuditExported
from bot.services.verification import BooksVerified
from bot.views.actions import ACTION_WORDS, headline_of, verb_of
from bot.views.audit.dated_words import dated_text
from bot.views.audit.findings import finding_text, notes_on
from bot.views.audit.lines import listed_line, move_text
from bot.views.changes import change_text, subject_text
from bot.views.components import Button, number
from bot.views.opening import OPEN_RECORD
from bot.views.pages import Row, Turn, list_page, page_buttons
from bot.views.record_links import numbered
from bot.views.replies import Reply, embed, renders
from bot.views.text import person, plain, when

_MAX_TEXT: Final = 3800
_BASE: Final = 36
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_CHANNEL_TROUBLES: Final = {
    "no_channel": N_("No audit channel is named, so there are no copies of heads to compare with."),
    "forbidden": N_(
        "I cannot read the audit channel's messages to compare with: give me **View Channel** and "
        "**Read Message History** there."
    ),
    "unreachable": N_("Discord did not let me read all of the audit channel's newest messages."),
}


@dataclass(frozen=True, slots=True)
class Search:
    """What a search was narrowed to, short enough for a button's id."""

    member_id: int | None
    action: str | None
    subject: tuple[str, int] | None
    first: int
    beyond: int

    @classmethod
    def parse(cls, text: str) -> "Search":
        """Read a search from a button; raises ValueError."""
        member, action, subject, first, beyond = text.split(":")
        nouns = {code: noun for noun, code in list_subject_codes().items()}
        if subject and subject[0] not in nouns:
            raise ValueError(text)
        actions = {_code(name): name for name in ACTION_WORDS}
        if action and action not in actions:
            raise ValueError(text)
        return cls(
            member_id=_int(member) if member else None,
            action=actions[action] if action else None,
            subject=(nouns[subject[0]], _int(subject[1:])) if subject else None,
            first=_int(first),
            beyond=_int(beyond),
        )

    def __str__(self) -> str:
        subject = ""
        if self.subject:
            noun, subject_id = self.subject
            subject = f"{list_subject_codes()[noun]}{_short(subject_id)}"
        parts = (
            _short(self.member_id) if self.member_id else "",
            _code(self.action) if self.action else "",
            subject,
            _short(self.first),
            _short(self.beyond),
        )
        return ":".join(parts)


def require_action(typed: str) -> str:
    """Return the action that was typed, by its name or in words; raises InvalidValue."""
    wanted = typed.strip().casefold()
    for action in ACTION_WORDS:
        words = (action, verb_of(action), headline_of(action))
        if wanted in {each.strip(":").casefold() for each in words}:
            return action
    raise InvalidValue(field="action", reason="unknown_action", value=typed.strip()[:40])


def action_choices(typed: str) -> list[tuple[str, str]]:
    """Offer the actions whose name or words contain what was typed."""
    wanted = typed.strip().casefold()
    return [
        (f"{headline_of(action).strip(':')} ({action})", action)
        for action in ACTION_WORDS
        if wanted in action or wanted in headline_of(action).casefold()
    ]


PAGE = Button("audit", "page", Turn.parse, Search.parse)


@renders(RecordsFound)
def search_page(listed: RecordsFound) -> Reply:
    """Show a page of records, the newest on top."""
    events = listed.events
    state = Search(listed.member_id, listed.action, listed.subject, listed.first, listed.beyond)
    narrowed = [*([listed.action] if listed.action else []), *filter(None, [listed.subject_label])]
    previous = f"b{events[0].record}" if events and listed.has_newer else None
    following = f"a{events[-1].record}" if events and listed.has_older else None
    return list_page(
        " · ".join([_("Audit"), *narrowed]),
        [Row(listed_line(event), OPEN_RECORD(_("Show"), event.record)) for event in events],
        buttons=page_buttons(PAGE, (str(state),), previous, following),
        nothing=_("_No matching records._"),
    )


@renders(RecordShown)
def record_page(shown: RecordShown) -> Reply:
    """Show one record in full: who, when, from where, before and after."""
    event = shown.event
    detail = shown.detail
    headline = plain(headline_of(event.action).strip(":"))
    head = [
        f"**{headline}** {subject_text(event.subject_type, event.subject)}",
        _("by {member} {when}").format(member=person(event.actor_id), when=when(event.at, "f"))
        + dated_text(event.at, detail),
    ]
    if (link := shown.links.get(event.record)) is not None:
        head[1] += " · " + _("[line in the audit channel]({url})").format(url=link.url)
    tail = []
    if detail.note:
        tail.append(_("Note: {note}").format(note=plain(detail.note)))
    if event.reverses is not None:
        tail.append(_("Reverses {record}.").format(record=_linked(shown, event.reverses)))
    if shown.reversed_by is not None:
        tail.append(_("Reversed by {record}.").format(record=_linked(shown, shown.reversed_by)))
    tail.append(
        _("source: {source} · operation: `{operation}`").format(
            source=plain(event.source), operation=plain(event.operation_id or "-")
        )
    )
    tail.append(f"`{event.hash}`")
    room = _MAX_TEXT - len("\n".join(head + tail))
    hidden = detail.line_count - len(detail.lines)
    lines = [*head, *_fit_counted(_details(event.subject_type, detail), room, hidden), *tail]
    return Reply(embed=embed(_("Record #{record}").format(record=event.record), "\n".join(lines)))


def _linked(shown: RecordShown, record: int) -> str:
    return numbered(record, shown.links.get(record))


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known of the copies outside: why the channel was not read, whether it has any."""

    trouble: str = ""
    public_keys: Sequence[object] = ()
    has_lines: bool = False


@renders(BooksVerified)
def verified_page(verified: BooksVerified) -> Reply:
    """Say whether the books are intact, and list the problems."""
    return compared_page(verified, None)


def compared_page(verified: BooksVerified, outside: Outside | None) -> Reply:
    """Say it with the comparison with the audit channel, if there was one."""
    notes = [*notes_on(verified), *_outside(verified, outside)]
    head = f"`{verified.head}`"
    if not verified.findings:
        if not verified.last_record:
            return Reply(_("✅ Verified: there are no records yet."))
        text = _("✅ Verified: #1 to #{last} intact; stock and settings match the records.")
        lines = [text.format(last=verified.last_record), head, *notes]
        return Reply("\n".join(lines))
    lines = [_("❌ Problems found, up to #{last}:").format(last=verified.last_record), *notes]
    lines += [f"• {finding_text(finding, verified)}" for finding in verified.findings]
    if len(verified.findings) == MAX_FINDINGS:
        lines.append(_("There may be more: verify again once these are repaired."))
    return Reply.of_lines(lines)


def _outside(verified: BooksVerified, outside: Outside | None) -> list[str]:
    if outside is None:
        return []
    lines = [_(_CHANNEL_TROUBLES[outside.trouble])] if outside.trouble else []
    if verified.matched:
        text = ngettext(
            "{count} day line of the audit channel agrees with the books, up to #{record}.",
            "{count} day lines of the audit channel agree with the books, up to #{record}.",
            len(verified.matched),
        )
        newest = max(anchor.record for anchor in verified.matched)
        lines.append(text.format(count=len(verified.matched), record=newest))
    elif not outside.trouble and not outside.has_lines:
        lines.append(_("There is no day line in the audit channel yet to compare with."))
    if outside.public_keys:
        key = outside.public_keys[0]
        lines.append(_("Day lines are signed; public key: `{key}`").format(key=key))
    return lines


@renders(AuditExported)
def export_page(exported: AuditExported) -> Reply:
    """Attach the table."""
    if not exported.records:
        return Reply(_("There are no records in this period."))
    name = f"audit-{exported.first}-{exported.last}.csv"
    text = ngettext(
        "{count} record, #{first} to #{last}.",
        "{count} records, #{first} to #{last}.",
        exported.records,
    ).format(count=exported.records, first=exported.first, last=exported.last)
    return Reply(text, file=(name, exported.content))


def _details(noun: str, detail: RecordDetail) -> list[str]:
    count = detail.line_count
    counted = ngettext("{count} move", "{count} moves", count).format(count=count)
    moves = [move_text(line) for line in detail.lines]
    fields = [change_text(change, noun) for change in detail.changes]
    return [*([counted] if count > MAX_KEPT_LINES else []), *moves, *fields]


def _fit_counted(lines: list[str], room: int, hidden: int) -> list[str]:
    """Return as many lines as fit; the last one says how many more there are."""
    used, count = 0, len(lines)
    for fitting, line in enumerate(lines):
        used += len(line) + 1
        if used > room:
            count = fitting
            break
    hidden += len(lines) - count
    more = _("… and {count} more: see `/audit export`").format(count=hidden)
    return [*lines[:count], *([more] if hidden else [])]


def _code(action: str) -> str:
    """Shorten an action's name to what stays the same whatever actions later versions add."""
    return hashlib.sha256(action.encode()).hexdigest()[:6]


def _short(value: int) -> str:
    """Write a number with as few characters as letters allow."""
    digits = ""
    while value:
        value, digit = divmod(value, _BASE)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _int(text: str) -> int:
    return number(str(int(text, _BASE)))

"""The trail: searching records, looking at one, and the totals of a day."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from bot.database.controllers.audit import FURTHEST, DayTotals
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.subjects import SUBJECTS
from bot.database.models import AuditEvent, Guild
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import NO_WAY_BACK, declare_actions
from bot.domain.anchors import DAY_CLOSED, SIGNATURE, Anchor, signature_of_day
from bot.domain.changes import Change, Changed
from bot.domain.message_links import RecordLinks
from bot.domain.periods import parse_since, parse_until, start_of
from bot.domain.record_detail import RecordDetail
from bot.domain.records import DayClosed
from bot.domain.stock import ChosenId
from bot.errors import NotFound
from bot.services.record_links import locate_records

# More lines of a record than fit into one message.
_SHOWN_LINES: Final = 100

declare_actions(DAY_CLOSED, way_back=NO_WAY_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRecords:
    """Look for records; `subject` is what was typed, or (kind, id) from a button."""

    member_id: int | None = None
    action: str | None = None
    subject: str | tuple[str, int] | None = None
    since: str = ""
    until: str = ""
    # From a button: the records between which to look, instead of `since` and `until`.
    first: int | None = None
    beyond: int | None = None
    # Turned pages: what is older than a record, or newer.
    older_than: int | None = None
    newer_than: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsFound:
    """A page of records, the newest first, and what it was narrowed to."""

    events: tuple[AuditEvent, ...]
    has_older: bool
    has_newer: bool
    member_id: int | None
    action: str | None
    subject: tuple[str, int] | None
    subject_label: str
    first: int
    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRecord:
    """Look at one record."""

    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShown:
    """A record with its lines, and the number of the one that reversed it, if any."""

    event: AuditEvent
    detail: RecordDetail
    reversed_by: int | None
    links: RecordLinks = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDay:
    """Ask what happened on a day of the guild's own."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDay:
    """Write a day's totals and the chain's head into the audit."""

    day: date


@query(permission="audit.view")
async def find_records(books: Books, request: FindRecords) -> RecordsFound:
    """Search the records, newest first."""
    subject, label = await _find_subject(books, request.subject)
    first, beyond = await find_bounds(books, request)
    is_backwards = request.newer_than is not None
    above, below = first - 1, beyond
    if request.newer_than is not None:
        above = max(above, request.newer_than)
    if request.older_than is not None:
        below = min(below, request.older_than)
    found = await books.audit.search(
        above=above,
        below=below,
        is_backwards=is_backwards,
        limit=PAGE_ROWS + 1,
        actor_id=request.member_id,
        action=request.action,
        subject=subject,
    )
    has_more = len(found) > PAGE_ROWS
    events = found[-PAGE_ROWS:] if is_backwards else found[:PAGE_ROWS]
    return RecordsFound(
        events=tuple(events),
        has_older=True if is_backwards else has_more,
        has_newer=has_more if is_backwards else request.older_than is not None,
        member_id=request.member_id,
        action=request.action,
        subject=subject,
        subject_label=label,
        first=first,
        beyond=beyond,
    )


@query(permission="audit.view")
async def get_record(books: Books, request: GetRecord) -> RecordShown:
    """Look at one record."""
    event = await books.audit.get_by_id(request.record)
    if event is None:
        raise NotFound("record", wanted=str(request.record))
    detail = RecordDetail.load(event.detail)
    if detail.has_lines_in_ledger_alone:
        lines = await books.stock.lines_of_record(event.record, after=0, limit=_SHOWN_LINES)
        # What went with a count that was reversed keeps it true no longer.
        lines = [
            replace(line, corrects=None) if line.corrects == event.reverses else line
            for line in lines
        ]
        detail = replace(detail, lines=tuple(lines))
    later = await books.audit.find_one(reverses=event.record)
    reversed_by = later.record if later else None
    return RecordShown(
        event=event,
        detail=detail,
        reversed_by=reversed_by,
        links=await locate_records(books, [event.record, event.reverses, reversed_by]),
    )


@query(permission="audit.view", is_shown=False)
async def get_day(books: Books, request: GetDay) -> DayTotals:
    """Count what happened on a day."""
    guild = await books.guilds.get_by_id() or Guild(guild_id=books.actor.guild_id)
    return await _totals(books, guild, request.day)


@operation("day.close", permission="audit.view")
async def close_day(uow: UnitOfWork, request: CloseDay) -> Changed:
    """Write a day's totals and the chain's head into the audit, so that a copy exists outside.

    Raises NothingToDo for a day without records, or one that is closed.
    """
    guild = await uow.guilds.require()
    day = request.day.isoformat()
    totals = await _totals(uow, guild, request.day)
    if not totals.records or (guild.closed_on is not None and guild.closed_on >= request.day):
        raise DayClosed(day)
    await uow.guilds.update_by_id(closed_on=request.day)
    changes = [
        Change("records", "", str(totals.records)),
        Change("moves", "", str(totals.moves)),
        Change("people", "", str(totals.people)),
        Change("chain", "", f"{uow.head.chain_head} (#{uow.head.last_record})"),
    ]
    head = Anchor(guild.guild_id, uow.head.last_record, uow.head.chain_head)
    signature = await _sign(uow, head, day)
    if signature:
        changes.append(Change(SIGNATURE, "", signature))
    return uow.record_changes(DAY_CLOSED, "day", guild.guild_id, day, changes)


async def _sign(uow: UnitOfWork, head: Anchor, day: str) -> str:
    signing = uow.scope.signing
    if signing is None:
        return ""
    closed = await uow.audit.search(above=-1, below=FURTHEST, limit=1, action=DAY_CLOSED)
    before = signature_of_day(closed[0].detail) if closed else None
    return signing.sign(head, day, after=before, may_make_key=True)


async def find_bounds(books: Books, request: FindRecords) -> tuple[int, int]:
    """Turn a period into record numbers: the first one, and one beyond the last."""
    if request.first is not None and request.beyond is not None:
        return request.first, request.beyond
    guild = await books.guilds.get_by_id() or Guild(guild_id=books.actor.guild_id)
    first, beyond = 1, FURTHEST
    if request.since.strip():
        since = parse_since(request.since, guild.timezone, books.now)
        first = await books.audit.first_since(since)
    if request.until.strip():
        until = parse_until(request.until, guild.timezone, books.now)
        beyond = await books.audit.first_since(until)
    return first, beyond


async def _totals(books: Books, guild: Guild, day: date) -> DayTotals:
    begin = await books.audit.first_since(start_of(day, guild.timezone))
    end = await books.audit.first_since(start_of(day + timedelta(days=1), guild.timezone))
    return await books.audit.totals(begin, end, without=DAY_CLOSED)


async def _find_subject(
    books: Books, wanted: str | ChosenId | tuple[str, int] | None
) -> tuple[tuple[str, int] | None, str]:
    """Return what a search is about as (kind, id), whatever it is called by now."""
    if wanted is None:
        return None, ""
    subjects = books.open_subjects()
    if isinstance(wanted, ChosenId):
        wanted = (wanted.noun, int(wanted))
    if isinstance(wanted, tuple):
        noun, subject_id = wanted
        row = await subjects[noun].get_by_id(subject_id) if noun in subjects else None
        return wanted, subjects[noun].label_of(row) if row is not None else ""
    merged = await books.items.find_merged(wanted) if "item" in subjects else None
    if merged is not None:
        # Its SKU leads to another item everywhere else, and its records would have no name.
        return books.items.subject_of(merged), merged.sku
    for controller in subjects.values():
        row = await controller.find_by_name(wanted)
        if row is not None:
            return controller.subject_of(row), controller.label_of(row)
    raise NotFound("subject", wanted=wanted.strip()[:100])


def list_subject_codes() -> dict[str, str]:
    """Return the short code of each noun that a search can be narrowed to."""
    return {noun: each.subject_code for noun, each in SUBJECTS.items()}

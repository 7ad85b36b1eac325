"""Scheduled reports: what is posted to which channel, and when; the job posts them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from bot.database.models import ReportSchedule
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import declare_actions
from bot.domain.changes import Change
from bot.domain.lanes import report_lane
from bot.domain.report_schedules import (
    DEFAULT_AT,
    EVERY,
    MAX_SCHEDULES,
    Every,
    Rhythm,
    parse_at,
)
from bot.domain.schedule import REPORTS as REPORTS_DUE
from bot.domain.stock import Reference
from bot.errors import AlreadyExists, InvalidValue, LimitReached, NotFound
from bot.services.reports.kinds import REPORTS, ReportKind
from bot.services.valuation import MAY_REPORT

SCHEDULED: Final = "report.scheduled"
UNSCHEDULED: Final = "report.unscheduled"
MANAGES: Final = "board.manage"
NOUN: Final = "report schedule"
# Of 25 schedules: the last day of each, and what of them is not posted yet.
_MAX_POSTINGS: Final = 500
_NUMBERED: Final = re.compile(r"#?([1-9][0-9]{0,15})", re.ASCII)

declare_actions(SCHEDULED, way_back="report unschedule")
declare_actions(UNSCHEDULED, way_back="report schedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleReport:
    """Post a report to a channel every day, week or month, at a time of the guild's day."""

    kind: ReportKind
    channel_id: int
    every: Every
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnscheduleReport:
    """Post a scheduled report no more; `schedule` is its number."""

    schedule: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSchedules:
    """Look at what is scheduled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSchedule:
    """A scheduled report, when it is due next, and why it waits, if it does."""

    id: int
    kind: ReportKind
    channel_id: int
    every: Every
    at_time: str
    next_at: datetime
    next_on: date
    blocked_reason: str | None = None
    blocked_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulesChanged:
    """A report that was scheduled, or is no more, and what is scheduled now."""

    record: int
    action: str
    schedule: ShownSchedule
    others: tuple[ShownSchedule, ...]


@operation("report.schedule", permission=MANAGES)
async def schedule_report(uow: UnitOfWork, request: ScheduleReport) -> SchedulesChanged:
    """Schedule a report; who does has to be allowed to see it, its prices as well."""
    if request.every not in EVERY:
        raise InvalidValue(field="every", reason="unknown_rhythm", value=str(request.every)[:40])
    uow.require_permission(MAY_REPORT)
    for permission in REPORTS[request.kind].needs:
        uow.require_permission(permission)
    values = {
        "kind": request.kind,
        "channel_id": request.channel_id,
        "every": request.every,
        "at_time": parse_at(request.at or DEFAULT_AT),
    }
    found = await uow.report_schedules.find_all()
    if any(all(getattr(row, name) == each for name, each in values.items()) for row in found):
        raise AlreadyExists(NOUN, value=request.kind)
    if len(found) >= MAX_SCHEDULES:
        raise LimitReached(NOUN, MAX_SCHEDULES)
    made = await uow.report_schedules.create(**values, created_at=uow.now)
    shown = await _show(uow, [*found, made])
    await _let_look(uow, shown[-1].next_at)
    changes = [Change(name, "", value) for name, value in _facts(made).items()]
    changed = uow.record_changes(SCHEDULED, NOUN, made.id, made.kind, changes)
    return SchedulesChanged(
        record=changed.record, action=SCHEDULED, schedule=shown[-1], others=tuple(shown[:-1])
    )


@operation("report.unschedule", permission=MANAGES)
async def unschedule_report(uow: UnitOfWork, request: UnscheduleReport) -> SchedulesChanged:
    """Post a report no more; raises NotFound."""
    found = await uow.report_schedules.find_all()
    number = _read_number(request.schedule)
    gone = next((row for row in found if row.id == number), None)
    if gone is None:
        raise NotFound(NOUN, wanted=str(request.schedule)[:40])
    shown = {each.id: each for each in await _show(uow, found)}
    await uow.report_schedules.delete_by_id(gone.id)
    # The job clears up after it, and finds out whether anything is left to look at.
    await _let_look(uow, uow.now)
    changes = [Change(name, value, "") for name, value in _facts(gone).items()]
    changed = uow.record_changes(UNSCHEDULED, NOUN, gone.id, gone.kind, changes)
    return SchedulesChanged(
        record=changed.record,
        action=UNSCHEDULED,
        schedule=shown.pop(gone.id),
        others=tuple(shown.values()),
    )


@query(permission=MANAGES, is_shown=False)
async def list_schedules(books: Books, request: ListSchedules) -> list[ShownSchedule]:
    """List what is scheduled, the oldest first."""
    del request
    return await show_schedules(books)


async def show_schedules(books: Books) -> list[ShownSchedule]:
    """Return what is scheduled, when each is due next, and which of them wait."""
    return await _show(books, await books.report_schedules.find_all())


async def look_again(uow: UnitOfWork) -> None:
    """Let the clock look at what is scheduled: the guild's days are others now."""
    if await uow.schedule.get_by_id(REPORTS_DUE) is not None:
        await uow.schedule.update_by_id(REPORTS_DUE, due_at=uow.now)


def _facts(row: ReportSchedule) -> dict[str, str]:
    """Return what records say of a schedule besides the kind of its report."""
    return {"channel": str(row.channel_id), "every": row.every, "at": row.at_time}


async def _show(books: Books, rows: Sequence[ReportSchedule]) -> list[ShownSchedule]:
    if not rows:
        return []
    zone = (await books.guilds.require()).timezone
    last: dict[int, date] = {}
    for posting in await books.report_postings.find_all(limit=_MAX_POSTINGS):
        last[posting.schedule_id] = max(posting.day, last.get(posting.schedule_id, posting.day))
    shown = []
    for row in rows:
        rhythm = Rhythm(cast("Every", row.every), row.at_time, zone)
        _due, following = rhythm.list_due(row.created_at, last.get(row.id), books.now)
        lane = await books.outbox_lanes.get_by_id(report_lane(row.id))
        shown.append(
            ShownSchedule(
                id=row.id,
                kind=cast("ReportKind", row.kind),
                channel_id=row.channel_id,
                every=rhythm.every,
                at_time=row.at_time,
                next_at=following.due_at,
                next_on=following.day,
                blocked_reason=lane.blocked_reason if lane else None,
                blocked_since=lane.blocked_since if lane else None,
            )
        )
    return shown


async def _let_look(uow: UnitOfWork, due_at: datetime) -> None:
    """Let the clock look at what is scheduled then, unless it does before."""
    due: Any = await uow.schedule.get_by_id(REPORTS_DUE)
    if due is None:
        await uow.schedule.create(kind=REPORTS_DUE, due_at=due_at)
    elif due.due_at > due_at:
        await uow.schedule.update_by_id(REPORTS_DUE, due_at=due_at)


def _read_number(typed: Reference) -> int | None:
    if isinstance(typed, int):
        return typed
    match = _NUMBERED.fullmatch(typed.strip())
    return int(match[1]) if match else None

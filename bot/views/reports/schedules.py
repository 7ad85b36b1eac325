"""Scheduled reports in words: what is posted when, and the posts themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.database.delivery.report_postings import DueReport
from bot.domain.report_schedules import Every
from bot.locales import N_, _, ngettext
from bot.services.reports.kinds import ReportKind
from bot.services.reports.scheduling import SCHEDULED, SchedulesChanged, ShownSchedule
from bot.views.actions import ActionWords, declare_action_words
from bot.views.channels import BLOCKED_REPORT, ChannelTrouble, channel_trouble_line, lane_reason
from bot.views.replies import Reply, renders
from bot.views.reports.pages import MadeReport, report_page
from bot.views.reports.titles import kind_title
from bot.views.text import MAX_CHOICE, channel, clip, when

_RHYTHMS: Final[dict[Every, str]] = {
    "day": N_("every day at {time}"),
    "week": N_("every Monday at {time}"),
    "month": N_("on the first of each month at {time}"),
}
# From then on it is said that a post is late.
_LATE: Final = timedelta(hours=1)

declare_action_words(
    {
        "report.scheduled": ActionWords(N_("scheduled the report"), N_("Scheduled the report")),
        "report.unscheduled": ActionWords(
            N_("unscheduled the report"), N_("Unscheduled the report")
        ),
    }
)


@renders(SchedulesChanged)
def schedules_changed_page(changed: SchedulesChanged) -> Reply:
    """Say what was scheduled or is no more."""
    return schedules_page(changed)


def schedules_page(changed: SchedulesChanged, troubles: Sequence[ChannelTrouble] = ()) -> Reply:
    """Say what was scheduled or is no more, what is wrong with its channel, and what else is."""
    line = schedule_line(changed.schedule)
    if changed.action == SCHEDULED:
        lines = ["✅ " + _("Scheduled: {schedule}").format(schedule=line)]
        lines += [f"⚠️ {channel_trouble_line(each)}" for each in troubles]
    else:
        lines = ["✅ " + _("Not posted any more: {schedule}").format(schedule=line)]
    lines.append(f"`#{changed.record}`")
    if changed.others:
        lines += ["", _("Scheduled besides:")]
        lines += [f"- {schedule_line(each)}" for each in changed.others]
    return Reply.of_lines(lines)


def schedule_line(schedule: ShownSchedule) -> str:
    """Write a scheduled report: what, where, how often, and when next."""
    return _("**{report}** in {channel} {rhythm}, next {when}").format(
        report=kind_title(schedule.kind),
        channel=channel(schedule.channel_id),
        rhythm=rhythm_text(schedule.every, schedule.at_time),
        when=when(schedule.next_at, "f"),
    )


def blocked_schedule_line(schedule: ShownSchedule, missing: Sequence[str]) -> str:
    """Say that a scheduled report is not posted, and why."""
    text = _("⚠️ The report **{report}** is not posted in {channel}: {reason}")
    return text.format(
        report=kind_title(schedule.kind),
        channel=channel(schedule.channel_id),
        reason=lane_reason(schedule.blocked_reason or "", missing, BLOCKED_REPORT),
    )


def schedule_name(kind: ReportKind) -> str:
    """Name the posts of a schedule, for the owner of a guild where they cannot be posted."""
    return _("scheduled report “{report}”").format(report=kind_title(kind))


def schedule_choice(schedule: ShownSchedule, channel_name: str) -> str:
    """Name a scheduled report in a list of suggestions; its time is of the guild's zone."""
    parts = [
        kind_title(schedule.kind),
        f"#{channel_name}" if channel_name else _("deleted channel"),
        rhythm_text(schedule.every, schedule.at_time),
        _("next {day}").format(day=schedule.next_on.isoformat()),
    ]
    return clip(" · ".join(parts), MAX_CHOICE)


def rhythm_text(every: Every, at_time: str) -> str:
    """Write how often something is posted."""
    return _(_RHYTHMS[every]).format(time=at_time)


def posted_report(made: MadeReport, due: DueReport, now: datetime, *, is_of_now: bool) -> Reply:
    """Make the message of a report that was due: as of then, unless it only knows the present."""
    above = []
    if now - due.due_at > _LATE:
        text = _("It was due {when}.").format(when=when(due.due_at, "f"))
        above.append("⏰ " + (f"{text} " + _("It is of now.") if is_of_now else text))
    if due.skipped:
        above.append(
            ngettext(
                "{count} before it was missed and is left out.",
                "{count} before it were missed and are left out.",
                due.skipped,
            ).format(count=due.skipped)
        )
    rhythm = rhythm_text(due.rhythm.every, due.rhythm.at_time)
    footer = _("Posted {rhythm}. `/report unschedule` ends it.").format(rhythm=rhythm)
    return report_page(made, above=above, footer=footer)

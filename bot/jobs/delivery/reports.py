"""Scheduled reports: each is read as of when it was due, and posted once, oldest first.

A report may take longer to read than a lane is leased for. So it is made in one turn and posted in
the next, which begins with the lease: of two processes that made it, the one that has the lane
posts. A crash after posting repeats it with the same nonce, or, when Discord no longer knows that,
finds the message by the name of its file.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, cast
from weakref import WeakValueDictionary

import discord

from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.delivery.report_postings import DueReport, ReportPostings
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.lanes import scheduled_by
from bot.domain.purposes import FILE_PERMISSIONS, NEEDED_PERMISSIONS
from bot.domain.report_schedules import MAX_MISSED
from bot.errors import HeavyWorkUnderWay
from bot.interactions.report_making import make_report
from bot.jobs.delivery.batches import LOOK_BACK_MESSAGES, NONCE_LIFE, SEND_SECONDS, nonce_of
from bot.jobs.delivery.owner_notices import missing_permissions
from bot.services.reports.kinds import (
    REPORTS,
    FindReport,
    ReportKind,
    find_report,
    without_prices,
)
from bot.services.valuation import MAY_SEE_PRICES
from bot.views.channels import posting_trouble
from bot.views.replies import Reply
from bot.views.reports.schedules import posted_report, schedule_name

# Of lanes that were lost meanwhile; a message may have ten megabytes.
_MAX_MADE: Final = 4
# What even a slow line carries of a file in a second.
_BYTES_A_SECOND: Final = 500_000


class GuildBusyError(OSError):
    """Another report of the guild is being read: this one waits."""


@dataclass(frozen=True, slots=True)
class Made:
    """A message that was made and is to be posted."""

    due: DueReport
    reply: Reply


class ReportDrawing:
    """Posts the reports of a schedule that are due."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._client = client
        self._db = db
        self._postings = ReportPostings(db)
        self._made: dict[tuple[int, int], Made] = {}
        # A guild has one place for reading: its schedules take turns, whatever is due at once.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def draw(self, held: LeasedLane, row: OutboxRow) -> bool:
        """Make the next report, or post it; returns whether there is more to do."""
        del row  # of a schedule there is one, whatever waits
        schedule_id = scheduled_by(held.lane)
        assert schedule_id is not None
        key = (held.guild_id, schedule_id)
        schedule = await self._postings.find_schedule(*key)
        most = MAX_MISSED if schedule is None or REPORTS[schedule.kind].has_day else 1
        due = await self._postings.find_next(*key, most)
        made = self._made.pop(key, None)
        if due is None:
            return False
        if made is None or made.due != due:
            self._keep(key, Made(due, await self._make(due)))
            return True
        await self._post(made)
        return await self._postings.finish(due)

    async def describe(
        self, held: LeasedLane, guild: discord.Guild | None, reason: str
    ) -> str | None:
        """Say to a guild's owner why a scheduled report is not posted."""
        schedule_id = scheduled_by(held.lane)
        if schedule_id is None:
            return None
        row = await self._postings.find_schedule(held.guild_id, schedule_id)
        if row is None:
            return None
        name = guild.name if guild is not None else held.guild_name
        needed = NEEDED_PERMISSIONS | FILE_PERMISSIONS
        missing = missing_permissions(guild, row.channel_id, needed)
        return posting_trouble(name, schedule_name(row.kind), row.channel_id, reason, missing)

    def _keep(self, key: tuple[int, int], made: Made) -> None:
        self._made[key] = made
        while len(self._made) > _MAX_MADE:
            del self._made[next(iter(self._made))]

    async def _make(self, due: DueReport) -> Reply:
        kind, actor = cast("ReportKind", due.kind), system_actor(due.guild_id, "job")
        until = due.due_at if REPORTS[kind].has_day else None
        turn = self._turns.setdefault(due.guild_id, asyncio.Lock())
        try:
            async with turn, self._db.reads.heavy_work(due.guild_id):
                scope = await self._db.query(find_report, FindReport(kind=kind, until=until), actor)
                if MAY_SEE_PRICES not in REPORTS[kind].needs:
                    # Who scheduled it need not have been allowed to see them.
                    scope = without_prices(scope)
                made = await make_report(self._db, actor, kind, scope, name=_file_name(due))
        except HeavyWorkUnderWay as error:
            raise GuildBusyError from error
        return posted_report(made, due, self._db.clock(), is_of_now=until is None)

    async def _post(self, made: Made) -> None:
        due, reply = made.due, made.reply
        channel = self._client.get_partial_messageable(due.channel_id)
        if self._db.clock() - due.due_at > NONCE_LIFE and await self._is_posted(channel, due):
            return
        nonce = nonce_of(f"{due.guild_id}/report/{due.schedule_id}/{due.day}")
        size = 0 if reply.file is None else len(reply.file[1])
        async with asyncio.timeout(SEND_SECONDS + size / _BYTES_A_SECOND):
            await channel.send(nonce=nonce, **reply.for_sending())

    async def _is_posted(self, channel: discord.PartialMessageable, due: DueReport) -> bool:
        """Whether the report is among the newest messages of its channel."""
        assert self._client.user is not None
        name = f"{_file_name(due)}."
        async for message in channel.history(limit=LOOK_BACK_MESSAGES):
            if message.author.id == self._client.user.id and any(
                each.filename.startswith(name) for each in message.attachments
            ):
                return True
        return False


def _file_name(due: DueReport) -> str:
    """Name the file like no other one, so that the message can be found by it."""
    time = due.rhythm.at_time.replace(":", "")
    return f"{due.kind}-{due.day.isoformat()}-{time}-{due.schedule_id}"

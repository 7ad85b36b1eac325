"""The bot as it is, but for two things that only a test can want of a process.

It kills itself as SIGKILL would at the point that the file CRASH_FILE names, if there is one;
its clock goes CLOCK_AHEAD_SECONDS ahead, so that leases and waits of a dead process are over.
"""

import functools
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, event

import bot.app
import bot.cli.main
from bot.database import service
from bot.database.delivery.board_messages import BoardMessages, Kept
from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.leased_lanes import LeasedLane
from bot.database.delivery.report_postings import ReportPostings
from bot.database.delivery.shown_answers import ShownAnswers
from bot.database.service import DatabaseService, utc_now
from bot.database.unit import UnitOfWork
from bot.domain.lanes import AUDIT_LANE
from bot.jobs.delivery.boards import BoardDrawing
from bot.jobs.delivery.reports import ReportDrawing

if TYPE_CHECKING:
    from collections.abc import Callable

CRASH_FILE = Path(os.environ["CRASH_FILE"])
AHEAD = timedelta(seconds=float(os.environ.get("CLOCK_AHEAD_SECONDS", "0")))
# What is put in place of their parts takes any arguments, and so do they here.
UNIT: Any = UnitOfWork
LANES: Any = OutboxLanes
BOARDS: Any = BoardMessages
SERVICE: Any = service
APP: Any = bot.app


def die_at(point: str) -> None:
    """Be gone at once, with nothing flushed and nothing said, if this is the point."""
    if CRASH_FILE.exists() and CRASH_FILE.read_text() == point:
        os.kill(os.getpid(), signal.SIGKILL)


def die_around(owner: type, name: str, *, before: str = "", after: str = "") -> None:
    """Make a method of a class a point to die at, before it begins or after it is done."""
    method: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(method)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        die_at(before)
        result = await method(*args, **kwargs)
        die_at(after)
        return result

    setattr(owner, name, wrapped)


def die_in_a_unit() -> None:
    """Make the points between a unit's lock and its commit."""
    begin, write = UNIT.__init__, SERVICE.write_unit

    @functools.wraps(begin)
    def begin_unit(self: UnitOfWork, *args: Any) -> None:
        begin(self, *args)
        die_at("after the lock")

    @functools.wraps(write)
    async def write_unit(uow: UnitOfWork, *args: Any) -> None:
        await write(uow, *args)
        uow.scope.connection.info["is_unit"] = True

    def before_commit(connection: Connection) -> None:
        if connection.info.pop("is_unit", False):
            die_at("before commit")

    UNIT.__init__, SERVICE.write_unit = begin_unit, write_unit
    event.listen(Engine, "commit", before_commit)


def die_after_leasing() -> None:
    """Make the point before lines are sent to the audit channel, whatever goes elsewhere."""
    take = LANES.lease

    @functools.wraps(take)
    async def lease(self: OutboxLanes, *args: Any, **kwargs: Any) -> LeasedLane | None:
        held: LeasedLane | None = await take(self, *args, **kwargs)
        if held is not None and held.lane == AUDIT_LANE:
            die_at("before the audit is sent")
        return held

    LANES.lease = lease


def die_around_marking() -> None:
    """Make the points before and after a batch that arrived is marked, by its last record."""
    mark = LANES.complete

    @functools.wraps(mark)
    async def complete(self: OutboxLanes, held: LeasedLane) -> LeasedLane | None:
        assert held.batch is not None
        record = held.batch.last_record
        die_at(f"before marking #{record} as told")
        marked: LeasedLane | None = await mark(self, held)
        die_at(f"after marking #{record} as told")
        return marked

    LANES.complete = complete


def die_around_boards() -> None:
    """Make the points at which the message of a board is posted, edited and noted."""
    keep = BOARDS.keep

    @functools.wraps(keep)
    async def noting(self: BoardMessages, kept: Kept) -> None:
        if kept.message_id is not None:
            die_at("before a board is noted")
        await keep(self, kept)
        die_at("after a board is noted" if kept.message_id else "before a board is posted")

    BOARDS.keep = noting


class App(bot.app.App):
    """The bot with a clock that goes ahead, and a point to die at just after a commit."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, clock=clock)
        self.db.on_commit.insert(0, lambda _guild_id: die_at("after commit"))


def clock() -> datetime:
    """The time on the wall, and then some."""
    return utc_now() + AHEAD


die_in_a_unit()
die_around(DatabaseService, "run", before="after the defer", after="before the answer")
die_around(ShownAnswers, "flush", before="before the answer is noted as shown")
die_around(OutboxLanes, "postpone", before="while delivering audit")
die_after_leasing()
die_around_marking()
die_around(ReportPostings, "take", before="before taking reports", after="after taking reports")
die_around(ReportDrawing, "_post", before="before posting a report", after="after posting one")
die_around(ReportPostings, "finish", after="after marking a report")
die_around_boards()
die_around(BoardDrawing, "draw", before="before a board is drawn", after="after a board is drawn")
APP.App = App

if __name__ == "__main__":
    bot.cli.main.main()

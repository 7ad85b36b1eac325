"""The handlers of everything that is scheduled, by kind."""

from collections.abc import Callable

from bot.database.delivery.schedule import Schedules
from bot.database.service import DatabaseService
from bot.domain.schedule import (
    DAY,
    DIGEST,
    ITEM_DAYS,
    KINDS,
    LAPSES,
    RECEIPTS,
    REPORTS,
    ROLE_DEFAULTS,
)
from bot.domain.shards import Share
from bot.jobs.days import DayHandler
from bot.jobs.digests import DigestHandler
from bot.jobs.item_days import ItemDaysHandler
from bot.jobs.lapses import LapseHandler
from bot.jobs.reports import ReportHandler
from bot.jobs.retention import ReceiptHandler
from bot.jobs.role_defaults import RoleDefaultsHandler
from bot.jobs.schedule import Handler, ScheduleJob


def build_schedule(
    db: DatabaseService, share: Share, wake_outbox: Callable[[int], None] = lambda _guild_id: None
) -> ScheduleJob:
    """Build the job with a handler for each kind."""
    handlers: dict[str, Handler] = {
        DAY: DayHandler(db),
        DIGEST: DigestHandler(db),
        ITEM_DAYS: ItemDaysHandler(db),
        LAPSES: LapseHandler(db),
        RECEIPTS: ReceiptHandler(db),
        REPORTS: ReportHandler(db, wake_outbox),
        ROLE_DEFAULTS: RoleDefaultsHandler(db),
    }
    assert set(handlers) == set(KINDS), "everything that is scheduled has a handler"
    return ScheduleJob(Schedules(db, share), handlers, db.clock)

"""The pieces of each report, for the plans of their statements."""

from datetime import date
from typing import Any

from bot.database.delivery.report_postings import ReportPostings
from bot.domain.documents import ORDER, REQUEST
from tests.database.books import GUILD
from tests.database.busy import FIRST_ITEM, FIRST_LOCATION

_TODAY = date(2027, 1, 1)
_ITEMS = (FIRST_ITEM + 6, FIRST_ITEM + 7)


async def schedule_reports(day: Any) -> None:
    """Schedule reports, let some be due and posted, and end one."""
    db, made = day.warehouse.db, []
    for kind in ("low", "stock"):
        asked = {"kind": kind, "channel_id": 5, "every": "day"}
        made.append((await day.run("report.schedule", **asked)).schedule.id)
    postings, clock = ReportPostings(db), db.clock
    for _day in range(9):
        clock.advance(hours=24)
        await postings.take(GUILD)
    await postings.find_schedule(GUILD, made[0])
    due = await postings.find_next(GUILD, made[0], 7)
    assert due is not None
    assert due.skipped
    await postings.finish(due)
    await day.ask("list_schedules")
    await day.run("report.unschedule", schedule=made[1])
    await postings.take(GUILD)


async def read_reports(day: Any) -> None:
    """Read as of now and of a record, at some locations and at all."""
    for location in (None, "L 7"):
        await day.ask("find_report", kind="idle", as_of="2026-01-01", location=location)
    for ids in (None, frozenset({FIRST_LOCATION + 6, FIRST_LOCATION + 7})):
        where = {"beyond": 900, "location_ids": ids}
        await day.ask("read_held", **where)
        await day.ask("read_held", **where, item_ids=_ITEMS)
        await day.ask("find_last_left", **where, item_ids=_ITEMS)
    await day.ask("find_window", first=_TODAY, timezone="Europe/Berlin")
    await day.ask("read_window", after=(800, 1), beyond=900)
    await day.ask("read_low")
    await day.ask("read_expiring", today=_TODAY, until=date(2032, 1, 1), location_ids=None)
    for kind, read in ((ORDER, "read_open_orders"), (REQUEST, "read_open_requests")):
        found: list[Any] = []
        for status in kind.statuses:
            found += (await day.ask("list_open", kind=kind.noun, status=status))[0]
        await day.ask("list_open", kind=kind.noun, status=kind.statuses[0], after=900)
        assert found
        await day.ask(read, documents=tuple(found[:9]), today=_TODAY)
        if kind is ORDER:
            await day.ask("name_suppliers", documents=tuple(found))

"""What a time means as a record number, whichever marks lie between."""

from datetime import timedelta

import pytest

from bot.database.controllers.audit import FURTHEST
from bot.database.models import AuditEvent
from bot.database.models.audit_event import MARKS_EVERY
from tests.database.books import GUILD, Warehouse, rows_of
from tests.database.clock import Clock


@pytest.mark.both_engines
async def test_a_time_means_the_first_record_that_was_made_since(
    warehouse: Warehouse, clock: Clock
) -> None:
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    for number in range(2 * MARKS_EVERY + 5):
        # Some are made at the same time.
        clock.advance(seconds=number % 3)
        await warehouse.put(item, 1, shelf)
    made = {event.record: event.at for event in await rows_of(warehouse.db, AuditEvent, GUILD)}
    around = (timedelta(milliseconds=-1), timedelta(0), timedelta(milliseconds=1))
    async with warehouse.db.look_up(warehouse.admin) as books:
        for at in {at + shift for at in list(made.values())[::5] for shift in around}:
            since = [record for record, when in made.items() if when >= at]
            assert await books.audit.first_since(at) == min(since, default=FURTHEST)

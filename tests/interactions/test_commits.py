"""How long people wait for the disk: the commits on the path of an answer."""

from typing import TYPE_CHECKING

import pytest

from tests.cogs.fixtures import open_world
from tests.database.clock import Clock
from tests.database.journal import Journal, keep_on_postgresql, keep_on_sqlite

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

A_LONG_TIME = 3600.0


@pytest.mark.both_engines
async def test_a_change_waits_for_two_commits_its_promise_and_its_unit(
    own_database_url: str, engine: str, clock: Clock, request: pytest.FixtureRequest
) -> None:
    journal = Journal()
    async with open_world(own_database_url, clock) as world:
        house = await world.open_house()
        keep: AbstractAsyncContextManager[None]
        if engine == "sqlite":
            await world.restart()
            keep = keep_on_sqlite(journal, world.db)
        else:
            server = request.getfixturevalue("postgresql")
            keep = keep_on_postgresql(journal, server, own_database_url)
        async with keep:
            if engine == "postgresql":
                # Its log tells of connections that are opened from now on.
                await world.restart()
            world.app.desk.pending.forget_after_seconds = A_LONG_TIME
            taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
            assert taken.record == 8
        promise, unit = journal.transactions
        assert promise.tables == {"pending_answer"}
        assert unit.records == 1

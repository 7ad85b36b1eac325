"""Several processes: each minds its own guilds, and what one left is done by the others."""

from datetime import timedelta

import pytest

from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.promised_answers import PendingAnswers
from bot.database.delivery.shares import ANSWERS_GRACE
from bot.domain.lanes import AUDIT_LANE, DECISION, direct_lane
from bot.domain.shards import Share
from bot.jobs.answers import AnswerJob
from tests.cogs.world import House, World
from tests.database.books import GUILD, Warehouse
from tests.database.clock import Clock
from tests.jobs.channels import put, route
from tests.jobs.delivery.test_outbox import queue

OTHERS = Share(4, (3,))


def serve_no_longer(world: World, house: House) -> None:
    """Let a guild be another process's: this one has it in no cache."""
    world.bot._connection._remove_guild(house.bot_guild)


@pytest.mark.both_engines
async def test_a_living_process_is_left_to_do_its_own_work(
    warehouse: Warehouse, clock: Clock
) -> None:
    db = warehouse.db
    assert not OTHERS.holds(GUILD)
    await warehouse.add_item()
    await PendingAnswers(db).promise(warehouse.admin, "owed", 1, "token", locale="en")
    answers, lanes = PendingAnswers(db, OTHERS), OutboxLanes(db, OTHERS)
    clock.advance(seconds=ANSWERS_GRACE.total_seconds() - 1)
    assert await answers.list_waiting(older_than=timedelta(0)) == []
    clock.advance(seconds=2)
    (waiting,) = await answers.list_waiting(older_than=timedelta(0))
    assert waiting.key == "owed"
    assert ANSWERS_GRACE.total_seconds() + AnswerJob.quiet_seconds < 40
    assert await lanes.list_due() == []
    clock.advance(seconds=60)
    assert (GUILD, AUDIT_LANE) in await lanes.list_due()


async def test_a_decision_names_its_guild_whichever_process_delivers_it(
    world: World, house: House
) -> None:
    await world.tell_audit()
    await queue(house, direct_lane(house.employee.id), 5, DECISION)
    serve_no_longer(world, house)
    await world.tell_audit()
    (line,) = house.direct_messages(house.employee)
    assert "**Depot**" in line


async def test_an_owner_is_notified_once_whichever_process_meets_the_trouble(
    world: World, house: House
) -> None:
    await world.tell_audit()
    await put(house, 1)
    world.break_route("POST", route(house), status=403, code=50001)
    serve_no_longer(world, house)
    for _ in range(3):
        await world.tell_audit()
        world.clock.advance(minutes=2)
    (letter,) = house.guild.owner.dm_channel.history()
    assert letter.content.startswith("Nothing is posted in the audit channel of **Depot**: ")


async def test_of_two_processes_that_meet_the_same_trouble_one_notifies(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item()
    lanes = OutboxLanes(warehouse.db)
    held = await lanes.lease(GUILD, AUDIT_LANE)
    assert held is not None
    await lanes.postpone(held, "forbidden", timedelta(minutes=1))
    noted = [await OutboxLanes(warehouse.db).note_owner_told(held) for _ in range(2)]
    assert noted == [True, False]

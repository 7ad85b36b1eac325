"""Channels that people repaired are tried at once, and once for each repair."""

from bot.jobs.delivery.outbox import OutboxJob
from bot.pacing.requests import MAX_INVALID_RETRIES
from tests.cogs.world import House, World
from tests.jobs.channels import put, route, told

MISSING_ACCESS = 50001


async def test_a_repaired_channel_is_posted_to_at_once_though_many_others_are_refused(
    world: World, house: House
) -> None:
    await world.tell_audit()
    world.break_route("POST", route(house), status=403, code=MISSING_ACCESS)
    await put(house, 1)
    await world.tell_audit()
    told_before = told(house.guild.channels["audit"])
    for _ in range(MAX_INVALID_RETRIES):
        world.app.pace._invalid.note(world.app.pace._clock())
    assert world.app.pace.room_for_retries() == 0
    outbox = next(job for job in world.app.jobs if isinstance(job, OutboxJob))
    refused = len(world.requests("POST", route(house)))
    # Nothing is missing by what Discord has told, and it refuses: once for each change, not more.
    outbox.retry_for(house.guild.id)
    await world.deliver_woken()
    outbox.wake_for(house.guild.id)
    await world.deliver_woken()
    assert len(world.requests("POST", route(house))) == refused + 1
    world.heal()
    outbox.wake_for(house.guild.id)
    await world.deliver_woken()
    assert told(house.guild.channels["audit"]) == told_before
    outbox.retry_for(house.guild.id)
    await world.deliver_woken()
    assert told(house.guild.channels["audit"]) == [*told_before, told_before[-1] + 1]

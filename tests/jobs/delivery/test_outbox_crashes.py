import pytest

from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.leased_lanes import Draft
from bot.domain.lanes import AUDIT_LANE, AUDIT_LINE
from tests.cogs.world import House, World
from tests.database.books import snapshot
from tests.jobs.channels import put, require_every_line_found, route, told

pytestmark = pytest.mark.both_engines


@pytest.mark.parametrize("is_moved", [False, True])
async def test_a_batch_that_arrived_before_a_crash_is_not_sent_again(
    world: World,
    house: House,
    is_moved: bool,  # noqa: FBT001  # whether the channel was changed after the crash
) -> None:
    channel = house.guild.channels["audit"]
    await send_without_marking(world, house)
    assert told(channel) == list(range(1, 8))
    await world.restart()
    new = channel
    if is_moved:
        new = house.guild.create_text_channel("new-log", overwrites=house.hidden())
        await house.owner.type("setup", audit_channel=new)
    await put(house, 1)
    world.clock.advance(minutes=5)
    await world.tell_audit()
    assert told(channel)[:7] == list(range(1, 8))
    rest = told(new)[0 if is_moved else 7 :]
    assert rest == ([8, 9] if is_moved else [8])
    await require_every_line_found(world, house, *(["audit", "new-log"] if is_moved else ["audit"]))


async def test_a_batch_frozen_before_a_crash_is_sent_as_it_was(world: World, house: House) -> None:
    nonce = await send_without_marking(world, house, is_sent=False)
    await put(house, 1)
    await world.restart()
    world.clock.advance(minutes=5)
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == list(range(1, 9))
    first = world.requests("POST", route(house))[0]
    assert isinstance(first.json, dict)
    assert first.json["nonce"] == nonce
    await require_every_line_found(world, house, "audit")


async def test_a_lane_that_another_process_holds_is_left_to_it(world: World, house: House) -> None:
    other_process = OutboxLanes(world.db)
    assert await other_process.lease(house.guild.id, AUDIT_LANE) is not None
    before = await snapshot(world.db)
    await world.tell_audit()
    assert await snapshot(world.db) == before
    assert told(house.guild.channels["audit"]) == []
    world.clock.advance(minutes=2)
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == list(range(1, 8))


async def send_without_marking(world: World, house: House, *, is_sent: bool = True) -> str:
    """Do what a process does that is killed before it marks a batch; returns the nonce."""
    lanes = OutboxLanes(world.db)
    held = await lanes.lease(house.guild.id, AUDIT_LANE)
    assert held is not None
    text = "\n".join(f"`#{row.record}`" for row in held.rows)
    channel = house.guild.channels["audit"]
    draft = Draft(AUDIT_LINE, channel.id, held.rows[-1].record, text)
    frozen = await lanes.freeze(held, draft)
    assert frozen is not None
    batch = frozen.batch
    assert batch is not None
    if is_sent:
        with world.env.time_context():
            await world.bot.get_partial_messageable(channel.id).send(text, nonce=batch.nonce)
        await world.env.settle()
    return batch.nonce

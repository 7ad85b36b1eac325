from datetime import timedelta

import pytest
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery.lanes import OutboxLanes
from bot.database.models import Approval, Outbox, OutboxLane, Supplier
from bot.database.models.base import table_of
from bot.domain.lanes import AUDIT_LANE, DECISION, direct_lane
from bot.services.approvals.declared import DecideProposal
from bot.services.suppliers import approve_supplier
from tests.cogs.cards import cards
from tests.cogs.phones import require_silent
from tests.cogs.world import House, World
from tests.database.books import rows_of
from tests.jobs.channels import put, require_every_line_found, route, told

BROKEN_LANE = "person:nobody"
UNKNOWN_CHANNEL, MISSING_ACCESS = 10003, 50001
REFUSALS = [(403, MISSING_ACCESS), (404, UNKNOWN_CHANNEL), (500, 0)]


async def test_a_record_is_a_line_with_all_that_happened(world: World, house: House) -> None:
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    await house.employee.type("move", item="BOLT-8", quantity="2", note="note", **ends)
    await house.employee.type("undo")
    await world.tell_audit()
    at = f"<t:{int(world.clock.now.timestamp())}:t>"
    who = f"<@{house.employee.id}>"
    assert house.audit_lines()[-2:] == [
        f"{at} `#8` {who} moved 2 pcs **BOLT-8** Shelf A1 (10 → 8) → Shelf B2 (4 → 6) — note",
        f"{at} `#9` {who} reversed #8: 2 pcs **BOLT-8** Shelf B2 (6 → 4) → Shelf A1 (8 → 10)",
    ]


@pytest.mark.both_engines
async def test_every_record_arrives_once_in_order_many_to_a_message(
    world: World, house: House
) -> None:
    await put(house, 38)
    await world.tell_audit()
    channel = house.guild.channels["audit"]
    assert told(channel) == list(range(1, 46))
    messages = channel.history()
    assert len(messages) < 8
    for message in messages:
        assert len(message.content) <= 2000
        assert 1 <= len(message.content.splitlines()) <= 20
    await require_every_line_found(world, house, "audit")
    await world.tell_audit()
    world.clock.advance(minutes=10)
    await world.tell_audit()
    assert told(channel) == list(range(1, 46))


async def test_long_lines_share_messages_of_two_thousand_characters(
    world: World, house: House
) -> None:
    await put(house, 6, note="*" * 200)
    await world.tell_audit()
    channel = house.guild.channels["audit"]
    assert told(channel) == list(range(1, 14))
    assert max(len(message.content) for message in channel.history()) <= 2000


async def test_audit_messages_mention_no_one_and_carry_a_nonce(world: World, house: House) -> None:
    await world.tell_audit()
    channel = house.guild.channels["audit"]
    for stored in world.env.backend.messages[channel.id].values():
        require_silent(stored)
    (request,) = world.requests("POST", route(house))
    assert isinstance(request.json, dict)
    assert request.json["nonce"]
    assert request.json["enforce_nonce"] is True


@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_a_broken_channel_stops_no_other_and_gets_its_backlog(
    world: World, house: House, status: int, code: int
) -> None:
    other = await world.open_house("Other")
    world.break_route("POST", route(house), status=status, code=code)
    await world.tell_audit()
    assert told(other.guild.channels["audit"]) == list(range(1, 8))
    await put(house, 3)
    await put(other, 2)
    await world.tell_audit()
    assert told(other.guild.channels["audit"]) == list(range(1, 10))
    assert told(house.guild.channels["audit"]) == []
    world.heal()
    world.clock.advance(minutes=2)
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == list(range(1, 11))


@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_a_broken_channel_disturbs_no_command(
    world: World, house: House, status: int, code: int
) -> None:
    world.break_route("POST", route(house), status=status, code=code)
    await world.tell_audit()
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert taken.lines[1] == "Shelf A1: 10 → 9 pcs"


async def test_a_lane_in_trouble_is_left_alone_for_a_while(world: World, house: House) -> None:
    world.break_route("POST", route(house), status=500)
    for _ in range(5):
        await world.tell_audit()
    assert len(world.requests("POST", route(house))) == 1
    for _ in range(12):
        world.clock.advance(seconds=61)
        await world.tell_audit()
    assert len(world.requests("POST", route(house))) == 13


async def test_a_lane_that_meets_a_defect_waits_behind_those_that_are_well(
    world: World, house: House
) -> None:
    await queue(house, BROKEN_LANE, 1, DECISION)
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == list(range(1, 8))
    (broken,) = [
        lane
        for lane in await rows_of(world.db, OutboxLane, house.guild.id)
        if lane.lane == BROKEN_LANE
    ]
    assert (broken.failures, broken.leased_by) == (1, None)
    world.clock.advance(seconds=61)
    await put(house, 1)
    due = await OutboxLanes(world.db).list_due()
    assert [lane for _, lane in due] == [AUDIT_LANE, BROKEN_LANE]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, MISSING_ACCESS, "I cannot write there."),
        (404, UNKNOWN_CHANNEL, "the channel was deleted."),
    ],
)
async def test_the_owner_is_notified_once_and_the_settings_say_so(
    world: World, house: House, status: int, code: int, words: str
) -> None:
    world.break_route("POST", route(house), status=status, code=code)
    for _ in range(4):
        await world.tell_audit()
        world.clock.advance(minutes=2)
    await world.restart()
    await world.tell_audit()
    (letter,) = house.guild.owner.dm_channel.history()
    assert letter.content.startswith("Nothing is posted in the audit channel of **Depot**: ")
    assert words in letter.content
    shown = await house.admin.type("settings show")
    (line,) = (text for text in shown.lines if text.startswith("⚠️"))
    assert line.startswith("⚠️ Posting in the audit channel is paused since <t:")
    assert words in line
    assert "7 records are waiting to be posted in the audit channel." in shown.lines


async def test_a_healed_channel_is_no_longer_said_to_wait(world: World, house: House) -> None:
    world.break_route("POST", route(house), status=403, code=MISSING_ACCESS)
    await world.tell_audit()
    world.heal()
    world.clock.advance(minutes=2)
    await world.tell_audit()
    assert "⚠️" not in (await house.admin.type("settings show")).text
    world.break_route("POST", route(house), status=403, code=MISSING_ACCESS)
    await put(house, 1)
    await world.tell_audit()
    assert len(house.guild.owner.dm_channel.history()) == 2


async def test_no_one_is_notified_of_a_failing_discord(world: World, house: House) -> None:
    world.break_route("POST", route(house), status=500)
    await world.tell_audit()
    assert "⚠️" not in (await house.admin.type("settings show")).text
    assert house.guild.owner.dm_channel.history() == []


async def test_an_owner_who_takes_no_messages_stops_nothing(world: World, house: House) -> None:
    other = await world.open_house("Other")
    world.break_route("POST", route(house), status=403, code=MISSING_ACCESS)
    dm_channel = house.guild.owner.dm_channel
    world.break_route("POST", f"/channels/{dm_channel.id}/messages", status=403, code=50007)
    await world.tell_audit()
    assert told(other.guild.channels["audit"]) == list(range(1, 8))


async def test_a_guild_without_an_audit_channel_loses_nothing(world: World) -> None:
    bare = House(world, "Bare")
    await bare.found()
    await bare.owner.type("role bind", discord_role=bare.roles["admin"], role="admin")
    await world.tell_audit()
    shown = await bare.owner.type("settings show")
    assert "there is no channel for it. Run `/setup`." in shown.text
    await bare.owner.type("setup")
    world.clock.advance(minutes=2)
    await world.tell_audit()
    assert told(bare.guild.channels["audit"]) == [1, 2, 3]


async def test_a_channel_named_mid_backlog_gets_the_rest_and_nothing_twice(
    world: World, house: House
) -> None:
    await world.tell_audit()
    world.break_route("POST", route(house), status=403, code=MISSING_ACCESS)
    await put(house, 3)
    await world.tell_audit()
    new = house.guild.create_text_channel("new-log", overwrites=house.hidden())
    await house.owner.type("setup", audit_channel=new)
    world.clock.advance(minutes=2)
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == list(range(1, 8))
    assert told(new) == [8, 9, 10, 11]


async def test_a_deleted_channel_is_replaced_by_the_next_setup(world: World, house: House) -> None:
    await world.tell_audit()
    world.env.backend.delete_channel(house.guild.channels["audit"].id)
    await put(house, 2)
    await world.tell_audit()
    assert "the channel was deleted" in (await house.admin.type("settings show")).text
    await house.admin.type("setup")
    world.clock.advance(minutes=2)
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == [8, 9, 10]


async def test_a_blocked_lane_is_left_alone_for_up_to_an_hour_and_left_out_of_the_index(
    world: World, house: House
) -> None:
    world.break_route("POST", route(house), status=403, code=MISSING_ACCESS)
    for _ in range(14):
        await world.tell_audit()
        world.clock.advance(minutes=61)
    (lane,) = [
        lane for lane in await rows_of(world.db, OutboxLane, house.guild.id) if lane.failures
    ]
    assert lane.retry_at is not None
    assert lane.retry_at - world.clock.now == timedelta(minutes=60 - 61)
    await put(house, 1)
    assert await unparked(house) == list(range(1, 9))
    world.clock.advance(minutes=-30)
    await world.tell_audit()
    assert await unparked(house) == []
    assert len(world.requests("POST", route(house))) == 14


async def unparked(house: House) -> list[int]:
    rows = await rows_of(house.world.db, Outbox, house.guild.id)
    return [row.record for row in rows if row.parked_at is None]


async def test_a_lane_that_works_again_finds_its_parked_rows_after_a_crash(
    world: World, house: House
) -> None:
    world.break_route("POST", route(house), status=403, code=MISSING_ACCESS)
    await put(house, 40)
    await world.tell_audit()
    await world.tell_audit()
    assert await unparked(house) == []
    world.heal()
    world.clock.advance(minutes=2)
    lanes = OutboxLanes(world.db)
    held = await lanes.lease(house.guild.id, AUDIT_LANE)
    assert held is not None
    await lanes.complete(held)
    rest = await unparked(house)
    assert rest == list(range(rest[0], 48))
    world.clock.advance(minutes=2)
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == rest


async def test_a_change_of_a_channel_lets_a_blocked_lane_be_tried_at_once(
    world: World, house: House
) -> None:
    world.break_route("POST", route(house), status=403, code=MISSING_ACCESS)
    for _ in range(8):
        await world.tell_audit()
        world.clock.advance(minutes=10)
    await world.tell_audit()
    world.heal()
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == []
    world.env.backend.edit_channel(house.guild.channels["audit"].id, {"name": "log"})
    await world.env.settle()
    await world.deliver_woken()
    assert told(house.guild.channels["log"]) == list(range(1, 8))


async def test_messages_of_an_unknown_kind_are_set_aside_and_block_nothing(
    world: World, house: House, warnings: list[str]
) -> None:
    await queue(house, AUDIT_LANE, 3, "fortune")
    await world.tell_audit()
    await world.tell_audit()
    assert told(house.guild.channels["audit"]) == list(range(1, 8))
    (left,) = await rows_of(world.db, Outbox, house.guild.id)
    assert (left.kind, left.set_aside_at) == ("fortune", world.clock.now)
    assert len([line for line in warnings if "fortune" in line]) == 1


async def test_what_was_set_aside_is_delivered_by_a_version_that_knows_it(
    world: World, house: House
) -> None:
    await queue(house, AUDIT_LANE, 3, "fortune")
    await world.tell_audit()
    lanes = OutboxLanes(world.db, kinds={"fortune"})
    assert await lanes.list_due() == [(house.guild.id, AUDIT_LANE)]
    held = await lanes.lease(house.guild.id, AUDIT_LANE)
    assert held is not None
    assert [(row.kind, row.record) for row in held.rows] == [("fortune", 3)]


async def test_a_record_of_another_kind_told_to_a_person_blocks_nothing(
    world: World, house: House
) -> None:
    await queue(house, direct_lane(house.employee.id), 5, DECISION)
    await world.tell_audit()
    (line,) = house.direct_messages(house.employee)
    assert "`#5`" in line
    assert "BOLT-8" in line
    await house.employee.type("supplier propose", name="Acme")
    (supplier,) = await rows_of(world.db, Supplier, house.guild.id)
    approve = DecideProposal(subject_id=supplier.id, version=1)
    await world.db.run(approve_supplier, approve, house.actor_of(house.manager), "approve")
    await world.tell_audit()
    assert "approved" in house.direct_messages(house.employee)[-1]


async def test_a_card_that_cannot_be_drawn_is_set_aside_and_drawn_by_a_version_that_can(
    world: World, house: House, warnings: list[str]
) -> None:
    gone = table_of(Approval)
    await house.employee.type("supplier propose", name="Acme")
    (approval,) = await rows_of(world.db, Approval, house.guild.id)
    await world.db.maintenance.write(lambda to: to.execute(delete(gone)))
    await house.employee.type("supplier propose", name="Harbour Tools")
    for _ in range(5):
        assert cards(house) == []
        await world.tell_audit()
        world.clock.advance(minutes=2)
    await world.tell_audit()
    assert [each.title for each in cards(house)] == ["Supplier: Harbour Tools"]
    assert len([line for line in warnings if "is set aside" in line]) == 1
    shown = await house.admin.type("settings show")
    assert any(line.startswith("⚠️ 1 message could not be written") for line in shown.lines)
    values = dict(approval._mapping)
    await world.db.maintenance.write(lambda to: to.execute(insert(gone).values(values)))
    world.clock.advance(hours=6)
    await world.tell_audit()
    assert [each.title for each in cards(house)][-1] == "Supplier: Acme"
    assert "set aside" not in (await house.admin.type("settings show")).text


async def queue(house: House, lane: str, record: int, kind: str) -> None:
    """Queue a message, as an operation of a later version would."""
    row = {"guild_id": house.guild.id, "lane": lane}
    queued = {**row, "record": record, "kind": kind, "created_at": house.world.clock.now}

    async def work(connection: AsyncConnection) -> None:
        if lane != AUDIT_LANE:
            await connection.execute(insert(OutboxLane), {**row, "failures": 0})
        await connection.execute(insert(Outbox), queued)

    await house.world.db.maintenance.write(work)

"""Days: the totals and the chain's head reach the audit channel once, after midnight."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import AuditEvent
from tests.cogs.world import House, World
from tests.database.books import rows_of
from tests.database.tampering import tamper, write_chain_again


async def test_a_day_is_told_once_after_midnight_where_the_guild_is(
    world: World, house: House
) -> None:
    await house.admin.type("settings set", key="timezone", value="Pacific/Auckland")
    await house.employee.type("put", item="BOLT-8", location="Shelf A1")
    await world.close_days()
    records = await house.records()
    world.clock.advance(hours=24)
    await world.close_days()
    await world.close_days()
    assert await house.records() == records + 1
    await world.tell_audit()
    line, signature = house.audit_lines()[-2:]
    assert signature.startswith("-# `s1.")
    assert f"`#{records + 1}` Tallyman closed the day **" in line
    assert line.endswith(f" (#{records}), moves: 3, members: 4, records: {records}")


@pytest.mark.both_engines
async def test_another_process_closes_no_day_twice(world: World, house: House) -> None:
    records = await house.records()
    world.clock.advance(hours=24)
    await world.close_days()
    await world.restart()
    await world.close_days()
    assert await house.records() == records + 1


async def test_after_a_long_pause_only_yesterday_is_looked_at(world: World, house: House) -> None:
    records = await house.records()
    world.clock.advance(hours=24 * 5)
    await world.close_days()
    assert await house.records() == records


async def test_a_guild_whose_day_cannot_be_told_keeps_no_other_from_closing(
    world: World, house: House
) -> None:
    other = await world.open_house("Annex")
    first, second = sorted((house, other), key=lambda each: each.guild.id)
    before = await first.records(), await second.records()

    async def lose_zone(connection: AsyncConnection) -> None:
        # As on a machine that was never told of a zone.
        lose = text("UPDATE guild SET timezone = 'Nowhere/Lost' WHERE guild_id = :g")
        await connection.execute(lose, {"g": first.guild.id})

    await world.db.maintenance.write(lose_zone)
    world.clock.advance(hours=24)
    await world.close_days()
    assert (await first.records(), await second.records()) == (before[0], before[1] + 1)


async def test_the_days_line_is_read_back_from_the_channel_and_compared(
    world: World, house: House
) -> None:
    await house.employee.type("put", item="BOLT-8", location="Shelf A1")
    world.clock.advance(hours=24)
    await world.close_days()
    await world.tell_audit()
    said = await house.auditor.type("audit verify")
    assert "✅" in said.text
    assert "1 day line of the audit channel agrees with the books" in said.text
    assert "public key: `" in said.text
    # The whole chain is written again, as who holds the database can; the channel is not theirs.
    url = world.db._engines.write.url.render_as_string(hide_password=False)
    await tamper(url, "UPDATE audit_event SET actor_id = actor_id + 1 WHERE record = 5")
    await write_chain_again(world.db, house.guild.id)
    said = await house.auditor.type("audit verify")
    assert "❌" in said.text
    assert "has another hash than its copy outside" in said.text
    assert "closed a day with another head" in said.text
    assert "were changed" not in said.text


async def test_lines_that_someone_lets_the_bot_post_prove_nothing_and_hide_none(
    world: World, house: House
) -> None:
    await house.employee.type("put", item="BOLT-8", location="Shelf A1")
    world.clock.advance(hours=24)
    await world.close_days()
    await world.tell_audit()
    said = [message.content for message in house.guild.channels["audit"].history()]
    lines = "\n".join(said).split("\n")
    genuine = next(line for line in lines if "closed the day" in line)
    url = world.db._engines.write.url.render_as_string(hide_password=False)
    await tamper(url, "UPDATE audit_event SET actor_id = actor_id + 1 WHERE record = 5")
    await write_chain_again(world.db, house.guild.id)
    (record,) = map(int, re.findall(r"\(#(\d+)\)", genuine))
    events = await rows_of(world.db, AuditEvent, house.guild.id)
    forged = re.sub("[0-9a-f]{16}…|[0-9a-f]{64}", events[record - 1].hash, genuine)
    await tamper(
        url,
        "INSERT INTO outbox (guild_id, lane, record, kind, created_at)"
        " SELECT guild_id, lane, :r, 'audit_line', :t FROM outbox_lane WHERE lane LIKE '%audit%'",
        r=events[-1].record,
        t=f"{world.clock():%F %T.%f}",
    )
    await tamper(
        url,
        "UPDATE outbox_lane SET batch_text = :x, batch_channel_id = :c, batch_last_record = :r,"
        " batch_nonce = '1', batch_frozen_at = :t, batch_kind = 'audit_line'"
        " WHERE lane LIKE '%audit%'",
        x="\n".join([forged] * 10),
        c=house.guild.channels["audit"].id,
        r=events[-1].record,
        t=f"{world.clock():%F %T.%f}",
    )
    await world.tell_audit()
    posted = [message.content for message in house.guild.channels["audit"].history()]
    assert any(text.count(forged) == 10 for text in posted)
    answer = (await house.auditor.type("audit verify")).text
    assert "has another hash than its copy outside" in answer
    assert "of the audit channel agree" not in answer
    assert "no day line" not in answer


async def test_a_line_that_left_the_books_and_is_not_in_the_channel_is_found(
    world: World, house: House
) -> None:
    await world.tell_audit()
    told = await house.records()
    await house.employee.type("put", item="BOLT-8", location="Shelf A1")
    url = world.db._engines.write.url.render_as_string(hide_password=False)
    await tamper(url, "DELETE FROM outbox WHERE kind = 'audit_line'")
    said = await house.auditor.type("audit verify")
    assert f"the line of #{told + 1} is not in the audit channel" in said.text
    assert f"the line of #{told + 1} for the audit channel was removed" in said.text

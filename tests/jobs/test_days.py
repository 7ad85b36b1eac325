"""Days: the totals and the chain's head reach the audit channel once, after midnight."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.cogs.world import House, World


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
    line = house.audit_lines()[-1]
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

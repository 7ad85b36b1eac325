"""What is refused before anything is written."""

from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import event

from bot.database.models import PendingAnswer
from bot.interactions.limits import BUSY_AT
from tests.cogs.world import House, World
from tests.database.books import rows_of

pytestmark = pytest.mark.only_on("sqlite")

TAKING = {"item": "BOLT-8", "quantity": "3", "location": "Shelf A1"}
CALLBACKS = "/interactions/*/callback"


async def test_who_lacks_the_right_is_refused_before_anything_is_noted(
    world: World, house: House
) -> None:
    world.app.desk.pending.forget_after_seconds = 3600.0
    refused = await house.stranger.type("take", **TAKING)
    assert refused.text.endswith("-# `stock.move`")
    assert await rows_of(world.db, PendingAnswer, house.guild.id) == []


async def test_who_was_just_given_the_right_may_use_it(house: House) -> None:
    assert "permission" in (await house.stranger.type("take", **TAKING)).text
    everyone = {"discord_role": house.guild.default_role, "role": "viewer"}
    await house.owner.type("role bind", **everyone)
    await house.owner.type("role permissions", role="viewer")
    assert "Shelf A1" in (await house.stranger.type("find", query="BOLT-8")).text


async def test_under_load_one_of_many_is_answered_and_the_others_cost_nothing(
    world: World, house: House
) -> None:
    limits = world.app.desk.limits
    # However slow the machine, no bucket fills between two taps.
    limits._people._clock = limits._told._clock = lambda: 0.0
    limits._lag_seconds = lambda: 0.0
    with ExitStack() as load:
        for number in range(BUSY_AT):
            load.enter_context(limits.entered(1, number))
        limits._people.charge((house.guild.id, house.employee.id), 120.0)
        told = await house.employee.type("take", **TAKING)
        assert told.text == "That was a lot at once. Wait a moment, then try again."
        answers = len(world.requests("POST", CALLBACKS))
        await house.employee.ask("take", **TAKING)
        assert len(world.requests("POST", CALLBACKS)) == answers
        assert (await house.colleague.type("take", **TAKING)).record == 8
    assert (await house.employee.type("take", **TAKING)).record == 9


async def test_a_flood_in_a_guild_that_was_never_set_up_is_not_looked_up_either(
    world: World,
) -> None:
    bare, limits = House(world, "Bare"), world.app.desk.limits
    looks = 0

    def note(*_: Any) -> None:
        nonlocal looks
        looks += 1

    asked = await bare.employee.type("take", **TAKING)
    assert asked.text.startswith("These books are not set up yet.")
    limits._people._clock = limits._told._clock = lambda: 0.0
    limits._lag_seconds = lambda: 0.0
    for engine in {world.db._engines.read, world.db._engines.write}:
        event.listen(engine.sync_engine, "checkout", note)
    with ExitStack() as load:
        for number in range(BUSY_AT):
            load.enter_context(limits.entered(1, number))
        limits._people.charge((bare.guild.id, bare.employee.id), 120.0)
        told = await bare.employee.type("take", **TAKING)
        assert told.text == "That was a lot at once. Wait a moment, then try again."
        answers = len(world.requests("POST", CALLBACKS))
        await bare.employee.ask("take", **TAKING)
        assert len(world.requests("POST", CALLBACKS)) == answers
        assert looks == 0
        other = await bare.colleague.type("take", **TAKING)
        assert other.text.startswith("These books are not set up yet.")
    assert looks > 0

"""Look-ups that take longer than a second: promised, so that no crash leaves "thinking..."."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from bot.database.models import PendingAnswer
from bot.domain.actors import Actor
from bot.interactions import dispatch
from bot.interactions.clients import Interaction
from bot.interactions.promises import LOOK_UP
from bot.jobs.answers import AnswerJob
from bot.views.components import DECLARED, Button
from bot.views.replies import Reply
from tests.cogs.world import House, World
from tests.database.books import rows_of

pytestmark = pytest.mark.only_on("sqlite")  # how long a look-up takes is no matter of the engine

Meanwhile = list[Callable[[], Awaitable[None]]]


@pytest.fixture
def meanwhile() -> Iterator[Meanwhile]:
    """What happens after a look-up, run by the button `slow:look`, was acknowledged."""
    happening: Meanwhile = []

    @dispatch.handles(Button("slow", "look"))
    async def look(interaction: Interaction) -> None:
        async def work(_actor: Actor) -> Reply:
            await asyncio.sleep(1.2)
            assert interaction.response.is_done()
            for happen in happening:
                await happen()
            return Reply("Found.")

        await interaction.client.desk.read(interaction, work)

    yield happening
    del dispatch._HANDLERS["button", "slow", "look"]
    del DECLARED["button", "slow", "look"]


async def test_a_slow_look_up_is_noted_until_it_is_shown(
    world: World, house: House, meanwhile: Meanwhile
) -> None:
    noted: list[bool] = []

    async def look_at_notes() -> None:
        rows = await rows_of(world.db, PendingAnswer, house.guild.id)
        noted.extend(LOOK_UP in row.key for row in rows)

    meanwhile.append(look_at_notes)
    answer = await house.employee.type("find", query="BOLT-8")
    shown = await house.employee.forge(answer, "slow:look")
    assert (shown.text, noted) == ("Found.", [True])
    assert await rows_of(world.db, PendingAnswer, house.guild.id) == []


async def test_a_look_up_that_never_ends_is_answered_within_minutes(
    world: World, house: House, meanwhile: Meanwhile
) -> None:
    job = next(job for job in world.app.jobs if isinstance(job, AnswerJob))
    edits: list[int] = []

    async def wait_for_minutes() -> None:
        await job.run_once()
        for seconds in (60, 300):
            world.clock.advance(seconds=seconds)
            await job.run_once()
            edits.append(len(world.requests("PATCH", "/webhooks/*/messages/@original")))

    meanwhile.append(wait_for_minutes)
    answer = await house.employee.type("find", query="BOLT-8")
    await house.employee.forge(answer, "slow:look")
    assert edits[1] == edits[0] + 1

"""Operations that fail in ways that nobody foresaw, planted behind buttons of this test's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import discord
import pytest
from loguru import logger

from bot.database.operations import OPERATIONS, operation
from bot.database.unit import UnitOfWork
from bot.domain.actors import Actor
from bot.errors import BrokenBooks, SchemaOutdated, Unavailable
from bot.interactions import dispatch as controls
from bot.interactions.dispatch import handles
from bot.services.stock import PutStock, put_stock
from bot.views.components import DECLARED, Button
from bot.views.replies import Reply
from tests.cogs.phones import Answer
from tests.cogs.world import House, World

if TYPE_CHECKING:
    from loguru import Message, Record

PLANTED = {
    "crash": ZeroDivisionError("secret figure 4711"),
    "broken": BrokenBooks("levels of item 4711 differ"),
    "busy": Unavailable(),
    "unsure": Unavailable(is_certain=False),
    "updating": SchemaOutdated(current="1", expected="2"),
}


@dataclass(frozen=True)
class Plant:
    """Ask for an error by its name."""

    name: str


@pytest.fixture
def planted() -> Iterator[None]:
    """Register operations that put stock and then fail, and the buttons that run them."""

    @operation("test.plant", permission="stock.move")
    async def plant(uow: UnitOfWork, request: Plant) -> None:
        put = PutStock(item="BOLT-8", quantity=Decimal(1), location="Shelf A1")
        await put_stock(uow, put)
        raise PLANTED[request.name]

    @handles(Button("plant", "write", str))
    async def write(interaction: discord.Interaction[Any], name: str) -> None:
        await interaction.client.desk.write(interaction, plant, lambda: Plant(name))

    @handles(Button("plant", "read", str))
    async def read(interaction: discord.Interaction[Any], name: str) -> None:
        async def work(_actor: Actor) -> Reply:
            raise PLANTED[name]

        await interaction.client.desk.read(interaction, work)

    @handles(Button("plant", "bare", str))
    async def bare(_interaction: discord.Interaction[Any], name: str) -> None:
        raise PLANTED[name]

    yield
    del OPERATIONS["test.plant"]
    for verb in ("write", "read", "bare"):
        del controls._HANDLERS["button", "plant", verb]
        del DECLARED["button", "plant", verb]


@pytest.fixture
def logged() -> Iterator[list["Record"]]:
    """Everything that is logged."""
    records: list[Record] = []

    def keep(message: "Message") -> None:
        records.append(message.record)

    sink = logger.add(keep, level="DEBUG")
    yield records
    logger.remove(sink)


@pytest.fixture
async def answer(house: House, planted: None) -> Answer:  # noqa: ARG001
    """A private answer to hang the buttons under."""
    return await house.employee.type("find", query="BOLT-8")


@pytest.mark.parametrize("what", ["crash", "broken"])
async def test_the_unforeseen_shows_a_reference_that_is_in_the_log(
    world: World, house: House, answer: Answer, logged: list["Record"], what: str
) -> None:
    for where in ("write", "read", "bare"):
        logged.clear()
        await _require_reference(world, house, answer, logged, where, what)


async def _require_reference(
    world: World, house: House, answer: Answer, logged: list["Record"], where: str, what: str
) -> None:
    async with world.unchanged():
        said = await house.employee.forge(answer, f"plant:{where}:{what}")
    assert "4711" not in said.text
    reference = said.text.split("`")[1]
    assert said.text.startswith(f"Something went wrong on my side (reference `{reference}`).")
    (entry,) = (record for record in logged if record["level"].name == "ERROR")
    assert entry["extra"]["reference"] == reference
    assert entry["extra"]["member"] == str(house.employee.id)
    assert entry["exception"] is not None
    assert entry["exception"].value is PLANTED[what]


async def test_a_database_that_is_away_is_said_without_alarm(
    world: World, house: House, answer: Answer, logged: list["Record"]
) -> None:
    for where in ("write", "read", "bare"):
        async with world.unchanged():
            said = await house.employee.forge(answer, f"plant:{where}:busy")
        assert said.text == "I am busy, nothing was changed. Please try again in a moment."
    assert not [record for record in logged if record["level"].no >= logger.level("ERROR").no]


async def test_an_update_under_way_is_said(world: World, house: House, answer: Answer) -> None:
    async with world.unchanged():
        said = await house.employee.forge(answer, "plant:write:updating")
    assert said.text.startswith("I am being updated, nothing was changed.")


@pytest.mark.both_engines
async def test_a_doubtful_answer_is_corrected_later(
    world: World, house: House, answer: Answer
) -> None:
    said = await house.employee.forge(answer, "plant:write:unsure")
    assert said.text.startswith("I lost the database while booking this and cannot tell yet")
    world.clock.advance(seconds=30)
    await world.show_answers()
    corrected = world.look_again(said)
    assert corrected.text.startswith("I was interrupted before I could do this; nothing was")
    assert await house.records() == 7

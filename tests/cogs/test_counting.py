"""Every interaction is counted once, by words of the program's own."""

from collections.abc import Iterator
from typing import Any

import discord
import pytest

from bot.errors import Unavailable
from bot.interactions import dispatch as controls
from bot.interactions.dispatch import handles
from bot.views.components import DECLARED, Button
from tests.cogs.world import House, World

FAILURES = {"crash": ZeroDivisionError(), "busy": Unavailable()}


@pytest.fixture
def counted(house: House, world: World) -> Iterator[list[tuple[str, str, str]]]:
    """What was counted since: kind, command, outcome."""
    assert isinstance(house, House)
    found: list[tuple[str, str, str]] = []
    count = world.bot.desk.on_answer
    count.append(lambda taken: found.append((taken.kind, taken.command, taken.outcome)))
    yield found
    count.pop()


@pytest.fixture
def planted() -> Iterator[None]:
    @handles(Button("plant", "bare", str))
    async def bare(_interaction: discord.Interaction[Any], name: str) -> None:
        raise FAILURES[name]

    yield
    del controls._HANDLERS["button", "plant", "bare"]
    del DECLARED["button", "plant", "bare"]


async def test_commands_are_counted_by_name_and_outcome(
    house: House, counted: list[tuple[str, str, str]]
) -> None:
    await house.employee.type("take", item="BOLT-8", quantity="1", location="Shelf A1")
    await house.employee.type("take", item="BOLT-8", quantity="9999", location="Shelf A1")
    await house.employee.type("find", query="BOLT-8")
    await house.employee.type("item list")
    await house.employee.type("settings set", key="currency", value="USD")
    await house.employee.suggest("take", "item", "bolt")
    assert counted == [
        ("command", "take", "ok"),
        ("command", "take", "refused"),
        ("command", "find", "ok"),
        ("command", "item list", "ok"),
        ("command", "settings set", "refused"),
        ("autocomplete", "take", "ok"),
    ]


@pytest.mark.usefixtures("planted")
async def test_buttons_are_counted_by_what_was_declared_and_failures_as_such(
    house: House, counted: list[tuple[str, str, str]]
) -> None:
    taken = await house.employee.type("take", item="BOLT-8", quantity="1", location="Shelf A1")
    await house.employee.press(taken, "Undo")
    await house.employee.press(taken, "Undo")
    for failure in FAILURES:
        await house.employee.forge(taken, f"plant:bare:{failure}")
    assert counted[1:] == [
        ("control", "record:undo", "ok"),
        ("control", "record:undo", "refused"),
        ("control", "plant:bare", "failed"),
        ("control", "plant:bare", "failed"),
    ]


async def test_an_undeclared_control_counts_as_other(
    world: World, house: House, counted: list[tuple[str, str, str]]
) -> None:
    shown = await house.employee.type("find", query="BOLT-8")
    await house.employee.forge(shown, "made:up:7001")
    await house.employee.send_unknown("rm-rf")
    assert counted[1:] == [("control", "other", "refused"), ("command", "other", "refused")]
    world.expect_errors()

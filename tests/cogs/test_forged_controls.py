"""Buttons of other bots, outdated ones, and forged ones."""

import itertools

import pytest

from tests.cogs.phones import Answer
from tests.cogs.world import House, World

STALE = "This button or list is out of date. Run the command again."

UNREADABLE = [
    "nothing:here",
    "nothing:here:1",
    "record:erase:5",
    "record:undo",
    "record:undo:",
    "record:undo:abc",
    "record:undo:5:5",
    "record:undo:5.0",
    "record:again:x",
    "stock:take:100:1",
    "stock:take::::",
    "stock:take:item:1:101",
    "stock:take:100:1:shelf",
    "stock:put:100:1:101:102",
    "item:page",
    "item:page:a1",
    "item:page:z1:",
    "item:page:a:",
    "location:page:",
    "location:page:a1:1",
    "history:page:a1.1:0:0",
    "history:page:a1:0:0:0",
    "history:page:c1.1:0:0:0",
    "history:page:a1.1:x:0:0",
    "people:page:a1",
    "people:page:a1:viewer",
]
BEYOND = [
    ("record:undo:0", "There is no record #0."),
    ("record:undo:-1", "There is no record #"),
    ("record:undo:4711", "There is no record #4711."),
    (f"record:undo:{2**53}", f"There is no record #{2**53}."),
    ("record:again:4711", "4711"),
    ("record:again:7", "7"),  # the manager's
    ("stock:take:4711:1:101", "no longer exists"),
    ("supplier:details:4711", "no longer exists"),
    ("stock:take:100:1:4711", "no longer exists"),
    ("stock:take:1:1:101", "no longer exists"),
    ("stock:take:-1:1:101", "no longer exists"),
    ("stock:take:100:0:101", "The quantity must be more than zero."),
    ("stock:take:100:-3:101", "The quantity must be more than zero."),
    ("stock:take:100:1.2345:101", "at most 3 decimals"),
    ("stock:take:100:1e999:101", "as a number"),
    ("stock:take:100:NaN:101", "as a number"),
    ("stock:take:100:99999:101", "Shelf A1 holds 10 pcs of BOLT-8; you asked for 99999."),
    ("history:page:a7.1:4711:0:0", "This item no longer exists"),
    ("history:page:a7.1:0:4711:0", "This location no longer exists"),
]


@pytest.fixture
async def answer(house: House) -> Answer:
    """A private answer of the employee's, to hang forged buttons under."""
    return await house.employee.type("find", query="BOLT-8")


async def test_what_cannot_be_read_is_out_of_date(
    world: World, house: House, answer: Answer
) -> None:
    async with world.unchanged():
        for custom_id in UNREADABLE:
            said = await house.employee.forge(answer, custom_id)
            assert said.text == STALE, custom_id


@pytest.mark.both_engines
async def test_what_leads_nowhere_is_refused(world: World, house: House, answer: Answer) -> None:
    async with world.unchanged():
        for custom_id, words in BEYOND:
            said = await house.employee.forge(answer, custom_id)
            assert words in said.text, custom_id
            assert "reference" not in said.text, custom_id


async def test_a_decision_about_what_is_not_there_is_refused(world: World, house: House) -> None:
    answer = await house.manager.type("find", query="BOLT-8")
    async with world.unchanged():
        # Nobody's id, an item's, a place's, one of the outside world.
        for supplier_id in (4711, 100, 101, 1, 0, -1):
            for verb in ("approve", "reject"):
                said = await house.manager.forge(answer, f"supplier:{verb}:{supplier_id}:1")
                assert "no longer exists" in said.text


async def test_no_button_reaches_the_world_outside(
    world: World, house: House, answer: Answer
) -> None:
    async with world.unchanged():
        for verb, place_id in itertools.product(("take", "put"), (1, 2, 3, 4, 0, -1)):
            said = await house.employee.forge(answer, f"stock:{verb}:100:5:{place_id}")
            assert "no longer exists" in said.text


@pytest.mark.both_engines
async def test_numbers_too_large_for_any_row_are_refused(
    world: World, house: House, answer: Answer
) -> None:
    large = "9" * 40
    async with world.unchanged():
        for custom_id in (
            f"record:undo:{large}",
            f"record:again:{large}",
            f"stock:take:{large}:1:101",
            f"stock:take:100:1:{large}",
            f"item:page:a{large}:",
            f"location:page:b{large}",
            f"history:page:a{large}.1:0:0:0",
            f"history:page:a7.1:0:0:{large}",
        ):
            said = await house.employee.forge(answer, custom_id)
            assert "reference" not in said.text, custom_id


@pytest.mark.both_engines
async def test_a_cursor_that_is_gone_still_shows_a_page(house: House, answer: Answer) -> None:
    for custom_id in ("item:page:a4711:", "location:page:b4711", "history:page:a4711.9:0:0:0"):
        said = await house.employee.forge(answer, custom_id)
        assert said.title in {"Items", "Locations", "History"}


async def test_a_button_of_another_guild_means_nothing_here(world: World, house: House) -> None:
    other = await world.open_house("Other")
    for _ in range(3):
        await other.employee.type("put", item="BOLT-8", location="Shelf A1")
    await other.manager.type("item add", sku="SECRET", name="Secret thing")
    theirs = await other.manager.type("put", item="SECRET", quantity="9", location="Shelf A1")
    answer = await house.manager.type("find", query="BOLT-8")
    async with world.unchanged():
        for custom_id in (
            f"record:undo:{theirs.record}",
            f"record:again:{theirs.record}",
            "stock:take:103:1:101",
            f"history:page:b{theirs.record}.1:103:0:0",
        ):
            said = await house.manager.forge(answer, custom_id)
            assert "SECRET" not in said.text
            assert "no" in said.text

"""Lists that are longer than a page: both ways, narrowed, and after a restart."""

import itertools
import re

import pytest

from tests.cogs.phones import Answer, Phone
from tests.cogs.world import House

FOLLOWING, PREVIOUS = "Next ▶", "◀ Previous"


def names(page: Answer) -> list[str]:
    """Return what is first in each row, in bold."""
    found = (re.search(r"\*\*(.*?)\*\*", row) for row in page.rows)
    return [match[1].replace("\\", "") for match in found if match]


async def turn_all(person: Phone, page: Answer, label: str) -> list[list[str]]:
    seen = [names(page)]
    while label in page.buttons:
        page = await person.press(page, label)
        seen.append(names(page))
    assert label in page.greyed
    return seen


async def add_items(house: House, count: int, prefix: str = "NUT") -> list[str]:
    skus = [f"{prefix}-{number:02}" for number in range(count)]
    for sku in reversed(skus):
        await house.manager.type("item add", sku=sku, name=f"The {sku} in *full*")
    return skus


async def test_a_list_that_fits_has_no_buttons_to_turn_it(house: House) -> None:
    await add_items(house, 9)
    page = await house.viewer.type("item list")
    assert len(names(page)) == 10
    assert page.buttons.keys() == {"Open"}
    assert not page.greyed


@pytest.mark.both_engines
async def test_items_turn_both_ways_across_a_restart(house: House) -> None:
    skus = ["BOLT-8", *await add_items(house, 26)]
    first = await house.viewer.type("item list")
    assert first.greyed == {PREVIOUS}
    forward = await turn_all(house.viewer, first, FOLLOWING)
    assert [len(page) for page in forward] == [10, 10, 7]
    assert list(itertools.chain(*forward)) == skus
    await house.world.restart()
    page = await house.viewer.type("item list")
    for _ in range(2):
        page = await house.viewer.press(page, FOLLOWING)
    await house.world.restart()
    backward = await turn_all(house.viewer, page, PREVIOUS)
    assert backward[::-1] == forward


async def test_places_turn_both_ways_across_a_restart(house: House) -> None:
    added = [f"Bay {number:02}" for number in range(24)]
    for name in reversed(added):
        await house.manager.type("location add", name=name)
    first = await house.viewer.type("location list")
    forward = await turn_all(house.viewer, first, FOLLOWING)
    assert list(itertools.chain(*forward)) == [*added, "Shelf A1", "Shelf B2"]
    await house.world.restart()
    page = await house.viewer.type("location list")
    page = await house.viewer.press(page, FOLLOWING)
    assert (await turn_all(house.viewer, page, PREVIOUS))[::-1] == forward[:2]


async def test_a_narrowed_list_stays_narrowed_when_it_is_turned(house: House) -> None:
    await add_items(house, 12, "NUT")
    screws = await add_items(house, 12, "SCREW")
    page = await house.viewer.type("item list", query="scr")
    assert page.title == "Items · scr"
    seen = await turn_all(house.viewer, page, FOLLOWING)
    assert list(itertools.chain(*seen)) == screws


async def test_a_query_with_colons_and_formatting_survives_the_buttons(house: House) -> None:
    skus = [f"M:3:*X* {number:02}" for number in range(12)]
    for sku in skus:
        await house.manager.type("item add", sku=sku, name=f"Name of {sku}")
    page = await house.viewer.type("item list", query="m:3:*x*")
    assert page.title == "Items · m:3:\\*x\\*"
    seen = await turn_all(house.viewer, page, FOLLOWING)
    assert list(itertools.chain(*seen)) == skus


async def test_a_long_query_is_cut_so_that_its_buttons_fit(house: House) -> None:
    word = "ä" * 40
    for number in range(12):
        name = f"{word} {number:02}"
        await house.manager.type("item add", sku=f"LONG-{number:02}", name=name)
    page = await house.viewer.type("item list", query=word + "ä" * 50)
    assert page.title == f"Items · {word}"
    assert all(len(custom_id) <= 100 for custom_id in page.buttons.values())
    seen = await turn_all(house.viewer, page, FOLLOWING)
    assert [len(part) for part in seen] == [10, 2]


async def test_a_query_that_finds_nothing_says_so(house: House) -> None:
    page = await house.viewer.type("item list", query="gold")
    assert page.description == "_No matching items._"
    assert not page.buttons


async def test_an_empty_catalogue_says_how_to_begin(house: House) -> None:
    other = await house.world.open_house("Other", is_stocked=False)
    assert "`/item add`" in (await other.manager.type("item list")).description
    assert "`/location add`" in (await other.manager.type("location list")).description
    assert (await other.viewer.type("history")).description == "_No moves yet._"


async def test_a_page_stays_in_order_while_others_add_items(house: House) -> None:
    skus = await add_items(house, 15)
    first = await house.viewer.type("item list")
    await house.manager.type("item add", sku="AAA", name="Added meanwhile")
    second = await house.viewer.press(first, FOLLOWING)
    assert names(second) == skus[9:]
    back = await house.viewer.press(second, PREVIOUS)
    assert names(back) == ["BOLT-8", *skus[:9]]
    assert PREVIOUS in back.buttons


async def test_a_lost_right_ends_the_turning(house: House) -> None:
    await add_items(house, 15)
    first = await house.viewer.type("item list")
    house.take_role(house.viewer, "viewer")
    refused = await house.viewer.press(first, FOLLOWING)
    assert refused.text.startswith("You don't have permission")
    assert not refused.buttons

"""The demo in a browser: what a newcomer does in the first minute."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.simulator.demos import running
from tests.simulator.fixtures import LOOKING, Look, take_picture

pytestmark = LOOKING

PHONE = {"width": 390, "height": 844}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The running demo's address, if there is a browser to open it."""
    del browser
    async with running(tmp_path_factory.mktemp("demo")) as (page, _):
        yield page


async def choose(tab: Any, typed: str) -> None:
    await tab.keyboard.type(typed)
    await tab.locator(".popup-row", has_text=typed).first.wait_for()
    await tab.locator(".popup-row:nth-child(2)").wait_for(state="detached")
    await tab.keyboard.press("Enter")


async def test_the_tour_works_to_its_end(address: str, look: Look) -> None:
    tab = await look.open(address, color_scheme="dark")
    tour = tab.locator(".tour")
    await tour.get_by_role("button", name="Act as Eli").click()
    await tab.locator(".composer-text[placeholder$='as Eli']").click()
    await tab.keyboard.type("/take ")
    await choose(tab, "GLOVE-M")
    await tab.keyboard.press("Enter")
    took = tab.locator(".message", has_text="Took 1 pair of GLOVE-M").last
    await took.get_by_role("button", name="Undo").wait_for()
    await tab.get_by_text("See it in the books").wait_for()
    await take_picture(tab, "demo-take")
    await tour.get_by_role("button", name="Act as Ada").click()
    await tab.locator(".message", has_text="took 1 pair GLOVE-M").last.wait_for()
    await tab.get_by_text("Decide something").wait_for()
    await take_picture(tab, "demo-audit")
    await tour.get_by_role("button", name="Act as Mia").click()
    card = tab.locator(".message", has_text="Supplier: Nordic Fasteners")
    await card.get_by_role("button", name="Approve").wait_for()
    await take_picture(tab, "demo-card")
    await card.get_by_role("button", name="Approve").click()
    await card.get_by_text("Approved by").wait_for()
    await tab.locator(".message.is-private", has_text="Approved the supplier").wait_for()
    assert await card.get_by_role("button").count() == 0
    await tab.get_by_text("That was the tour.").wait_for()
    await take_picture(tab, "demo-end")


async def test_what_one_may_not_do_is_refused_in_private(address: str, look: Look) -> None:
    tab = await look.open(address, "Eli", viewport=PHONE, color_scheme="light")
    await tab.locator(".composer-text").click()
    await tab.keyboard.type("/take ")
    await choose(tab, "TAPE-50")
    await tab.get_by_role("button", name="Add option quantity").click()
    await tab.keyboard.type("1000")
    await take_picture(tab, "demo-phone-command")
    await tab.get_by_role("button", name="Send command").click()
    await tab.locator(".message.is-private", has_text="you asked for 1000").wait_for()
    await take_picture(tab, "demo-phone-refusal")
    other = await look.open(address, "Mia", viewport=PHONE)
    assert await other.locator(".message", has_text="you asked for 1000").count() == 0

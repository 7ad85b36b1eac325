"""The page's machinery against the bot's own server and books."""

import os
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.cogs.fixtures import house, kept_house, world
from tests.cogs.world import House
from tests.simulator.fixtures import BROWSERS, QUIET
from tests.web.api.client import Api
from tests.web.app.pages import IDLE, drained, queue, wait_until

__all__ = ["house", "kept_house", "world"]

# A file of the page beside which no interface runs.
BARE = "/app/types.js"
BEGUN = """import("/app/store.js").then(({ createStore }) => {
    window.store = createStore();
    window.started = store.start();
    return started;
})"""


@pytest_asyncio.fixture
async def tab(house: House) -> AsyncIterator[tuple[Api, Any]]:
    """A tab that was linked for the employee of a real bot, in a browser of this test's loop."""
    playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium is installed")
    async with playwright.async_playwright() as started, Api.serving(house) as api:
        browser = await started.chromium.launch(executable_path=path, args=QUIET)
        opened = await browser.new_page()
        code = (await api.link(house.employee, "Phone")).partition("#link=")[2]
        await opened.goto(f"{api.base}{BARE}#link={code}")
        await opened.evaluate(BEGUN)
        await wait_until(opened, IDLE)
        yield api, opened
        await browser.close()


@pytest.mark.soak_on("postgresql")
async def test_a_page_works_in_the_real_books_until_it_is_revoked(tab: tuple[Api, Any]) -> None:
    api, page = tab
    found = await page.evaluate("""() => {
        const [bolt] = store.search("bolt").items;
        const [level] = store.levelsOfItem(bolt.id);
        return { item: bolt.id, from: level.location.id, held: level.quantity };
    }""")
    assert found.pop("held") == "10"
    taken = "([data, quantity]) => store.enqueue({table: 'stock_moves', data: {...data, quantity}})"

    await page.evaluate(taken, [found, "3"])
    await drained(page)
    await page.evaluate(taken, [found, "300"])
    await wait_until(page, "store.state.queue.refused === 1")

    assert await api.house.level("BOLT-8", "Shelf A1") == 7
    assert (
        await page.evaluate("([item, place]) => store.expected(item, place)", list(found.values()))
        == "7"
    )
    applied, refused = await queue(page)
    assert applied["record"] > 0
    assert refused["reason"] == "insufficient_stock"
    assert refused["message"]
    device = await page.evaluate("store.state.device")
    assert device["name"] == "Phone"
    assert "device.use" in device["permissions"]
    worker = "navigator.serviceWorker.ready.then((it) => it.active !== null)"
    assert await page.evaluate(worker)

    await page.evaluate("store.unlink()")
    await wait_until(page, "store.state.device.state === 'unlinked'")
    assert await page.evaluate("store.state.catalogue.items") == 0
    assert len(await queue(page)) == 2

"""Updates: the page opens without a network, and no newer version loses what is queued."""

from typing import Any

import pytest

from tests.web.app.pages import IDLE, drained, open_linked, queue, take, wait_until
from tests.web.app.played import Played, row

pytestmark = pytest.mark.asyncio(loop_scope="session")

WORKING = "navigator.serviceWorker.ready.then(() => true)"


async def test_the_second_visit_needs_no_network(context: Any, played: Played) -> None:
    played.feed = [row("items", 1, sku="BOLT-8", name="Hex bolt", unit="pcs")]
    first = await open_linked(context, played)
    await first.evaluate(WORKING)
    await first.close()
    await played.close()

    tab = await context.new_page()
    await tab.goto(played.address)
    await wait_until(tab, "store.state.catalogue.ready")
    operation = await take(tab)

    assert await tab.evaluate("store.search('bolt').items.map((item) => item.sku)") == ["BOLT-8"]
    assert [entry["id"] for entry in await queue(tab)] == [operation]


async def test_an_update_of_the_page_keeps_the_queue(context: Any, played: Played) -> None:
    tab = await open_linked(context, played)
    await tab.evaluate(WORKING)
    await tab.reload()
    await wait_until(tab, IDLE)
    await tab.evaluate("store.setOffline(true)")
    queued = [await take(tab) for _ in range(3)]
    (played.folder / "bare.js").write_text(
        (played.folder / "bare.js").read_text() + "window.newer = true;\n"
    )

    await tab.evaluate("navigator.serviceWorker.getRegistration().then((it) => it.update())")
    await wait_until(tab, "store.state.updateReady")
    async with tab.expect_event("load"):
        await tab.evaluate("void store.applyUpdate()")
    await tab.evaluate("started")

    assert await tab.evaluate("window.newer")
    assert [entry["id"] for entry in await queue(tab)] == queued
    await tab.evaluate("store.setOffline(false)")
    await drained(tab)
    assert list(played.applied) == queued
    pages = [name for name in await tab.evaluate("caches.keys()") if "page" in name]
    assert len(pages) == 1


async def test_a_newer_database_keeps_the_queue_and_asks_older_tabs_to_reload(
    context: Any, played: Played
) -> None:
    old = await open_linked(context, played)
    await old.evaluate("store.setOffline(true)")
    queued = [await take(old) for _ in range(3)]
    source = (played.folder / "database.js").read_text()
    step = '(database, tx) => { tx.objectStore("queue").createIndex("owner", "owner"); },\n];'
    newer = source.replace("    },\n];", f"    }},\n    {step}", 1)
    assert newer != source
    (played.folder / "database.js").write_text(newer)

    # The page that it kept would be opened again.
    await old.evaluate(
        f"{WORKING}.then(() => navigator.serviceWorker.getRegistration())"
        ".then((kept) => kept.unregister())"
    )
    tab = await context.new_page()
    await tab.goto(played.address)
    await tab.evaluate("started")

    await wait_until(old, "store.state.outdated")
    refused = "store.enqueue({table: 'stock_moves', data: {}}).catch((error) => error.code)"
    assert await old.evaluate(refused) == "outdated"
    queued.append(await take(tab))
    await tab.evaluate("store.setOffline(false)")
    await drained(tab)
    assert list(played.applied) == queued

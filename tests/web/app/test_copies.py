"""The second copy: a browser that lost its database goes on with what was queued in it."""

from typing import Any

import pytest

from tests.web.app.pages import IDLE, drained, open_linked, queue, take, wait_until
from tests.web.app.played import Played

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOSING = """() => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase("tallyman");
    request.onsuccess = resolve;
    request.onerror = reject;
})"""


async def reopened(context: Any, tab: Any, played: Played) -> Any:
    """Close the page, delete the browser's database, and open the page again."""
    await tab.close()
    other = await context.new_page()
    await other.goto(f"{played.origin}/api/v1/none")
    await other.evaluate(LOSING)
    await other.goto(played.address)
    return other


async def test_what_was_queued_outlives_the_database(context: Any, played: Played) -> None:
    tab = await open_linked(context, played)
    sent = await take(tab)
    await drained(tab)
    await tab.evaluate("store.setOffline(true)")
    queued = [await take(tab, str(number)) for number in (2, 3, 4, 5)]
    await tab.evaluate("(id) => store.discard(id)", queued.pop())
    await tab.evaluate("(id) => store.correct(id, {item: 1, from: 1, quantity: '9'})", queued.pop())

    tab = await reopened(context, tab, played)
    await wait_until(tab, IDLE)
    await drained(tab)

    assert {entry["id"] for entry in await queue(tab)} >= set(queued)
    assert [each["data"]["quantity"] for each in played.applied.values()] == ["1", "2", "3", "9"]
    assert played.sent[sent] == 1
    later = await take(tab)
    await drained(tab)
    seqs = [operation["seq"] for operation in played.applied.values()]
    assert seqs == sorted(set(seqs))
    assert later in played.applied


async def test_a_device_that_was_signed_off_stays_so(context: Any, played: Played) -> None:
    tab = await open_linked(context, played)
    await tab.evaluate("store.unlink()")

    tab = await reopened(context, tab, played)
    await tab.evaluate("started")

    assert await tab.evaluate("store.state.device.state") == "unlinked"
    assert await queue(tab) == []

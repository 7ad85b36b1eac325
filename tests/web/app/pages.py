"""What tests ask of the page's store."""

import asyncio
from typing import Any

from tests.web.app.played import Json, Played

PATIENCE = 15
IDLE = "!store.state.sync.running && store.state.sync.lastSuccess && store.state.catalogue.ready"


async def wait_until(tab: Any, condition: str, patience: float = PATIENCE) -> None:
    """Wait until a condition holds; the page's policy lets it not be written as a string there."""
    watched = f"""() => started.then(() => new Promise((resolve) => {{
        const look = () => ({condition}) && resolve(true);
        store.subscribe(look);
        look();
    }}))"""
    async with asyncio.timeout(patience):
        await tab.evaluate(watched)


async def open_linked(context: Any, played: Played) -> Any:
    """Open a tab that has been linked and has synced once."""
    tab = await context.new_page()
    await tab.goto(played.link)
    await wait_until(tab, IDLE)
    return tab


async def take(tab: Any, quantity: str = "1", **data: Any) -> str:
    """Queue a take, and return its id once it was acknowledged."""
    given = {"item": 1, "from": 1, "quantity": quantity, **data}
    asked = "async (data) => (await store.enqueue({table: 'stock_moves', data})).id"
    found: str = await tab.evaluate(asked, given)
    return found


async def queue(tab: Any) -> list[Json]:
    """Return what is on the disk."""
    found: list[Json] = await tab.evaluate("store.queueList()")
    return found


async def drained(tab: Any) -> None:
    """Wait until nothing waits."""
    await wait_until(tab, "store.state.queue.waiting + store.state.queue.held === 0")

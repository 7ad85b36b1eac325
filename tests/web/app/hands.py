"""What a person does at the scanner page, and what is there to be scanned."""

import time
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.web.app.played import Json, Played, row

BOLT, GLOVES, MILK = 1, 2, 3
SHELF, CELLAR = 1, 2
BARCODE = "4006381333931"


def stocked() -> list[Json]:
    """Return a feed of three items at two locations."""

    def item(key: int, sku: str, name: str, unit: str, tracking: str = "none") -> Json:
        units = [{"unit": "box", "factor": "50"}] if key == BOLT else []
        rest: Json = {"units": units, "former_skus": [], "archived": False, "whole": unit != "l"}
        return row("items", key, sku=sku, name=name, unit=unit, tracking=tracking, **rest)

    def location(key: int, path: str) -> Json:
        return row("locations", key, name=path, path=path, kind="shelf", archived=False)

    def level(item_id: int, location_id: int, lot_id: int, quantity: str) -> Json:
        where: Json = {"item_id": item_id, "location_id": location_id, "lot_id": lot_id}
        return row("stock_levels", "/".join(map(str, where.values())), **where, quantity=quantity)

    code: Json = {"code": BARCODE, "item_id": BOLT, "unit": "", "quantity": "1"}
    lot: Json = {"item_id": MILK, "code": "L-7", "expires_on": "2027-01-31", "state": "open"}
    return [
        location(SHELF, "Shelf A1"),
        location(CELLAR, "Cellar"),
        item(BOLT, "BOLT-8", "Hexagon bolt M8", "pcs"),
        item(GLOVES, "GLOVE-L", "Work gloves", "pair"),
        item(MILK, "MILK-1", "Milk 3.5 %", "l", "lot"),
        row("barcodes", BARCODE, **code),
        row("lots", 1, **lot),
        level(BOLT, SHELF, 0, "140"),
        level(GLOVES, SHELF, 0, "12"),
        level(MILK, CELLAR, 1, "18.5"),
    ]


@pytest_asyncio.fixture(loop_scope="session")
async def stock(tmp_path: Path) -> Any:
    """A server with the whole page and something to scan."""
    async with Played(tmp_path / "app", is_bare=False) as server:
        server.feed = stocked()
        yield server


# A page that goes away while its catalogue is being opened ends with a mistake.
READY = """() => new Promise((resolve) => {
    const { store } = document.querySelector("tallyman-scanner");
    const look = () => store.state.catalogue.ready && resolve(true);
    store.subscribe(look);
    look();
})"""


async def visit(context: Any, address: str) -> Any:
    """Open the page, until its catalogue is open."""
    tab = await context.new_page()
    await tab.goto(address)
    await until_ready(tab)
    return tab


async def until_ready(tab: Any) -> None:
    """Wait until the catalogue may be searched."""
    await (
        tab.get_by_role("button", name="Settings")
        .or_(tab.get_by_role("button", name="Einstellungen"))
        .wait_for()
    )
    await tab.evaluate(READY)


async def enter(context: Any, server: Played) -> Any:
    """Open the page as a device that is linked and knows its catalogue."""
    tab = await visit(context, server.link)
    await tab.get_by_role("combobox").first.wait_for()
    await tab.get_by_text("The catalogue is on its way").wait_for(state="detached")
    return tab


async def scan(tab: Any, *codes: str) -> None:
    """Press the keys of wedge scanners: five milliseconds apart by the clock of the events."""
    keyboard = await tab.context.new_cdp_session(tab)
    for code in codes:
        start = time.time()
        for number, key in enumerate([*code, "Enter"]):
            text = "\r" if key == "Enter" else key
            press: Json = {"type": "keyDown", "key": key, "text": text}
            press["timestamp"] = start + number / 200
            await keyboard.send("Input.dispatchKeyEvent", press)
            await keyboard.send("Input.dispatchKeyEvent", {**press, "type": "keyUp", "text": ""})
    await keyboard.detach()

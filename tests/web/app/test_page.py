"""The scanner page: from a scan to the queue, and what it says of what was refused."""

import json
from typing import Any

import pytest

from tests.web.app.hands import BARCODE, BOLT, CELLAR, MILK, SHELF, enter, scan, stock, visit
from tests.web.app.played import Json, Played

__all__ = ["stock"]

pytestmark = pytest.mark.asyncio(loop_scope="session")


def queue_of(tab: Any) -> Any:
    return tab.get_by_role("complementary", name="Queue")


def sent(server: Played) -> list[Json]:
    return [operation["data"] for operation in server.applied.values()]


async def test_a_take_goes_from_two_scans_and_a_press_to_the_server(
    context: Any, stock: Played
) -> None:
    tab = await enter(context, stock)

    await scan(tab, BARCODE, "Shelf A1", BARCODE)
    await tab.get_by_text("140 → 138 pcs").wait_for()
    await tab.get_by_role("button", name="Take 2 pcs").click()

    await tab.get_by_text("In the books as #1: Take 2 pcs Hexagon bolt M8").wait_for()
    assert sent(stock) == [{"item": BOLT, "quantity": "2", "from": SHELF}]


async def test_a_scanner_leaves_alone_what_a_person_types(context: Any, stock: Played) -> None:
    tab = await enter(context, stock)
    await tab.get_by_role("button", name="Receive").click()
    order = tab.get_by_label("Order number")
    await order.press_sequentially("PO-7", delay=60)

    await scan(tab, BARCODE)
    await tab.get_by_role("heading", name="Hexagon bolt M8").wait_for()
    assert await order.input_value() == "PO-7"

    await scan(tab, "Cellar")
    await tab.get_by_label("Quantity", exact=True).last.fill("1,5 box")
    await tab.get_by_role("button", name="Receive 1,5 box", exact=True).click()
    await queue_of(tab).get_by_text("Record #1").wait_for()
    assert sent(stock) == [
        {"item": BOLT, "quantity": "1.5", "unit": "box", "to": CELLAR, "order": "PO-7"}
    ]


async def test_an_order_is_chosen_also_without_a_network(context: Any, stock: Played) -> None:
    stock.me["person"]["permissions"] = ["stock.move", "order.receive"]
    line = {"item_id": BOLT, "sku": "BOLT-8", "left": "20", "unit": "pcs"}
    stock.orders = [
        {"label": "PO-6", "supplier": "Glove & Co", "promised_on": None, "lines": []},
        {"label": "PO-7", "supplier": "ACME", "promised_on": "2026-12-01", "lines": [line]},
    ]
    tab = await enter(context, stock)
    await tab.get_by_role("button", name="Receive").click()
    orders = tab.get_by_role("group", name="Open orders")
    await orders.get_by_role("button", name="PO-6").wait_for()
    await scan(tab, "tallyman:offline", BARCODE)
    await orders.get_by_role("button", name="PO-7 · ACME · 20 pcs").click()
    assert await orders.get_by_role("button").count() == 1
    await scan(tab, "Cellar", "tallyman:qty=20", "tallyman:ok", "tallyman:online")
    await queue_of(tab).get_by_text("Record #1").wait_for()
    assert sent(stock) == [{"item": BOLT, "quantity": "20", "to": CELLAR, "order": "PO-7"}]


async def test_command_barcodes_do_what_the_buttons_do(context: Any, stock: Played) -> None:
    tab = await enter(context, stock)
    queue = queue_of(tab)

    await scan(tab, "tallyman:offline", "tallyman:mode=put", "MILK-1")
    await scan(tab, "tallyman:location=Cellar", "tallyman:qty=2.5", "tallyman:lot=L-7")
    await scan(tab, "tallyman:ok")
    await queue.get_by_text("Put 2.5 l Milk 3.5 %").wait_for()

    # Another item while one is not queued yet is asked back, and nothing is lost.
    await scan(tab, "tallyman:mode=take", "tallyman:from=Shelf A1", BARCODE, "GLOVE-L")
    await tab.get_by_text("Hexagon bolt M8 is not queued yet.").wait_for()
    await scan(tab, "tallyman:ok")
    await queue.get_by_text("Take 1 pcs Hexagon bolt M8").wait_for()
    await tab.get_by_role("heading", name="Work gloves").wait_for()

    await scan(tab, "tallyman:undo-last")
    await queue.get_by_text("Discarded").wait_for()
    await scan(tab, "tallyman:dance")
    await tab.get_by_text("This page does not know the command tallyman:dance.").wait_for()
    await scan(tab, "tallyman:online")
    await queue.get_by_text("Everything is sent").wait_for()
    assert sent(stock) == [{"item": MILK, "quantity": "2.5", "to": CELLAR, "lot": 1}]


# Another transaction has the queue until it is let go, as a slow disk would.
HOLD = """() => new Promise((resolve) => {
    const opening = indexedDB.open("tallyman");
    opening.onsuccess = () => {
        const held = opening.result.transaction("queue", "readwrite");
        const go_on = () => {
            if (window.isLetGo) opening.result.close();
            else held.objectStore("queue").count().onsuccess = go_on;
        };
        go_on();
        resolve(true);
    };
})"""


async def test_what_is_scanned_while_something_is_being_queued_belongs_to_the_next(
    context: Any, stock: Played
) -> None:
    tab = await enter(context, stock)
    await scan(tab, "tallyman:mode=put", BARCODE, "Shelf A1")
    await tab.evaluate(HOLD)
    await scan(tab, "tallyman:ok", "Cellar", BARCODE, "tallyman:qty=5", "tallyman:ok")
    await tab.evaluate("window.isLetGo = true")
    await queue_of(tab).get_by_text("Record #2").wait_for()
    assert sent(stock) == [
        {"item": BOLT, "quantity": "1", "to": SHELF},
        {"item": BOLT, "quantity": "5", "to": CELLAR},
    ]


async def test_what_is_refused_says_why_and_what_to_do(context: Any, stock: Played) -> None:
    tab = await enter(context, stock)
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    reasons = {"1": "insufficient_stock", "2": "not_found", "3": "something_newer"}

    def judge(operation: Json) -> Json | None:
        reason = reasons.get(operation["data"]["quantity"])
        words = "" if reason != "insufficient_stock" else "Shelf A1 holds 0 pcs of BOLT-8."
        return {"status": "rejected", "reason": reason, "message": words} if reason else None

    stock.judge = judge
    queue = queue_of(tab)
    for quantity in reasons:
        await scan(tab, BARCODE, "Shelf A1", f"tallyman:qty={quantity}", "tallyman:ok")
    rows = {n: queue.get_by_role("listitem").filter(has_text=f"Take {n} pcs") for n in reasons}
    await rows["1"].get_by_text("Shelf A1 holds 0 pcs of BOLT-8.").wait_for()
    await rows["2"].get_by_text("The books do not know it.").wait_for()
    await rows["3"].get_by_text("The books refused it.").wait_for()

    await rows["3"].get_by_role("button", name="Ask a manager").click()
    await tab.get_by_text("Copied.").wait_for()
    asked = await tab.evaluate("navigator.clipboard.readText()")
    assert asked.startswith("Please have a look, from Ann:\nTake 3 pcs Hexagon bolt M8")

    await rows["2"].get_by_role("button", name="Discard").click()
    await rows["2"].get_by_text("Discarded").wait_for()
    await rows["1"].get_by_role("button", name="Correct").click()
    await scan(tab, "tallyman:qty=9", "tallyman:ok")
    await rows["1"].get_by_text("Corrected").wait_for()
    await queue.get_by_text("Take 9 pcs Hexagon bolt M8").wait_for()
    while not stock.applied:
        stock.heard.clear()
        await stock.heard.wait()
    [corrected] = stock.applied.values()
    assert corrected["supersedes"] in stock.sent


async def test_a_locked_device_says_so_and_gives_its_queue_out(context: Any, stock: Played) -> None:
    tab = await enter(context, stock)
    await scan(tab, "tallyman:offline", BARCODE, "Shelf A1", "tallyman:ok")
    await queue_of(tab).get_by_text("Take 1 pcs Hexagon bolt M8").wait_for()
    stock.tokens.clear()

    await scan(tab, "tallyman:online")

    await tab.get_by_role("heading", name="This device is locked").wait_for()
    await tab.get_by_text("1 operation was not sent. It is kept on this device.").wait_for()
    async with tab.expect_download() as saving:
        await tab.get_by_role("button", name="Save as JSON").click()
    path = await (await saving.value).path()
    assert '"quantity"' in path.read_text()
    assert json.loads(path.read_text())
    await tab.get_by_role("button", name="Show the queue").click()
    await tab.get_by_role("dialog").get_by_text("Take 1 pcs Hexagon bolt M8").wait_for()


async def test_a_first_visit_says_where_a_link_comes_from(context: Any, stock: Played) -> None:
    tab = await visit(context, stock.address)
    await tab.get_by_text("/device link").wait_for()

    await tab.get_by_label("Link from Discord").fill("https://example.com/")
    await tab.get_by_role("button", name="Link", exact=True).click()
    await tab.get_by_text("This is not a link for the scanner.").first.wait_for()
    await tab.get_by_label("Link from Discord").fill(stock.link)
    await tab.keyboard.press("Enter")

    await tab.get_by_role("combobox").first.wait_for()


async def test_scanning_an_item_again_counts_it_for_the_running_count(
    context: Any, stock: Played
) -> None:
    tab = await enter(context, stock)

    await scan(tab, BARCODE, "tallyman:mode=count")
    assert await tab.get_by_role("textbox", name="Counted").input_value() == ""

    await scan(tab, "Shelf A1", BARCODE, BARCODE, "tallyman:ok")
    await tab.get_by_text("Type the number of the count, such as C-4.").first.wait_for()
    await scan(tab, "tallyman:count=C-4", "tallyman:ok")

    await queue_of(tab).get_by_text("Record #1").wait_for()
    assert sent(stock) == [{"item": BOLT, "counted": "3", "location": SHELF, "count": "C-4"}]

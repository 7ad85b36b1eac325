"""The catalogue: a whole warehouse on the device, found at once, with what is queued counted in."""

from typing import Any

import pytest

from tests.web.app.pages import drained, open_linked, take, wait_until
from tests.web.app.played import Json, Played, row

pytestmark = pytest.mark.asyncio(loop_scope="session")


def item(key: int, sku: str, name: str = "", **more: Any) -> Json:
    return row("items", key, sku=sku, name=name or sku, unit="pcs", **more)


def place(key: int, path: str) -> Json:
    return row("locations", key, name=path.rpartition(" › ")[2], path=path, kind="storage")


def level(item_id: int, location_id: int, quantity: str, version: int = 1) -> Json:
    key = f"{item_id}/{location_id}/0"
    data: Json = {"item_id": item_id, "location_id": location_id, "lot_id": 0}
    return row("stock_levels", key, version, **data, quantity=quantity)


def barcode(code: str, item_id: int, unit: str = "", quantity: str = "1") -> Json:
    return row("barcodes", code, code=code, item_id=item_id, unit=unit, quantity=quantity)


BOLTS = [
    item(1, "AMS1117-3.3", "Spannungsregler Öl", units=[{"unit": "box", "factor": "12"}]),
    item(2, "BOLT-8", "Hex bolt M8", former_skus=["SCREW-8"]),
    item(3, "GONE-1", "Old bolt", archived=True),
    place(1, "Hall › Shelf A1"),
    place(2, "Yard"),
    level(1, 1, "10"),
    barcode("0012345678905", 1, unit="box"),
]
FOUND = "(text) => store.search(text).items.map((item) => item.sku)"
MEANT = "(code) => store.lookUp(code).map((it) => [it.kind, (it.item ?? it.location).id])"


async def test_items_are_found_by_words_in_any_order_and_parts_of_numbers(
    context: Any, played: Played
) -> None:
    played.feed = BOLTS
    tab = await open_linked(context, played)

    asked = [
        "bolt hex",
        "m8 bolt",
        "1117",
        "ams111733",
        "regler öl",
        "OL Regler",
        "screw-8",
        "gone",
        "",
        "bolt zinc",
    ]
    found = [await tab.evaluate(FOUND, text) for text in asked]

    one, two = ["AMS1117-3.3"], ["BOLT-8"]
    assert found == [two, two, one, one, one, one, two, [], [], []]


async def test_codes_mean_exactly_what_is_printed(context: Any, played: Played) -> None:
    played.feed = BOLTS
    tab = await open_linked(context, played)

    codes = ["012345678905", "bolt-8", "Screw-8", "yard", "shelf a1", "1117"]
    meant = [await tab.evaluate(MEANT, code) for code in codes]

    assert meant == [
        [["barcode", 1]],
        [["item", 2]],
        [["item", 2]],
        [["location", 2]],
        [["location", 1]],
        [],
    ]


async def test_expected_levels_count_what_is_queued_until_it_is_in_the_books(
    context: Any, played: Played
) -> None:
    played.feed = list(BOLTS)
    tab = await open_linked(context, played)
    await tab.evaluate("store.setOffline(true)")

    await take(tab, "1", unit="box", to=2)
    negative = await tab.evaluate("[store.expected(1, 1), store.expected(1, 2)]")
    counted = {"item": 1, "location": 1, "counted": "7.5"}
    await tab.evaluate("(data) => store.enqueue({table: 'stock_counts', data})", counted)
    await take(tab, "0.001")
    shown = "store.levelsOfItem(1).map((it) => [it.location.path, it.quantity, it.expected])"

    assert negative == ["-2", "12"]
    assert await tab.evaluate(shown) == [["Hall › Shelf A1", "10", "7.499"], ["Yard", "0", "12"]]
    played.feed += [level(1, 1, "7.499", 2), level(1, 2, "12", 2)]
    await tab.evaluate("store.setOffline(false)")
    await drained(tab)
    assert await tab.evaluate(shown) == [
        ["Hall › Shelf A1", "7.499", "7.499"],
        ["Yard", "12", "12"],
    ]


async def test_a_reset_replaces_the_copy_and_keeps_the_queue(context: Any, played: Played) -> None:
    played.feed = BOLTS
    tab = await open_linked(context, played)
    other = await context.new_page()
    await other.goto(played.address)
    await wait_until(other, "store.state.catalogue.ready")
    played.judge = lambda _: {"status": "rejected", "reason": "insufficient_stock"}
    await take(tab)
    await wait_until(tab, "store.state.queue.refused === 1")

    played.epoch, played.feed = 1, [item(5, "NUT-5")]
    await tab.evaluate("store.syncNow()")
    await wait_until(tab, "store.state.catalogue.items === 1")
    await wait_until(other, "store.state.catalogue.items === 1 && store.state.queue.refused === 1")

    assert await other.evaluate(FOUND, "nut") == ["NUT-5"]
    assert await other.evaluate(FOUND, "bolt") == []


@pytest.mark.soak
async def test_twenty_thousand_items_are_copied_loaded_and_searched_quickly(
    context: Any, played: Played
) -> None:
    played.feed = [
        *(item(n, f"PART-{n:05}-{n * 7919 % 97}", f"Part number {n}") for n in range(1, 20_001)),
        *(place(n, f"Hall › Rack {n // 20} › Bin {n}") for n in range(1, 2_001)),
        *(level(n % 20_000 + 1, (n + n // 20_000) % 2_000 + 1, "5") for n in range(40_000)),
    ]
    tab = await context.new_page()
    await tab.goto(played.link)
    await wait_until(tab, "store.state.catalogue.complete && store.state.catalogue.ready", 60)
    copied = await tab.evaluate("performance.now()")
    await tab.reload()
    await wait_until(tab, "store.state.catalogue.ready")
    loaded = await tab.evaluate("performance.now()")
    took = """() => {
        const start = performance.now();
        const found = store.search("number 1234 part").items.length;
        return [found, performance.now() - start];
    }"""
    found, searched = await tab.evaluate(took)

    counts = await tab.evaluate("store.state.catalogue")

    assert (counts["items"], counts["levels"]) == (20_000, 40_000)
    assert found > 0
    # Far above what an idle machine takes: what it must not do is take ten times as long.
    assert copied < 60_000
    assert loaded < 30_000
    assert searched < 500


# Plays answers with writes and deletions of a few rows against a model of them.
MERGED = """async ({ answers, size }) => {
    const [{ openDatabase, read, write, answered }, { append, rowsOf }] =
        await Promise.all([import("/app/database.js"), import("/app/segments.js")]);
    const database = await openDatabase();
    const model = new Map();
    for (let version = 1; version <= answers; version += 1) {
        const changes = Array.from({ length: version % 7 ? 3 : size }, () => {
            const id = String(Math.floor(Math.random() * size));
            const data = Math.random() < 0.3 ? null : { version };
            return { table: "items", id, version, data };
        });
        for (const { id, data } of changes) model[data ? "set" : "delete"](id, version);
        await write(database, ["segments"], (tx) => append(tx, changes, false));
    }
    const kept = await read(database, ["segments"], async (tx) => ({
        rows: await rowsOf(tx),
        segments: (await answered(tx.objectStore("segments").getAllKeys())).length,
    }));
    const wrong = kept.rows.filter((row) => model.get(row.id) !== row.data.version);
    return [kept.rows.length - model.size, wrong.length, kept.segments];
}"""


async def test_merging_what_answers_changed_keeps_the_latest_of_each_row(
    context: Any, played: Played
) -> None:
    tab = await context.new_page()
    await tab.goto(played.address)
    await tab.evaluate("started")

    missing, wrong, segments = await tab.evaluate(MERGED, {"answers": 300, "size": 700})

    assert (missing, wrong) == (0, 0)
    assert segments <= 64

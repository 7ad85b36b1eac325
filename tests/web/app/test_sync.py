"""Sync: everything that was queued is done once, whatever is lost on the way."""

from typing import Any

import pytest

from tests.web.app.pages import IDLE, drained, open_linked, queue, take, wait_until
from tests.web.app.played import Json, Played, row

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_link_is_taken_out_of_the_address_before_it_is_redeemed(
    context: Any, played: Played
) -> None:
    tab = await open_linked(context, played)

    device = await tab.evaluate("store.state.device")

    assert tab.url == played.address
    assert (device["state"], device["userName"], device["guildName"]) == ("linked", "Ann", "Depot")
    assert "token" not in device


async def test_operations_whose_answers_are_lost_are_sent_again_under_the_same_id(
    context: Any, played: Played
) -> None:
    tab = await open_linked(context, played)
    first = len(played.requests)
    played.loses = lambda number: number == first + 1

    operation = await take(tab)
    await drained(tab)

    [entry] = await queue(tab)
    assert played.sent[operation] == 2
    assert (entry["state"], entry["outcome"], entry["inDoubt"]) == ("done", "duplicate", False)


async def test_two_tabs_send_no_operation_twice(context: Any, played: Played) -> None:
    one = await open_linked(context, played)
    other = await context.new_page()
    await other.goto(played.address)
    await wait_until(other, IDLE)
    await one.evaluate("store.setOffline(true)")
    await wait_until(other, "store.state.offlineSwitch")
    both = """async (n) => Promise.all([...Array(n)].map((_, i) => store.enqueue(
        {table: 'stock_moves', data: {item: 1, from: 1, quantity: String(i + 1)}})))"""
    await one.evaluate(both, 150)
    await other.evaluate(both, 150)

    await one.evaluate("store.setOffline(false)")
    await drained(one)
    await drained(other)

    assert len(played.applied) == 300
    assert set(played.sent.values()) == {1}
    seqs = [operation["seq"] for operation in played.applied.values()]
    assert seqs == sorted(set(seqs))


async def test_a_refused_operation_is_corrected_by_one_that_takes_its_place(
    context: Any, played: Played
) -> None:
    played.judge = lambda operation: (
        {"status": "rejected", "reason": "insufficient_stock"}
        if operation["data"]["quantity"] == "9"
        else None
    )
    tab = await open_linked(context, played)
    refused = await take(tab, "9")
    await wait_until(tab, "store.state.queue.refused === 1")
    [entry] = await queue(tab)

    await tab.evaluate("([id, data]) => store.correct(id, data)", [refused, {"quantity": "2"}])
    await drained(tab)

    assert (entry["reason"], entry["message"]) == ("insufficient_stock", "That is not there.")
    [applied] = played.applied.values()
    assert applied["supersedes"] == refused
    assert applied["timestamp"] == entry["timestamp"]
    assert [each["outcome"] for each in await queue(tab)] == ["corrected", "applied"]


async def test_a_held_operation_waits_for_the_next_round(context: Any, played: Played) -> None:
    tab = await open_linked(context, played)
    played.judge = lambda _: {"status": "held", "reason": "busy"}
    operation = await take(tab)
    await wait_until(tab, "store.state.queue.held === 1 && store.state.sync.retryAt")

    played.judge = lambda _: None
    await drained(tab)

    assert list(played.applied) == [operation]


async def test_an_operation_that_no_request_may_carry_does_not_stop_the_others(
    context: Any, played: Played
) -> None:
    def judged(body: Json) -> tuple[int, str] | None:
        has_bad = any(each["data"]["quantity"] == "bad" for each in body["operations"])
        return (422, "invalid_request") if has_bad else None

    played.problem = judged
    tab = await open_linked(context, played)
    await tab.evaluate("store.setOffline(true)")
    for quantity in ("1", "2", "bad", "3"):
        await take(tab, quantity)

    await tab.evaluate("store.setOffline(false)")
    await drained(tab)

    assert sorted(each["data"]["quantity"] for each in played.applied.values()) == ["1", "2", "3"]
    [refused] = [each for each in await queue(tab) if each["state"] == "refused"]
    assert refused["reason"] == "invalid_request"


async def test_a_revoked_device_keeps_its_queue_and_exports_it(
    context: Any, played: Played
) -> None:
    played.feed = [row("items", 1, sku="BOLT-8", name="Bolt", unit="pcs")]
    tab = await open_linked(context, played)
    played.tokens.clear()

    operation = await take(tab, note="=1+1")
    await wait_until(tab, "store.state.device.state === 'locked'")

    device = await tab.evaluate("store.state.device")
    assert (device["reason"], device["message"]) == ("device_revoked", "Refused: device_revoked.")
    [entry] = await queue(tab)
    assert (entry["id"], entry["state"], entry["inDoubt"]) == (operation, "waiting", False)
    file = await tab.evaluate("store.exportQueue('csv')")
    assert operation in file["text"]
    assert "BOLT-8" in file["text"]
    assert ",'=1+1," in file["text"]
    refused = "store.enqueue({table: 'stock_moves', data: {}}).catch((error) => error.code)"
    assert await tab.evaluate(refused) == "locked"


async def test_what_another_member_queued_is_not_sent_as_theirs(
    context: Any, played: Played
) -> None:
    tab = await open_linked(context, played)
    played.tokens.clear()
    await take(tab)
    await wait_until(tab, "store.state.device.state === 'locked'")

    played.me["person"]["id"] = "43"
    await tab.evaluate("store.link('1.7.code')")
    await wait_until(tab, "store.state.device.state === 'linked'")
    mine = await take(tab)
    await wait_until(tab, "store.state.queue.waiting === 1")

    assert list(played.applied) == [mine]
    assert (await tab.evaluate("store.state.queue"))["foreign"] == 1


async def test_a_device_that_is_not_allowed_goes_on_when_it_is_again(
    context: Any, played: Played
) -> None:
    tab = await open_linked(context, played)
    played.problem = lambda _: (403, "not_allowed")
    operation = await take(tab)
    await wait_until(tab, "store.state.device.state === 'locked'")

    played.problem = lambda _: None
    await tab.evaluate("store.syncNow()")
    await drained(tab)

    assert list(played.applied) == [operation]
    assert await tab.evaluate("store.state.device.state") == "linked"


async def test_the_page_goes_on_by_itself_when_the_server_is_back(
    context: Any, played: Played
) -> None:
    tab = await open_linked(context, played)
    await played.close()
    operation = await take(tab)
    await wait_until(tab, "store.state.sync.error === 'network' && !store.state.online")

    await played.open()
    await drained(tab)

    assert list(played.applied) == [operation]
    assert await tab.evaluate("store.state.online")

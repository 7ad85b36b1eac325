"""Answers and events that come twice, late or not at all: one effect, and never the wrong word."""

import asyncio
import re
from typing import Any

import pytest

from simulator import InteractionFailed, Process, Reply
from tests.system.conftest import START_SECONDS, Office
from tests.system.depots import OPENING_RECORDS, TAKING, Depot, record_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

# What a forgotten answer waits before the job takes it up, and then some.
LATER_SECONDS = 30


def answer_route(reply: Reply) -> str:
    return f"/webhooks/*/{reply.interaction.token}/messages/@original"


def callback_route(reply: Reply) -> str:
    return f"/interactions/{reply.interaction.id}/*/callback"


def edits(reply: Reply) -> int:
    """How often the answer was shown."""
    return reply.messages[0].edits if reply.messages else 0


async def shown_twice(reply: Reply) -> Reply:
    return await reply.wait_for(lambda it: edits(it) == 2, LATER_SECONDS)


async def shown(depot: Depot, reply: Reply) -> Reply:
    """Wait for an answer, and until whatever came before now was dealt with."""
    await reply.answered()
    await depot.clerk.slash("find", query="BOLT-8")
    return reply


async def test_an_event_that_comes_again_later_gets_the_first_answer(depot: Depot) -> None:
    reply = await depot.clerk.slash("take", **TAKING)
    text = reply.content
    # By then the first delivery is over and done with.
    await depot.clerk.slash("take", **TAKING)
    depot.discord.redeliver(reply)
    assert (await shown_twice(reply)).content == text
    await depot.require_in_order(OPENING_RECORDS + 2)


@pytest.mark.only_on("sqlite")
async def test_a_refusal_that_comes_again_is_the_same_refusal(
    depot: Depot, shared_office: Office
) -> None:
    refused = await depot.clerk.slash("take", **TAKING | {"quantity": "500"})
    assert "A1 holds 100 pcs" in refused.content
    await depot.boss.slash("put", **TAKING | {"quantity": "900"})
    depot.discord.redeliver(refused)
    async with shared_office.bot() as second:
        gateway = depot.discord.gateway
        await gateway.pulse.until(lambda: len(gateway.live) > 1, START_SECONDS, "two processes")
        await shared_office.ready(second)
        # The other process knows of it by the note alone.
        depot.discord.redeliver(refused)
        await shown(depot, refused)
        assert await second.terminate() == 0
    assert edits(refused) == 1
    assert "A1 holds 100 pcs" in refused.content
    await depot.require_in_order(OPENING_RECORDS + 1)


async def test_an_event_that_comes_twice_at_once_has_one_effect(depot: Depot) -> None:
    replies = []
    for _ in range(5):
        replies.append(depot.clerk.send_slash("take", **TAKING))
        depot.discord.redeliver(replies[-1])
    for reply in replies:
        await shown(depot, reply)
    assert sorted(map(record_of, replies)) == list(range(6, 11))
    await depot.require_in_order(OPENING_RECORDS + 5)


async def test_a_click_that_comes_twice_at_once_has_one_effect(depot: Depot) -> None:
    reply = await depot.clerk.slash("take", **TAKING)
    for button, record in (("Again", 7), ("Undo", 8)):
        click = depot.clerk.send_click(reply, button)
        depot.discord.redeliver(click)
        assert record_of(await shown(depot, click)) == record
    await depot.require_in_order(OPENING_RECORDS + 3)


CHANNELS = ["audit", "approvals", "alerts", "requests"]


@pytest.mark.only_on("sqlite")
async def test_a_setup_that_comes_twice_at_once_makes_its_channels_once(depot: Depot) -> None:
    fresh = Depot.build(depot.discord, depot.ledger)
    reply = fresh.owner.send_slash("setup", admin_role=fresh.boss_role)
    fresh.discord.redeliver(reply)
    await reply.answered()
    # The second one has been dealt with when a later one is answered.
    await fresh.boss.slash("location add", name="A1")
    assert record_of(reply) == 1
    assert [channel.name for channel in fresh.guild.channels.values()] == [
        "general",
        *CHANNELS,
    ]
    await fresh.require_in_order(2)


@pytest.mark.only_on("sqlite")
async def test_setups_that_overlap_make_each_channel_once(depot: Depot) -> None:
    fresh = Depot.build(depot.discord, depot.ledger)
    replies = [fresh.owner.send_slash("setup") for _ in range(3)]
    for reply in replies:
        await reply.answered()
    assert [channel.name for channel in fresh.guild.channels.values()] == ["general", *CHANNELS]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"reset": True}])
async def test_an_answer_that_fails_once_is_shown_at_the_next_try(
    depot: Depot, fault: dict[str, Any]
) -> None:
    reply = depot.clerk.send_slash("take", **TAKING)
    trouble = depot.discord.fault("PATCH", answer_route(reply), **fault)
    assert record_of(await reply.answered()) == OPENING_RECORDS + 1
    assert len(trouble.hits) == 1
    await depot.require_in_order(OPENING_RECORDS + 1)


@pytest.mark.only_on("sqlite")
async def test_an_answer_whose_arrival_is_not_heard_of_is_the_same_again(depot: Depot) -> None:
    reply = depot.clerk.send_slash("take", **TAKING)
    depot.discord.fault("PATCH", answer_route(reply), lost_answer=True)
    assert record_of(await shown_twice(reply)) == OPENING_RECORDS + 1
    await depot.require_in_order(OPENING_RECORDS + 1)


@pytest.mark.only_on("sqlite")
async def test_an_answer_that_keeps_failing_is_asked_back_for_and_shown_when_it_can_be(
    depot: Depot, shared_bot: Process
) -> None:
    reply = depot.clerk.send_slash("take", **TAKING)
    trouble = depot.discord.fault("PATCH", answer_route(reply), reset=True, times=None)
    await shared_bot.wait_for_output(f"interaction={reply.interaction.id}]: The answer could not")
    # By then it has been noted as well.
    await depot.boss.slash("take", **TAKING)
    for said in (TAKING, {"item": "hex BOLT", "quantity": "3 pcs"}):
        asked = await depot.clerk.slash("take", **said)
        assert re.fullmatch(r"You did this \d+ s ago as #6. Again\?", asked.content)
    assert asked.buttons == ["Again"]
    assert record_of(await depot.clerk.click(asked, "Again")) == 8
    trouble.stop()
    assert record_of(await reply.answered(LATER_SECONDS)) == 6
    await depot.require_in_order(OPENING_RECORDS + 3)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("fault", [{"status": 500}, {"reset": True}, {"lost_answer": True}])
async def test_a_promise_that_fails_once_is_made_again(depot: Depot, fault: dict[str, Any]) -> None:
    reply = depot.clerk.send_slash("take", **TAKING)
    trouble = depot.discord.fault("POST", callback_route(reply), **fault)
    assert record_of(await reply.answered()) == OPENING_RECORDS + 1
    assert len(trouble.hits) == 1
    await depot.require_in_order(OPENING_RECORDS + 1)


@pytest.mark.only_on("sqlite")
async def test_what_could_not_be_promised_is_not_done(depot: Depot) -> None:
    late = depot.clerk.send_slash("take", **TAKING)
    too_late = depot.discord.fault("POST", callback_route(late), hold=True)
    cut_off = depot.boss.send_slash("take", **TAKING)
    never = depot.discord.fault("POST", callback_route(cut_off), reset=True, times=None)
    await too_late.wait_hit()
    await never.wait_hit(4)
    depot.discord.advance(3.1)
    too_late.release()
    for reply in (late, cut_off):
        with pytest.raises(InteractionFailed):
            await reply.answered()
    assert record_of(await depot.clerk.slash("take", **TAKING)) == OPENING_RECORDS + 1
    await depot.require_in_order(OPENING_RECORDS + 1)


@pytest.mark.only_on("sqlite")
async def test_a_gateway_that_drops_loses_no_command_and_doubles_none(depot: Depot) -> None:
    resumed = depot.discord.gateway.resumed
    replies = []
    for drops, code in enumerate((4000, None), start=1):
        replies += [depot.clerk.send_slash("take", **TAKING) for _ in range(3)]
        await depot.discord.drop_gateway(code)
        replies += [depot.clerk.send_slash("take", **TAKING) for _ in range(3)]
        for reply in replies:
            await reply.answered(LATER_SECONDS)
        assert depot.discord.gateway.resumed == resumed + drops
    depot.discord.ask_reconnect()
    replies += [depot.clerk.send_slash("take", **TAKING) for _ in range(3)]
    await asyncio.gather(*(reply.answered(LATER_SECONDS) for reply in replies))
    assert sorted(map(record_of, replies)) == list(range(6, 21))
    await depot.require_in_order(OPENING_RECORDS + 15)

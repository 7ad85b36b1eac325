"""Suppliers against the real process: many clicks at once, restarts, crashes, two processes."""

import asyncio
import json

import pytest

from tests.system.conftest import START_SECONDS, Office
from tests.system.depots import OPENING_RECORDS, Depot
from tests.system.ledger import require_sound
from tests.system.proposals import EMAIL, SOON_SECONDS, decided, decisions, propose

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLICKS = 100


async def test_a_story_of_a_supplier(depot: Depot) -> None:
    card = await propose(depot)
    assert EMAIL not in card.text
    assert card.buttons == ["Approve", "Reject", "Details"]
    assert EMAIL in (await depot.boss.click(card, "Details")).text
    form = await depot.boss.click(card, "Reject")
    said = await depot.boss.submit(form, {"reason": "too dear @everyone"})
    assert "Rejected the supplier **Acme**" in said.text
    await decided(card, "too dear @\u200beveryone")
    told = depot.discord.world.direct_channel(depot.clerk.user)
    await told.wait_for(lambda it: "was rejected by" in it.content, SOON_SECONDS)
    await depot.clerk.slash("supplier edit", supplier="acme", phone="+49 30 123456")
    await depot.clerk.slash("supplier resubmit", supplier="Acme")
    channel = depot.guild.channel("approvals")
    second = await channel.wait_for(lambda it: it is not card and it.buttons != [], SOON_SECONDS)
    assert "Approved the supplier" in (await depot.boss.click(second, "Approve")).text
    await told.wait_for(lambda it: "was approved by" in it.content, SOON_SECONDS)
    listed = await depot.clerk.slash("supplier list", status="approved")
    assert "Acme" in listed.text
    shown = await depot.clerk.slash("supplier show", supplier="acme")
    assert shown.text.count(" by <@") >= 5
    await depot.require_in_order(OPENING_RECORDS + 5)


async def test_of_a_hundred_clicks_at_once_one_decides_and_the_others_are_told_who(
    depot: Depot,
) -> None:
    card = await propose(depot)
    second = depot.guild.add_member("second boss", [depot.boss_role])
    managers = [depot.boss, depot.discord.act_as(second)]
    forms = [await manager.click(card, "Reject") for manager in managers]
    replies = [
        managers[number % 2].send_click(card, "Approve", raw=True)
        if number % 4 < 2
        else managers[number % 2].send_submit(forms[number % 2], {"reason": f"no {number}"})
        for number in range(CLICKS)
    ]
    await asyncio.gather(*(reply.answered(60) for reply in replies))
    winners = [reply for reply in replies if "✅" in reply.text]
    assert len(winners) == 1
    (decision,) = await decisions(depot)
    assert decision["actor_id"] == winners[0].interaction.user.id
    told = f"**Acme** was already {decision['action'].removeprefix('supplier.')}"
    who = f"by <@{decision['actor_id']}>"
    for reply in replies:
        assert reply.ephemeral
        if reply not in winners:
            assert reply.text.startswith(told), reply.text
            assert who in reply.text
    await decided(card, who)
    await depot.require_in_order(OPENING_RECORDS + 2)


async def test_a_slow_decision_greys_the_card_until_it_is_made(depot: Depot) -> None:
    if depot.ledger.is_sqlite:
        pytest.skip("SQLite has one writer: whatever makes a decision wait bars the note as well")
    card = await propose(depot)
    async with depot.ledger.writing_barred():
        reply = depot.boss.send_click(card, "Approve")
        channel = depot.guild.channel("approvals")
        greyed = await channel.wait_for(lambda it: "deciding" in it.text, SOON_SECONDS)
        assert greyed is card
        assert card.buttons == []
    await reply.answered(SOON_SECONDS)
    assert "Approved the supplier" in reply.text
    await decided(card, "Approved by")


@pytest.mark.only_on("sqlite")
async def test_a_card_of_another_guild_decides_nothing_here(
    depot: Depot, shared_office: Office
) -> None:
    other = await shared_office.depot("Other")
    theirs = await propose(other, "Theirs")
    ours = await propose(depot)
    foreign = theirs.components[0]["components"][0]["custom_id"]
    before = await require_sound(depot.ledger, depot.guild.id)
    mine = ours.components[0]["components"][0]
    known = mine["custom_id"]
    for forged in (foreign + "9", "supplier:approve:99999:1", "supplier:bless:1:1", "supplier"):
        mine["custom_id"] = forged
        sent = depot.boss.send_click(ours, forged, raw=True)
        if forged == "supplier":
            continue  # not a custom id of ours: no answer, and nothing happens
        assert (await sent.answered()).ephemeral
    mine["custom_id"] = known
    assert await require_sound(depot.ledger, depot.guild.id) == before
    assert await decisions(other) == []


@pytest.mark.only_on("sqlite")
async def test_a_second_process_serves_the_same_buttons(
    shared_office: Office, depot: Depot
) -> None:
    card = await propose(depot)
    async with shared_office.bot() as second:
        gateway = shared_office.discord.gateway
        await gateway.pulse.until(lambda: len(gateway.live) > 1, START_SECONDS, "two processes")
        await shared_office.ready(second)
        # Both hear of every click; the one that notes it first carries it out.
        for number in range(6):
            name = f"Acme {number}"
            each = await propose(depot, name)
            assert "Approved" in (await depot.boss.click(each, "Approve")).text
        assert await second.terminate() == 0
    assert "Approved" in (await depot.boss.click(card, "Approve")).text
    assert len(await decisions(depot)) == 7


@pytest.mark.only_on("sqlite")
async def test_a_member_who_lost_the_role_a_second_ago_cannot_decide(depot: Depot) -> None:
    card = await propose(depot)
    member = depot.guild.members[depot.boss.user.id]
    member.roles.remove(depot.boss_role)
    refused = await depot.boss.send_click(card, "Approve", raw=True).answered()
    assert "You don't have permission" in refused.text
    assert await decisions(depot) == []
    member.roles.append(depot.boss_role)
    form = await depot.boss.click(card, "Reject")
    member.roles.remove(depot.boss_role)
    refused = await depot.boss.submit(form, {"reason": "no"})
    assert "You don't have permission" in refused.text
    assert await decisions(depot) == []


@pytest.mark.only_on("sqlite")
async def test_no_log_and_no_audit_holds_contact_data(depot: Depot, shared_office: Office) -> None:
    await propose(depot)
    await depot.told(OPENING_RECORDS + 1)
    assert EMAIL not in json.dumps([message.content for message in depot.audit.messages])
    for log in shared_office.directory.glob("*.log"):
        assert EMAIL not in log.read_text()

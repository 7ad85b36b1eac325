"""Cards when the process dies or sleeps during a decision."""

import pytest

from simulator import InteractionFailed
from tests.system.conftest import Office
from tests.system.depots import OPENING_RECORDS
from tests.system.proposals import SOON_SECONDS, decided, decisions, propose


@pytest.mark.only_on("sqlite")
async def test_a_death_between_commit_and_card_shows_the_decision_after_the_restart(
    office: Office,
) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        card = await propose(depot)
        route = f"/channels/{card.channel.id}/messages/{card.id}"
        unheard = depot.discord.fault("PATCH", route, hold=True)
        reply = depot.boss.send_click(card, "Approve")
        await unheard.wait_hit()
        assert len(await decisions(depot)) == 1
        await bot.kill()
        unheard.abandon()
    assert card.buttons == ["Approve", "Reject", "Details"]
    async with office.bot() as bot:
        await office.ready(bot)
        await decided(card, "Approved by")
        await reply.answered(SOON_SECONDS)
        await depot.require_in_order(OPENING_RECORDS + 2)
        assert await bot.terminate() == 0


@pytest.mark.only_on("postgresql")  # on SQLite the note that a card is grey has to wait as well
async def test_a_death_while_deciding_leaves_no_grey_card(office: Office) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        card = await propose(depot)
        channel = depot.guild.channel("approvals")
        async with depot.ledger.writing_barred():
            depot.boss.send_click(card, "Approve")
            await channel.wait_for(lambda it: "deciding" in it.text, SOON_SECONDS)
            await bot.kill()
    assert await decisions(depot) == []
    async with office.bot() as bot:
        await office.ready(bot)
        await channel.wait_for(lambda it: it.buttons == ["Approve", "Reject", "Details"], 60)
        assert "Approved" in (await depot.boss.click(card, "Approve")).text
        await decided(card, "Approved by")
        assert await bot.terminate() == 0


@pytest.mark.only_on("postgresql")  # the two waits need two locks
async def test_a_grey_card_that_was_never_noted_is_found_and_drawn_again(office: Office) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        async with depot.ledger.locked("approval_card"):
            card = await propose(depot)
            async with depot.ledger.writing_barred():
                depot.boss.send_click(card, "Approve")
                await card.channel.wait_for(lambda it: "deciding" in it.text, SOON_SECONDS)
                await bot.kill()
    async with office.bot() as bot:
        await office.ready(bot)
        await card.channel.wait_for(lambda it: it is card and "Details" in it.buttons, 60)
        assert "Approved" in (await depot.boss.click(card, "Approve")).text
        await decided(card, "Approved by")
        assert await bot.terminate() == 0


@pytest.mark.only_on("sqlite")
async def test_a_click_while_the_bot_is_down_fails_and_the_next_one_works(office: Office) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        card = await propose(depot)
        assert await bot.terminate() == 0
    unheard = depot.boss.send_click(card, "Approve")
    depot.discord.advance(3.1)
    with pytest.raises(InteractionFailed):
        await unheard.answered()
    async with office.bot() as bot:
        await office.ready(bot)
        assert await decisions(depot) == []
        assert "Approved" in (await depot.boss.click(card, "Approve")).text
        await decided(card, "Approved by")
        assert await bot.terminate() == 0

"""kill -9 while an order is approved or sent: once or not at all, and no card stays behind."""

import pytest

from simulator import Message
from tests.system.depots import OPENING_RECORDS, Depot, record_of
from tests.system.ledger import require_sound
from tests.system.proposals import SOON_SECONDS, add_manager, decided, propose
from tests.system.test_crashes import FORGETFUL_SECONDS, Ward, ward

__all__ = ["ward"]  # a fixture
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.only_on("sqlite")]

# A supplier proposed and approved, an order written and submitted.
SUBMITTED = OPENING_RECORDS + 4
POINTS = [
    pytest.param("after the defer", False, marks=pytest.mark.soak),
    pytest.param("after the lock", False, marks=pytest.mark.soak),
    ("before commit", False),
    ("after commit", True),
    pytest.param("before the answer", True, marks=pytest.mark.soak),
    pytest.param("before the answer is noted as shown", True, marks=pytest.mark.soak),
    pytest.param("before the audit is sent", True, marks=pytest.mark.soak),
    pytest.param("before marking #{last} as told", True, marks=pytest.mark.soak),
    pytest.param("after marking #{last} as told", True, marks=pytest.mark.soak),
]


async def submit_order(ward: Ward) -> tuple[Depot, Message]:
    """Return a depot with an order PO-1 that is asked for, and its card."""
    depot = await ward.depot()
    buyer = add_manager(depot, "buyer")
    await depot.boss.click(await propose(depot), "Approve")
    made = await buyer.slash("order new", supplier="Acme", lines="BOLT-8 10 1.25")
    assert record_of(made) == SUBMITTED - 1, made.text
    await buyer.click(made, "Submit")
    channel = depot.guild.channel("approvals")
    card = await channel.wait_for(lambda it: "Order PO-1" in it.text, SOON_SECONDS)
    await depot.told(SUBMITTED)
    return depot, card


@pytest.mark.parametrize(("point", "is_committed"), POINTS)
async def test_an_approval_of_an_order_that_dies_counts_once_or_can_be_given_again(
    ward: Ward,  # the fixture
    point: str,
    is_committed: bool,  # noqa: FBT001  # the other half of the claim
) -> None:
    depot, card = await submit_order(ward)
    ward.die_at(point.format(last=SUBMITTED + 1))
    reply = depot.boss.send_click(card, "Approve")
    await ward.death()
    assert await require_sound(depot.ledger, depot.guild.id) == SUBMITTED + is_committed
    depot.discord.advance(FORGETFUL_SECONDS)
    await ward.rise()
    await reply.answered()
    if not is_committed:
        await depot.boss.click(card, "Approve")
    await decided(card, "Approved by")
    sent = await depot.boss.slash("order send", order="PO-1")
    assert "Sent the order **PO-1**" in sent.text
    await depot.require_in_order(SUBMITTED + 2)


@pytest.mark.parametrize(("point", "is_committed"), POINTS)
async def test_an_order_that_dies_while_it_is_sent_is_sent_once(
    ward: Ward,  # the fixture
    point: str,
    is_committed: bool,  # noqa: FBT001  # the other half of the claim
) -> None:
    depot, card = await submit_order(ward)
    await depot.boss.click(card, "Approve")
    await decided(card, "Approved by")
    await depot.told(SUBMITTED + 1)
    ward.die_at(point.format(last=SUBMITTED + 2))
    reply = depot.boss.send_slash("order send", order="PO-1")
    await ward.death()
    assert await require_sound(depot.ledger, depot.guild.id) == SUBMITTED + 1 + is_committed
    depot.discord.advance(FORGETFUL_SECONDS)
    await ward.rise()
    await reply.answered()
    again = await depot.boss.slash("order send", order="PO-1")
    assert ("is sent" in again.text) == is_committed
    requests = depot.guild.channel("requests")
    await requests.wait_for(lambda it: "Order PO-1" in it.text, SOON_SECONDS)
    await depot.require_in_order(SUBMITTED + 2)

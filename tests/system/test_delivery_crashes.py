"""kill -9 while a delivery is booked: once or not at all, and the order's card says which."""

from typing import Any

import pytest

from tests.system.depots import OPENING_RECORDS
from tests.system.ledger import require_sound
from tests.system.proposals import SOON_SECONDS, add_manager, propose
from tests.system.test_crashes import FORGETFUL_SECONDS, Ward, ward
from tests.system.test_payment_crashes import POINTS, answered

__all__ = ["ward"]  # a fixture
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.only_on("sqlite")]

# What leads to an order that was sent: its supplier, its lines, its approval.
SENT = OPENING_RECORDS + 6
TYPED = {"lines": "BOLT-8 4", "location": "A1", "note": ""}


@pytest.mark.parametrize(("point", "is_committed"), POINTS)
async def test_a_delivery_that_dies_is_booked_once_or_can_be_booked_again(
    ward: Ward,  # the fixture
    point: str,
    is_committed: bool,  # noqa: FBT001  # the other half of the claim
) -> None:
    depot = await ward.depot()
    buyer = add_manager(depot, "buyer")
    await depot.boss.click(await propose(depot), "Approve")
    order: dict[str, Any] = {"supplier": "Acme", "lines": "BOLT-8 10 2"}
    made = await answered(buyer.send_slash("order new", **order))
    await buyer.click(made, "Submit")
    approvals, requests = depot.guild.channel("approvals"), depot.guild.channel("requests")
    card = await approvals.wait_for(lambda it: "Order PO-1" in it.text, SOON_SECONDS)
    await depot.boss.click(card, "Approve")
    await answered(buyer.send_slash("order send", order="PO-1"))
    await depot.told(SENT)
    form = await buyer.slash("receive", order="PO-1")
    ward.die_at(point.format(last=SENT + 1))
    reply = buyer.send_submit(form, TYPED)
    await ward.death()
    assert await require_sound(depot.ledger, depot.guild.id) == SENT + is_committed
    depot.discord.advance(FORGETFUL_SECONDS)
    await ward.rise()
    await reply.answered()
    again = await buyer.submit(await buyer.slash("receive", order="PO-1"), TYPED)
    assert "Received of **PO-1**" in again.text
    came = 8 if is_committed else 4
    await requests.wait_for(lambda it: f"{came} received" in it.text, SOON_SECONDS)
    await depot.require_in_order(SENT + 1 + is_committed)

"""kill -9 while a payment is approved or recorded: once or not at all, and no card stays behind."""

from dataclasses import dataclass
from typing import Any

import pytest

from simulator import Actor, Message, Reply
from tests.system.depots import OPENING_RECORDS, Depot, record_of
from tests.system.ledger import require_sound
from tests.system.proposals import SOON_SECONDS, add_manager, decided, propose
from tests.system.test_crashes import FORGETFUL_SECONDS, Ward, ward

__all__ = ["ward"]  # a fixture
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.only_on("sqlite")]

# What leads to the request of a payment, that included.
ASKED = OPENING_RECORDS + 6
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


@dataclass
class Desk:
    """A depot with a payment PAY-1 that is asked for: who asked, and its card."""

    depot: Depot
    accountant: Actor
    card: Message

    @classmethod
    async def open(cls, ward: Ward) -> "Desk":
        """Have a supplier approved, an order received, its bill matched and 40 EUR asked for."""
        depot = await ward.depot()
        accountant = add_manager(depot, "accountant")
        approved = await depot.boss.click(await propose(depot), "Approve")
        assert "Approved the supplier" in approved.text
        await receive(depot)
        bill: dict[str, Any] = {"supplier": "Acme", "number": "RE-1", "total": "100"}
        await answered(accountant.send_slash("invoice add", **bill))
        form = await accountant.slash("invoice lines", invoice="RE-1")
        entered = await accountant.submit(form, {"lines": "BOLT-8 10 10"})
        assert "as the invoice says" in entered.text, entered.text
        await answered(accountant.send_slash("invoice match", invoice="RE-1"))
        request = accountant.send_slash("payment request", invoice="RE-1", amount="40")
        assert record_of(await answered(request)) == ASKED
        channel = depot.guild.channel("approvals")
        card = await channel.wait_for(lambda it: "Payment PAY-1" in it.text, SOON_SECONDS)
        await depot.told(ASKED)
        return cls(depot, accountant, card)

    async def die(self, ward: Ward, send: Reply, records: int) -> None:
        """Wait for the death and let another process go on a night later."""
        await ward.death()
        assert await require_sound(self.depot.ledger, self.depot.guild.id) == records
        self.depot.discord.advance(FORGETFUL_SECONDS)
        await ward.rise()
        await send.answered()

    async def statuses(self) -> tuple[str, str]:
        """Return the statuses of the payment and its bill, by the database."""
        here = f"WHERE guild_id = {self.depot.guild.id}"
        (payment,), (invoice,) = await self.depot.ledger.read(
            f"SELECT status FROM payment {here}", f"SELECT status FROM invoice {here}"
        )
        return payment["status"], invoice["status"]


async def answered(reply: Reply) -> Reply:
    """Wait for an answer that is no refusal."""
    await reply.answered()
    record_of(reply)
    return reply


async def receive(depot: Depot) -> None:
    """Write an order of ten bolts at 10.00 that came in, by SQL."""
    here = f"guild_id = {depot.guild.id}"
    await depot.ledger.write(
        f"""INSERT INTO purchase_order (guild_id, changed_record, id, number, status, version,
            made_by, made_at, supplier_id, currency, note)
        SELECT guild_id, 1, 900001, 1, 'received', 1, 1, '2026-01-01 00:00:00.000000', id, 'EUR', ''
        FROM supplier WHERE {here}""",
        f"""INSERT INTO order_line (guild_id, changed_record, order_id, line, item_id, quantity,
            unit, factor, unit_price, received)
        SELECT guild_id, 1, 900001, 1, id, 10000, '', 1000000, 10000000, 10000
        FROM item WHERE {here}""",
    )


@pytest.mark.parametrize(("point", "is_committed"), POINTS)
async def test_an_approval_that_dies_counts_once_or_can_be_given_again(
    ward: Ward,  # the fixture
    point: str,
    is_committed: bool,  # noqa: FBT001  # the other half of the claim
) -> None:
    desk = await Desk.open(ward)
    ward.die_at(point.format(last=ASKED + 1))
    reply = desk.depot.boss.send_click(desk.card, "Approve")
    await desk.die(ward, reply, ASKED + is_committed)
    if not is_committed:
        await desk.depot.boss.click(desk.card, "Approve")
    await decided(desk.card, "Approved by")
    assert await desk.statuses() == ("approved", "matched")
    await desk.depot.require_in_order(ASKED + 1)


@pytest.mark.parametrize(("point", "is_committed"), POINTS)
async def test_a_payment_that_dies_is_recorded_once_or_can_be_recorded_again(
    ward: Ward,  # the fixture
    point: str,
    is_committed: bool,  # noqa: FBT001  # the other half of the claim
) -> None:
    desk = await Desk.open(ward)
    await desk.depot.boss.click(desk.card, "Approve")
    await decided(desk.card, "Approved by")
    await desk.depot.told(ASKED + 1)
    ward.die_at(point.format(last=ASKED + 2))
    paying: dict[str, Any] = {"payment": "PAY-1", "reference": "SEPA 1"}
    reply = desk.accountant.send_slash("payment record", **paying)
    await desk.die(ward, reply, ASKED + 1 + is_committed)
    again = await desk.accountant.slash("payment record", **paying)
    assert ("is paid" in again.text) == is_committed
    await decided(desk.card, "Paid; approved by")
    assert await desk.statuses() == ("paid", "part_paid")
    await desk.depot.require_in_order(ASKED + 2)

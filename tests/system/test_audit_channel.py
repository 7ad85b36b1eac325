"""A channel in trouble: commands and other channels do not notice, and nothing is lost."""

from typing import Any

import pytest

from simulator import Fault, Refusal
from tests.system.conftest import Office
from tests.system.depots import OPENING_RECORDS, TAKING, Depot, lines_in, record_of, records_in

# What Discord does to a delivery is the same to both engines.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.only_on("sqlite")]


def audit_fault(depot: Depot, **what: Any) -> Fault:
    return depot.discord.fault("POST", f"/channels/{depot.audit.id}/messages", **what)


async def require_undisturbed(depot: Depot, office: Office) -> None:
    """Check that commands here and the audit elsewhere go on as if nothing was wrong."""
    for record in (OPENING_RECORDS + 2, OPENING_RECORDS + 3):
        assert record_of(await depot.clerk.slash("take", **TAKING)) == record
    other = await office.depot("Elsewhere")
    await other.told(OPENING_RECORDS, timeout_seconds=5)
    other.require_prompt()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 500}, marks=pytest.mark.soak),
        {"status": 503, "times": 2},
        pytest.param({"status": 429, "times": 2, "retry_after_seconds": 1}, marks=pytest.mark.soak),
        pytest.param({"reset": True}, marks=pytest.mark.soak),
        {"lost_answer": True},
        {"status": 403, "times": 2},
    ],
    ids=str,
)
async def test_a_passing_trouble_delays_the_audit_and_nothing_else(
    depot: Depot, shared_office: Office, fault: dict[str, Any]
) -> None:
    await depot.told(OPENING_RECORDS)
    trouble = audit_fault(depot, **fault)
    await depot.clerk.slash("take", **TAKING)
    await trouble.wait_hit()
    await require_undisturbed(depot, shared_office)
    await depot.require_in_order(OPENING_RECORDS + 3)
    assert len(trouble.hits) == fault.get("times", 1)


async def test_a_channel_that_does_not_answer_delays_no_other(
    depot: Depot, shared_office: Office
) -> None:
    await depot.told(OPENING_RECORDS)
    silent = audit_fault(depot, hold=True)
    await depot.clerk.slash("take", **TAKING)
    await silent.wait_hit()
    await require_undisturbed(depot, shared_office)
    silent.release()
    await depot.require_in_order(OPENING_RECORDS + 3)


@pytest.mark.parametrize("refusal", [Refusal.MISSING_PERMISSIONS, Refusal.MISSING_ACCESS])
async def test_a_forbidden_channel_is_said_and_caught_up_when_it_is_allowed(
    depot: Depot, shared_office: Office, refusal: Refusal
) -> None:
    await depot.told(OPENING_RECORDS)
    letters = depot.discord.world.direct_channel(depot.owner.user)
    depot.audit.forbid(refusal)
    await depot.clerk.slash("take", **TAKING)
    await letters.wait_for(lambda letter: "Nothing is posted" in letter.content)
    await require_undisturbed(depot, shared_office)
    shown = (await depot.boss.slash("settings show")).text
    assert "I cannot write there" in shown
    assert "3 records are waiting to be posted" in shown
    depot.audit.allow()
    await depot.require_in_order(OPENING_RECORDS + 3)
    assert len(letters.messages) == 1


async def test_a_deleted_channel_is_made_again_by_setup_and_told_the_rest(
    depot: Depot, shared_office: Office
) -> None:
    await depot.told(OPENING_RECORDS)
    old = depot.audit
    depot.guild.delete_channel(old)
    letters = depot.discord.world.direct_channel(depot.owner.user)
    await depot.clerk.slash("take", **TAKING)
    await letters.wait_for(lambda letter: "deleted" in letter.content)
    await require_undisturbed(depot, shared_office)
    assert "deleted" in (await depot.boss.slash("settings show")).text
    assert record_of(await depot.set_up()) == OPENING_RECORDS + 4
    new = depot.audit
    assert new is not old
    await new.wait_for(lambda it: "`#9`" in it.content, 15)
    assert records_in(old) + records_in(new) == list(range(1, OPENING_RECORDS + 5))
    assert len(letters.messages) == 1


async def test_a_long_backlog_arrives_in_few_messages(depot: Depot) -> None:
    await depot.told(OPENING_RECORDS)
    silent = audit_fault(depot, hold=True)
    for _ in range(30):
        await depot.clerk.slash("take", item="BOLT-8", location="A1")
    silent.release()
    await depot.require_in_order(OPENING_RECORDS + 30)
    sizes = [len(message.content.splitlines()) for message in depot.audit.messages]
    assert max(sizes) <= 20
    assert len(lines_in(depot.audit)) == OPENING_RECORDS + 30
    assert len(sizes) <= OPENING_RECORDS + 1 + 4

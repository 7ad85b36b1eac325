"""kill -9 wherever it hurts, then a restart: nothing half, nothing lost, nothing told twice."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.views.errors import interrupted
from simulator import Process, Reply
from tests.system.conftest import Office
from tests.system.depots import OPENING_RECORDS, TAKING, Depot, record_of
from tests.system.health import POLL_SECONDS
from tests.system.ledger import require_sound

pytestmark = pytest.mark.asyncio(loop_scope="module")

# How an engine forgets what was not committed shows around the commit; the rest is the bot's.
ON_SQLITE = pytest.mark.only_on("sqlite")
ALSO_IN_A_SOAK = pytest.mark.soak_on("postgresql")
SCRIPT = Path(__file__).parent / "crashing.py"
# Longer than a lease, an audit batch's nonce and the wait for an interrupted unit.
NIGHT_SECONDS = 61
# Longer than Discord remembers a nonce.
FORGETFUL_SECONDS = 200
RUSH = 40


@dataclass
class Ward:
    """A bot that dies on command and comes back when its leases have run out."""

    office: Office
    crash_file: Path
    bot: Process
    ahead_seconds: int = 0

    async def depot(self) -> Depot:
        """Open a guild's books, all of it told and every answer noted as shown."""
        if self.bot.exit_code is not None:
            await self.rise()
        depot = await self.office.depot()
        await depot.told(OPENING_RECORDS)
        async with asyncio.timeout(10):
            while await depot.ledger.count("pending_answer", depot.guild.id):  # noqa: ASYNC110  # another process
                await asyncio.sleep(POLL_SECONDS)
        return depot

    def die_at(self, point: str) -> None:
        """Let the process end at a point when it comes there next."""
        self.crash_file.write_text(point)

    async def death(self) -> None:
        """Wait for the end."""
        assert await self.bot.wait() == -9
        await self.bot.kill()

    async def rise(self) -> None:
        """Start another process, a night later."""
        self.crash_file.unlink(missing_ok=True)
        self.ahead_seconds += NIGHT_SECONDS
        await self.start()

    async def start(self) -> None:
        """Start a process at the time that it is."""
        await self.start_dying()
        await self.office.ready(self.bot)

    async def start_dying(self) -> None:
        """Start a process that may be gone before it answers anyone."""
        self.bot = self.office.process(
            SCRIPT,
            "run",
            CRASH_FILE=str(self.crash_file),
            CLOCK_AHEAD_SECONDS=str(self.ahead_seconds),
        )
        await self.bot.start()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ward(shared_office: Office) -> AsyncIterator[Ward]:
    ward = Ward(shared_office, shared_office.directory / "crash", shared_office.bot())
    await ward.start()
    yield ward
    await ward.bot.kill()


async def require_recovered(depot: Depot, reply: Reply, *, is_committed: bool) -> None:
    """Check what the clerk reads, and that books and channel agree with it; then go on."""
    await reply.answered()
    records = OPENING_RECORDS + is_committed
    if is_committed:
        assert record_of(reply) == records
        assert reply.buttons == ["Undo", "Again"]
    else:
        assert reply.content == interrupted()
    await depot.require_in_order(records)
    again = await depot.clerk.slash("take", item="BOLT-8", quantity="2", location="A1")
    assert record_of(again) == records + 1
    if is_committed:
        assert record_of(await depot.clerk.click(reply, "Undo")) == records + 2
    await depot.require_in_order(records + 1 + is_committed)


@pytest.mark.parametrize(
    ("point", "is_committed"),
    [
        pytest.param("after the defer", False, marks=ON_SQLITE),
        pytest.param("after the lock", False, marks=ALSO_IN_A_SOAK),
        ("before commit", False),
        ("after commit", True),
        pytest.param("before the answer", True, marks=ALSO_IN_A_SOAK),
        pytest.param("before the answer is noted as shown", True, marks=ON_SQLITE),
        pytest.param("before the audit is sent", True, marks=ON_SQLITE),
        pytest.param(f"before marking #{OPENING_RECORDS + 1} as told", True, marks=ON_SQLITE),
        pytest.param(f"after marking #{OPENING_RECORDS + 1} as told", True, marks=ON_SQLITE),
    ],
)
async def test_a_process_that_dies_leaves_all_or_nothing_and_the_next_one_says_which(
    ward: Ward,
    point: str,
    is_committed: bool,  # noqa: FBT001 - the other half of the claim
) -> None:
    depot = await ward.depot()
    ward.die_at(point)
    reply = depot.clerk.send_slash("take", **TAKING)
    await ward.death()
    assert (await reply.acknowledged()).deferred
    assert await require_sound(depot.ledger, depot.guild.id) == OPENING_RECORDS + is_committed
    depot.discord.advance(FORGETFUL_SECONDS)
    await ward.rise()
    await require_recovered(depot, reply, is_committed=is_committed)


@ON_SQLITE
async def test_a_death_before_the_defer_changes_nothing(ward: Ward) -> None:
    depot = await ward.depot()
    unheard = depot.discord.fault("POST", "/interactions/*/callback", hold=True)
    reply = depot.clerk.send_slash("take", **TAKING)
    await unheard.wait_hit()
    await ward.bot.kill()
    unheard.abandon()
    await ward.rise()
    assert reply.interaction.callback is None
    await depot.require_in_order(OPENING_RECORDS)


@ON_SQLITE
async def test_a_death_while_the_answer_is_on_its_way_loses_it_for_a_moment_only(
    ward: Ward,
) -> None:
    depot = await ward.depot()
    reply = depot.clerk.send_slash("take", **TAKING)
    unheard = depot.discord.fault("PATCH", f"*/{reply.interaction.token}/*", hold=True)
    await unheard.wait_hit()
    await ward.bot.kill()
    unheard.abandon()
    assert not reply.interaction.answered
    await ward.rise()
    await require_recovered(depot, reply, is_committed=True)


@ON_SQLITE
@pytest.mark.parametrize("is_sent", [True, False], ids=["arrived", "lost"])
async def test_a_death_while_the_audit_is_on_its_way_tells_it_once(
    ward: Ward,
    is_sent: bool,  # noqa: FBT001 - a case
) -> None:
    depot = await ward.depot()
    route = f"/channels/{depot.audit.id}/messages"
    if is_sent:
        ward.die_at("while delivering audit")
        depot.discord.fault("POST", route, lost_answer=True)
        reply = depot.clerk.send_slash("take", **TAKING)
        await ward.death()
        depot.discord.advance(FORGETFUL_SECONDS)
    else:
        unheard = depot.discord.fault("POST", route, hold=True)
        reply = depot.clerk.send_slash("take", **TAKING)
        await unheard.wait_hit()
        await ward.bot.kill()
        unheard.abandon()
    assert len(await depot.ledger.read("SELECT 1 FROM outbox")) == 1
    await ward.rise()
    await require_recovered(depot, reply, is_committed=True)


async def test_a_death_in_the_rush_hour_keeps_every_promise(ward: Ward) -> None:
    depot = await ward.depot()
    clerks = [depot.add_clerk(f"clerk {number}") for number in range(12)]

    async def work(number: int) -> None:
        for quantity in map(str, range(1, 9)):
            taking = TAKING | {"quantity": quantity}
            replies.append(clerks[number].send_slash("take", **taking))
            await replies[-1].answered()
            if len(replies) > RUSH:
                ward.bot.signal(signal.SIGKILL)

    replies: list[Reply] = []
    workers = [asyncio.create_task(work(number)) for number in range(len(clerks))]
    await ward.death()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    await require_sound(depot.ledger, depot.guild.id)
    await ward.rise()

    promised = [reply for reply in replies if reply.interaction.callback is not None]
    assert len(promised) > RUSH // 2
    for reply in promised:
        await reply.answered()
    (receipts,) = await depot.ledger.read(
        f"SELECT key, record FROM receipt WHERE guild_id = {depot.guild.id}"
    )
    done = {int(receipt["key"].removeprefix("discord:")): receipt["record"] for receipt in receipts}
    for reply in promised:
        record = done.get(reply.interaction.id)
        assert record_of(reply) == record if record else "#" not in reply.text
    await depot.require_in_order(len(receipts))


@ON_SQLITE
async def test_a_stop_in_the_middle_of_a_delivery_does_not_make_the_next_process_wait(
    ward: Ward,
) -> None:
    depot = await ward.depot()
    unheard = depot.discord.fault("POST", f"/channels/{depot.audit.id}/messages", hold=True)
    await depot.clerk.slash("take", **TAKING)
    await unheard.wait_hit()
    assert await ward.bot.terminate() == 0
    unheard.abandon()
    await ward.start()
    await depot.require_in_order(OPENING_RECORDS + 1)

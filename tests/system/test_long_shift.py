"""24 people work for an hour in two guilds, and the process stays as large as it was (`make soak`).

LONG_SHIFT_MINUTES plays the hour's commands in fewer minutes.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from simulator import Actor, LoopbackDiscord, Process, Reply
from tests.database.servers import PostgresqlServer
from tests.system.conftest import DISCORD_TOKEN, Office, environment_for
from tests.system.depots import Depot
from tests.system.ledger import Ledger
from tests.system.memory import memory_mib

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
]

MINUTES = float(os.environ.get("LONG_SHIFT_MINUTES", "60"))
ACTS_OF_A_PERSON = 360  # one in ten seconds of an hour
PEOPLE_OF_A_DEPOT = 12
SETTLING_MINUTES = min(10, MINUTES / 2)
MORE_MEMORY_MIB = 5.0
PATIENCE_SECONDS = 15
SEARCHES = ("audit search", "audit export", "audit verify", "people list")
LOOKS = ("item list", "location list", "history", "my permissions")
# What people do, and how often beside each other.
ACTS = {"take": 5, "put": 5, "move": 4, "find": 6, "box": 6, "look": 4, "search": 2, "undo": 1}


@dataclass
class Shift:
    """The people of one depot, and what they did."""

    depot: Depot
    did: int = 0
    failed: list[str] = field(default_factory=list)

    async def work(self, number: int) -> None:
        """Do one act every few seconds until the hour's are done; the first one is the boss.

        At first all act at the same moments, so that every connection of the pools has been
        opened and has prepared its statements: a machine that is busy for a moment later on
        would open them then, which is no growth either.
        """
        dice = random.Random(number)
        clerk = self.depot.add_clerk(f"clerk {number}") if number else self.depot.boss
        pause = MINUTES * 60 / ACTS_OF_A_PERSON
        late = pause * dice.random()
        began = time.monotonic()
        for turn in range(ACTS_OF_A_PERSON):
            at = turn * pause
            if at >= SETTLING_MINUTES * 60 - pause:
                at += late
            await asyncio.sleep(max(0, began + at - time.monotonic()))
            (act,) = dice.choices(list(ACTS), list(ACTS.values()))
            try:
                await self.act(clerk, act, dice, is_boss=number == 0)
            except AssertionError as error:
                self.failed.append(f"{act}: {error}")
            self.did += 1

    async def act(self, person: Actor, act: str, dice: random.Random, *, is_boss: bool) -> None:
        """Do one thing and read its answer."""
        here, there = dice.sample(["A1", "B2"], 2)
        item = f"NUT-{dice.randrange(20)}"
        quantity = f"{dice.randrange(1, 9)}"
        if act == "box":
            await person.autocomplete("take", "item", dice.choice(["", "n", "nut", "nut-1"]))
        elif act == "move":
            await self.send(person, "move", item=item, quantity=quantity, from_=here, to=there)
        elif act in {"take", "put"}:
            await self.send(person, act, item=item, quantity=quantity, location=here)
        elif act == "undo":
            reply = await self.send(person, "put", item=item, quantity=quantity, location=here)
            await person.click(reply, "Undo")
        elif act == "search" and is_boss:
            await self.send(person, dice.choice(SEARCHES))
        elif act == "look":
            await self.send(person, dice.choice(LOOKS))
        else:
            await self.send(person, "find", query=dice.choice([item, here, "nuts"]))

    async def send(self, person: Actor, command: str, **values: Any) -> Reply:
        """Send a command and wait for what the person sees."""
        return await person.send_slash(command, **values).answered(PATIENCE_SECONDS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def manned(
    postgresql: PostgresqlServer, forks: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Process, list[Shift]]]:
    """A bot on PostgreSQL, started as operators start it, with two stocked depots."""
    name = f"{tmp_path_factory.getbasetemp().name}_shift"
    url = postgresql.create(name)
    async with LoopbackDiscord(token=DISCORD_TOKEN, calls_kept=100) as discord:
        environment = environment_for(discord, url) | {"LOG_LEVEL": "INFO"}
        directory = tmp_path_factory.mktemp("office")
        office = Office(discord, Ledger(url), directory, forks, environment)
        async with office.bot(is_fresh=True) as bot:
            await office.ready(bot)
            shifts = [Shift(await office.depot(each)) for each in ("North", "South")]
            for shift in shifts:
                for number in range(20):
                    stocked: dict[str, Any] = {"item": f"NUT-{number}", "quantity": "5000"}
                    await shift.depot.boss.slash("item add", sku=stocked["item"], name="Hex nut")
                    for place in ("A1", "B2"):
                        await shift.depot.boss.slash("put", **stocked, location=place)
                # What is loaded at its first use, whenever that is, is no growth.
                for command in (*SEARCHES, *LOOKS):
                    await shift.send(shift.depot.boss, command)
            yield bot, shifts
            assert await bot.terminate() == 0
            assert "Traceback" not in bot.output
    postgresql.drop(name)


async def test_memory_is_flat_after_ten_minutes_of_24_people(
    manned: tuple[Process, list[Shift]],
) -> None:
    bot, shifts = manned
    began, seen = time.monotonic(), [memory_mib(bot)]
    work = asyncio.gather(*(s.work(n) for s in shifts for n in range(PEOPLE_OF_A_DEPOT)))
    settled = 0.0
    while not work.done():
        await asyncio.wait([work], timeout=60)
        seen.append(memory_mib(bot))
        if not settled and time.monotonic() - began >= SETTLING_MINUTES * 60:
            settled = seen[-1]
    await work
    minutes = ", ".join(f"{each:.1f}" for each in seen)
    failed = [each for shift in shifts for each in shift.failed]
    print(  # noqa: T201  # the figures of a long run
        f"\n{sum(s.did for s in shifts)} acts in {MINUTES:.0f} minutes, {len(failed)} failed; "
        f"MiB each minute: {minutes}; after settling {seen[-1] - settled:+.1f}"
    )
    assert not failed
    assert max(seen[-3:]) - settled < MORE_MEMORY_MIB

"""A database that comes and goes while six people tap (`make soak`): what they read is true."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from simulator import Actor, InteractionFailed, LoopbackDiscord, NoAnswer, Reply
from tests.database.servers import PostgresqlServer
from tests.system.conftest import DISCORD_TOKEN, Office, environment_for
from tests.system.depots import OPENING_RECORDS, Depot, record_of
from tests.system.ledger import Ledger, require_sound
from tests.system.wires import Wire

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.soak]

TROUBLES = int(os.environ.get("TROUBLES", "40"))
PEOPLE = 6
IN_STOCK = 100
# What has to be known of each answer once all is well again.
SETTLED_SECONDS = 60
DONE, UNKNOWN = ("Took", "Put"), "cannot tell yet"


@dataclass
class Tapped:
    """One command that a person sent, and by how much it changes the stock."""

    reply: Reply
    change: int


async def tap(person: Actor, dice: random.Random, over: asyncio.Event) -> list[Tapped]:
    """Put and take, each in another quantity than the last, and wait for what is said."""
    tapped = []
    for quantity in range(1, 10_000):
        if over.is_set():
            break
        command = dice.choice(("put", "take"))
        typed: dict[str, Any] = {
            "item": "BOLT-8",
            "quantity": str(quantity % 5 + 1),
            "location": "A1",
        }
        reply = person.send_slash(command, **typed)
        change = (quantity % 5 + 1) * (1 if command == "put" else -1)
        tapped.append(Tapped(reply, change))
        with suppress(NoAnswer, InteractionFailed):
            await reply.answered(15)
        await asyncio.sleep(dice.uniform(0.1, 0.5))
    return tapped


async def trouble(wire: Wire, dice: random.Random) -> None:
    """Let the database go in one of four ways, for a moment or for long, and come back."""
    kind = dice.choice(("cut", "dead", "put", "take"))
    if kind == "cut":
        await wire.cut()
    elif kind == "dead":
        wire.go_dead()
    else:
        lost = wire.lose_answer_to_commit_of(b"stock.put" if kind == "put" else b"stock.taken")
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(lost), 3)
    await asyncio.sleep(dice.choice((0.0, 0.5, 2.0, 5.0)))
    await wire.repair()


@pytest_asyncio.fixture(loop_scope="module")
async def wired(
    postgresql: PostgresqlServer, forks: Path, tmp_path: Path
) -> AsyncIterator[tuple[Wire, Depot]]:
    name = f"{tmp_path.name}_troubles"
    url = postgresql.create(name)
    async with Wire(url) as wire, LoopbackDiscord(token=DISCORD_TOKEN) as discord:
        office = Office(discord, Ledger(url), tmp_path, forks, environment_for(discord, wire.url))
        async with office.bot() as bot:
            await office.ready(bot)
            yield wire, await office.depot()
            assert await bot.terminate() == 0
            assert "Traceback" not in bot.output
        office.require_discreet()
    postgresql.drop(name)


async def test_what_people_read_while_the_database_comes_and_goes_is_true(
    wired: tuple[Wire, Depot],
) -> None:
    wire, depot = wired
    dice, over = random.Random(7), asyncio.Event()
    working = [
        asyncio.create_task(tap(depot.add_clerk(f"clerk {n}"), random.Random(n), over))
        for n in range(PEOPLE)
    ]
    for _ in range(TROUBLES):
        await asyncio.sleep(dice.uniform(0.2, 2.0))
        await trouble(wire, dice)
    await asyncio.sleep(2)
    over.set()
    everything = [each for done in await asyncio.gather(*working) for each in done]
    for each in everything:
        if kind_of(each.reply) == "unknown":
            await each.reply.wait_for(lambda it: UNKNOWN not in it.text, SETTLED_SECONDS)
    said = Counter(kind_of(each.reply) for each in everything)
    print(f"\n{TROUBLES} troubles: {dict(said)}")  # noqa: T201  # the figures of a long run
    records = [record_of(each.reply) for each in everything if kind_of(each.reply) == "done"]
    assert len(set(records)) == len(records), "a record was told twice"
    last = await require_sound(depot.ledger, depot.guild.id)
    there = IN_STOCK + sum(e.change for e in everything if kind_of(e.reply) == "done")
    asked = await depot.clerk.slash("find", query="BOLT-8")
    assert f"{there} pcs" in asked.text
    assert sorted(records) == list(range(OPENING_RECORDS + 1, last + 1))
    await depot.require_in_order(last)


def kind_of(reply: Reply) -> str:
    """Say what a person was told."""
    text = reply.text if reply.interaction.callback is not None else ""
    if any(word in text for word in DONE):
        return "done"
    if UNKNOWN in text:
        return "unknown"
    return text[:50] or "no answer"

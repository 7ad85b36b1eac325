"""A process that is told to stop while people use it, or that is sent what cannot be read."""

import asyncio
import time
from typing import Any

import pytest

from simulator import Actor, Process, Reply
from tests.system.conftest import Office
from tests.system.depots import OPENING_RECORDS, TAKING, record_of
from tests.system.ledger import require_sound

pytestmark = pytest.mark.only_on("sqlite")  # none of this is the engine's

ONE: dict[str, Any] = {"item": "BOLT-8", "quantity": "1", "location": "A1"}
UNREADABLE = (
    "{",
    "[]",
    "null",
    '{"op": 0, "t": "INTERACTION_CREATE", "s": null, "d": {}}',
    '{"op": 0, "t": "GUILD_ROLE_CREATE", "s": null, "d": null}',
    '{"op": 9001, "d": 7}',
    b"\x00\x00\xff\xff",
)


async def tap_until_it_ends(person: Actor, bot: Process) -> list[Reply]:
    """Type commands and letters, ten a second, until the process has ended."""
    replies = []
    while bot.exit_code is None:
        replies.append(person.send_slash("put", **ONE))
        suggested = asyncio.create_task(person.autocomplete("take", "item", "bolt"))
        await asyncio.wait({suggested}, timeout=0.1)
        suggested.cancel()
    return replies


async def test_a_stop_under_use_answers_what_was_acknowledged_and_logs_no_error(
    office: Office,
) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        people = [depot.clerk, *(depot.add_clerk(f"clerk {number}") for number in range(3))]
        tapping = [asyncio.create_task(tap_until_it_ends(person, bot)) for person in people]
        await depot.audit.wait_for(lambda it: f"`#{OPENING_RECORDS + 8}`" in it.content, 15)
        assert await bot.terminate() == 0
        replies = [reply for each in await asyncio.gather(*tapping) for reply in each]
        assert "ERROR" not in bot.output
        assert "Traceback" not in bot.output
    acknowledged = [reply for reply in replies if reply.interaction.callback is not None]
    assert all(reply.interaction.answered for reply in acknowledged)
    told = sorted(record_of(reply) for reply in acknowledged if "Put" in reply.text)
    assert told == list(range(OPENING_RECORDS + 1, OPENING_RECORDS + 1 + len(told)))
    assert await require_sound(depot.ledger, depot.guild.id) == OPENING_RECORDS + len(told)


async def test_a_stop_while_the_database_says_nothing_at_the_start_ends_in_time(
    office: Office,
) -> None:
    reached = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with office.bot(DATABASE_URL=f"postgresql://a:b@127.0.0.1:{port}/books") as bot:
            await bot.wait_until_ready(reached.wait())
            began = time.monotonic()
            assert await bot.terminate() == 0
            assert time.monotonic() - began < 10
            assert "ERROR" not in bot.output


async def test_a_stop_while_the_gateway_is_gone_ends_in_time(office: Office) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        await office.discord.gateway.drop(4000)
        await office.discord.gateway.drop(None)
        began = time.monotonic()
        assert await bot.terminate() == 0
        assert time.monotonic() - began < 10


async def test_frames_that_cannot_be_read_are_left_out(office: Office) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        for frame in UNREADABLE:
            for session in office.discord.gateway.live:
                assert session.connection is not None
                if isinstance(frame, str):
                    await session.connection.socket.send_str(frame)
                else:
                    await session.connection.socket.send_bytes(frame)
            await office.discord.bot_ready(30)
            assert "Took" in (await depot.clerk.slash("take", **TAKING)).text
        assert "could not be read" in bot.output
        assert await bot.terminate() == 0

"""A process that is told to stop while people use it, or that is sent what cannot be read."""

import asyncio
import contextlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from simulator import Actor, Process, Reply
from simulator.interactions import Interaction, Kind
from simulator.messages import Message
from simulator.wire import events
from tests.system.conftest import Office
from tests.system.depots import OPENING_RECORDS, TAKING, Depot, record_of
from tests.system.ledger import require_sound

pytestmark = pytest.mark.only_on("sqlite")  # none of this is the engine's

ONE: dict[str, Any] = {"item": "BOLT-8", "quantity": "1", "location": "A1"}
POLL_SECONDS = 0.01
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


def has_open(bot: Process, file: Path) -> bool:
    opened = Path(f"/proc/{bot.pid}/fd").iterdir()
    return file in {each.readlink() for each in opened if each.is_symlink()}


async def until_it_opens(bot: Process, file: Path) -> None:
    while not has_open(bot, file):  # noqa: ASYNC110  # another process
        await asyncio.sleep(POLL_SECONDS)


async def test_a_stop_while_another_program_holds_the_file_at_the_start_ends_in_time(
    office: Office,
) -> None:
    file = Path(office.environment["DATABASE_URL"].partition("///")[2])
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with office.bot() as bot:
            await bot.wait_until_ready(until_it_opens(bot, file))
            began = time.monotonic()
            assert await bot.terminate() == 0
            assert time.monotonic() - began < 5
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


def list_half_readable(depot: Depot, message: Message) -> list[dict[str, Any]]:
    """Return frames that are read at first, and fail on in a task of their own."""
    person, world = depot.boss, depot.boss.world

    def interaction(kind: Kind, data: dict[str, Any], source: Message | None) -> dict[str, Any]:
        sent = Interaction(
            world.next_id(),
            kind,
            world,
            person.user,
            person.member,
            depot.guild,
            person.channel,
            data,
            world.clock.seconds(),
            source,
        )
        return events.interaction_create(sent)

    def frame(name: str, data: dict[str, Any], /, **changed: object) -> dict[str, Any]:
        return {"op": 0, "t": name, "s": None, "d": {**data, **changed}}

    pressed = {"component_type": 2, "custom_id": "undo:ask:5", "id": 1}
    press = interaction(Kind.COMPONENT, pressed, message)
    command = interaction(Kind.COMMAND, {"id": "5", "name": "find", "type": 1}, None)
    button = {"type": 2, "id": 2, "style": 1, "label": "x", "custom_id": 7}
    shown = [
        [{"type": 1, "id": 1, "components": [button]}],
        [{"type": 4, "id": 1, "style": 1, "custom_id": "x"}],
        [{"type": 17, "id": 1, "components": [{"type": 10, "id": 2, "content": "x"}]}],
    ]
    datas = [{"id": "5", "type": 1}, {"id": "5", "name": "find", "type": 1, "options": ["x"]}]
    guilds: list[dict[str, Any]] = [{"members": []}, {"roles": []}]
    stranger = {**events.guild_create(depot.guild), "unavailable": None}
    return [
        *(
            frame(
                "INTERACTION_CREATE",
                press,
                message={**press["message"], "flags": 0, "components": each},
            )
            for each in shown
        ),
        *(frame("INTERACTION_CREATE", command, data=each) for each in datas),
        *(frame("GUILD_CREATE", stranger, id=str(world.next_id()), **each) for each in guilds),
    ]


async def test_frames_that_fail_behind_their_reading_are_told_in_a_line_each(
    office: Office,
) -> None:
    async with office.bot() as bot:
        await office.ready(bot)
        depot = await office.depot()
        message = (await depot.boss.slash("history")).message
        frames = list_half_readable(depot, message)
        for frame in frames:
            for session in office.discord.gateway.live:
                assert session.connection is not None
                await session.connection.socket.send_str(json.dumps(frame))
            assert "Took" in (await depot.clerk.slash("take", **TAKING)).text
        assert await bot.terminate() == 0
        assert bot.output.count("could not be read") == len(frames)
        assert "ERROR" not in bot.output
        assert "Traceback" not in bot.output

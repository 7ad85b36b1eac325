"""Frames of the gateway that arrive faster than they are read."""

import asyncio
import time
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket

from bot.frames import SturdyWebSocket


async def read_slowly(_connection: DiscordWebSocket, _frame: Any) -> None:
    until = time.monotonic() + 0.001
    while time.monotonic() < until:
        pass


async def test_others_have_their_turn_while_a_burst_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DiscordWebSocket, "received_message", read_slowly)
    connection = SturdyWebSocket.__new__(SturdyWebSocket)
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(take_turns())
    for _ in range(100):
        await connection.received_message("{}")
    other.cancel()
    assert turns > 10


async def test_a_burst_is_read_for_as_long_as_others_take_in_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DiscordWebSocket, "received_message", read_slowly)
    connection = SturdyWebSocket.__new__(SturdyWebSocket)
    turns = 0

    async def take_long_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            for _ in range(6):
                await read_slowly(connection, "")
            await asyncio.sleep(0)

    other = asyncio.create_task(take_long_turns())
    for _ in range(100):
        await connection.received_message("{}")
    other.cancel()
    # A hundred frames of a millisecond, six or more a turn; at two milliseconds it would be fifty.
    assert turns < 30

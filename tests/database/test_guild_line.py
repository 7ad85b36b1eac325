"""A line of guilds: what one of them floods waits for itself, and another is behind one at most."""

import asyncio

import pytest

from bot.database import guild_line
from bot.database.guild_line import GuildLine
from bot.errors import Unavailable
from tests.database.books import GUILD, OTHER_GUILD


class Crowd:
    """Work of guilds that goes on until it is let go; `begun` says whose began, in order."""

    def __init__(self, line: GuildLine) -> None:
        self._line = line
        self._ends = asyncio.Queue[None]()
        self.begun: list[int] = []

    async def work(self, guild_id: int) -> None:
        async with self._line.place(guild_id):
            self.begun.append(guild_id)
            await self._ends.get()

    async def let_go(self, count: int = 1) -> None:
        """Let so many end, and all else go as far as it can."""
        for _ in range(count):
            self._ends.put_nowait(None)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


async def test_another_guild_is_behind_one_of_a_flood() -> None:
    crowd = Crowd(GuildLine(1))
    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(crowd.work(GUILD))
        await crowd.settle()
        group.create_task(crowd.work(OTHER_GUILD))
        await crowd.settle()
        assert crowd.begun == [GUILD]
        await crowd.let_go()
        assert crowd.begun == [GUILD, OTHER_GUILD]
        await crowd.let_go(20)
    assert crowd.begun == [GUILD, OTHER_GUILD, *[GUILD] * 19]


async def test_a_guild_has_one_place_even_where_there_are_more() -> None:
    crowd = Crowd(GuildLine(2))
    async with asyncio.TaskGroup() as group:
        for guild_id in (GUILD, GUILD, OTHER_GUILD):
            group.create_task(crowd.work(guild_id))
        await crowd.settle()
        assert crowd.begun == [GUILD, OTHER_GUILD]
        await crowd.let_go(3)


async def test_who_waits_too_long_for_other_guilds_is_refused_and_takes_no_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guild_line, "_WAIT_SECONDS", 0.01)
    line = GuildLine(1)
    async with line.place(GUILD):
        with pytest.raises(Unavailable):
            async with line.place(OTHER_GUILD):
                pytest.fail("there is one place")
    for guild_id in (OTHER_GUILD, GUILD):
        async with line.place(guild_id):
            pass

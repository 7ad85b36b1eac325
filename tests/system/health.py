"""What a running bot says of its health over HTTP."""

import asyncio
import re
from http import HTTPStatus

import aiohttp

from simulator import Process

# Nothing tells when that is, so it is asked for.
POLL_SECONDS = 0.05


async def port_of(bot: Process) -> int:
    """The port that a bot picked."""
    await bot.wait_for_output("Health is answered on port")
    found = re.search(r"on port (\d+)", bot.output)
    assert found
    return int(found[1])


async def status_of(port: int, path: str) -> tuple[int, object]:
    """What an address answers."""
    url = f"http://127.0.0.1:{port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.json()


async def until_ready(port: int) -> None:
    """Wait until the guilds are known; discord.py gives them two seconds to come."""
    async with asyncio.timeout(10):
        while (await status_of(port, "/readyz"))[0] != HTTPStatus.OK:  # noqa: ASYNC110  # another process
            await asyncio.sleep(POLL_SECONDS)


async def until_unready(port: int) -> object:
    """Wait until readiness has noticed, which asks once a second, and return what it says."""
    async with asyncio.timeout(10):
        while True:
            status, said = await status_of(port, "/readyz")
            if status != HTTPStatus.OK:
                return said
            await asyncio.sleep(POLL_SECONDS)

"""A bot with its guilds, their people and devices, and a door for chat that Locust can knock at."""

import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from simulator import Actor, InteractionFailed, LoopbackDiscord, NoAnswer, Process

DATA_KEY = "key-of-the-benchmarks-0123456789"
_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0
_PLENTY = "1000000"
_LINK = re.compile(r"http://localhost:\d+/app#link=[\w.-]+")


def add_people(discord: LoopbackDiscord, guilds: int, people: int) -> list[Actor]:
    """Make guilds with their people, who may do everything."""
    made = []
    for number in range(guilds):
        guild = discord.add_guild(f"Depot {number}")
        boss = guild.add_role("Boss")
        guild.members[guild.owner.id].roles.append(boss)
        clerks = (guild.add_member(f"clerk {n}", [boss]) for n in range(people // guilds))
        made += [discord.act_as(clerk) for clerk in clerks]
    return made


@asynccontextmanager
async def running_bot(discord: LoopbackDiscord, directory: Path, url: str) -> AsyncIterator[str]:
    """Run the bot as an operator would, and yield its address."""
    port = _free_port()
    environment = {
        **discord.environment,
        "DATABASE_URL": url,
        "DATA_KEY": DATA_KEY,
        "HTTP_PORT": str(port),
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(_ROOT),
    }
    async with Process(
        [sys.executable, "-m", "bot", "run"],
        log_file=directory / "bot.log",
        environment=environment,
        directory=directory,
    ) as process:
        await process.wait_until_ready(discord.bot_ready(timeout=_START_SECONDS))
        yield f"http://localhost:{port}"
        await process.terminate()


async def open_books(discord: LoopbackDiscord) -> None:
    """Set every guild up, with an item and plenty of it at two locations."""
    for guild in discord.world.guilds.values():
        owner = discord.act_as(guild.members[guild.owner.id])
        assert owner.member is not None
        await owner.slash("setup", admin_role=owner.member.roles[0])
        await owner.slash("item add", sku="ROPE", name="Rope", unit="m")
        for place in ("Shelf A1", "Shelf B2"):
            await owner.slash("location add", name=place)
            await owner.slash("put", item="ROPE", location=place, quantity=_PLENTY)


async def link_devices(people: list[Actor], count: int) -> list[str]:
    """Link devices as people do, by turns, and return their tokens."""
    tokens = []
    async with aiohttp.ClientSession() as session:
        for number in range(count):
            found = None
            while found is None:  # a machine that is busy says so, and nothing was changed
                shown = await people[number % len(people)].slash("device link")
                found = _LINK.search(shown.text)
                assert found or "busy" in shown.text, shown.text
            api = found[0][: found[0].index("/app#")] + "/api/v1/devices"
            async with session.post(api, json={"link": found[0]}) as linked:
                assert linked.status == 201, await linked.text()
                tokens.append((await linked.json())["token"])
    return tokens


@asynccontextmanager
async def chat_door(people: list[Actor]) -> AsyncIterator[str]:
    """Let commands be typed by HTTP: a person, a command and its values; the answer is its text."""

    async def send(request: web.Request) -> web.Response:
        asked = await request.json()
        person = people[asked["person"]]
        try:
            answer = await person.slash(asked["command"], **asked["values"])
        except (InteractionFailed, NoAnswer) as error:
            return web.Response(status=504, text=str(error))
        return web.Response(text=answer.text)

    app = web.Application()
    app.router.add_post("/", send)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port

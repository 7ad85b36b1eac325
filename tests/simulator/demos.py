"""The demo as a process: started as from a terminal, ended as by Ctrl-C."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(rb"Try Tallyman at (http://127\.0\.0\.1:\d+/[\w-]+/)")


async def start(directory: Path, *arguments: str | Path) -> asyncio.subprocess.Process:
    """Start the demo as from a terminal."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", *arguments),
        env={**os.environ, "TMPDIR": str(directory), "PYTHONPATH": str(ROOT)},
        cwd=directory,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


@asynccontextmanager
async def running(directory: Path, *arguments: str | Path) -> AsyncIterator[tuple[str, float]]:
    """Run the demo as from a terminal; yields its address and how long that took in seconds."""
    began = time.monotonic()
    process = await start(directory, *arguments)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            found = ADDRESS.match(await process.stdout.readline())
        assert found, "the first line names the address"
        yield found[1].decode(), time.monotonic() - began
        os.killpg(process.pid, signal.SIGINT)
        began = time.monotonic()
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        # Two seconds is the promise on a machine of one's own; these share theirs.
        assert time.monotonic() - began < 6, "Ctrl-C ends everything"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def first_frame(address: str) -> dict[str, Any]:
    """What the page shows when it opens, as the person it begins with."""
    base = address.split("/", 3)
    origin = "/".join(base[:3])
    async with (
        aiohttp.ClientSession(headers={"Origin": origin}) as session,
        session.ws_connect(f"{address}live") as live,
    ):
        frame: dict[str, Any] = json.loads((await live.receive(timeout=10)).data)
        return frame


async def device_link(address: str, frame: dict[str, Any]) -> str:
    """Link a device as the person of a frame, and return the link that is shown to them alone."""
    origin = "/".join(address.split("/", 3)[:3])
    asked = {"command": "device link", "values": {}, "as": frame["me"]}
    async with (
        aiohttp.ClientSession(headers={"Origin": origin}) as session,
        session.ws_connect(f"{address}live?as={frame['me']}") as live,
    ):
        channel = next(each["id"] for each in frame["channels"] if each["name"] == "warehouse")
        await session.post(f"{address}do/slash", json={**asked, "channel": channel})
        async with asyncio.timeout(20):
            async for message in live:
                if found := re.search(r"http://localhost:\d+/app#link=[\w.-]+", message.data):
                    return found[0]
    raise AssertionError("no link was shown")

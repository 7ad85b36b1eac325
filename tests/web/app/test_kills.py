"""Kills: what the page acknowledged is on the disk, whatever ends the browser."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SOAK
from tests.simulator.fixtures import BROWSERS, QUIET
from tests.web.app.pages import drained, queue, wait_until
from tests.web.app.played import Played

pytestmark = pytest.mark.asyncio(loop_scope="session")

KILLS = 1_000 if SOAK else 2
DRAIN_AFTER = 25
# Every acknowledgement is told to the server at once; what was not told does not count.
QUEUEING = """() => {
    const more = async () => {
        for (let n = 1; ; n += 1) {
            const data = { item: 1, from: 1, quantity: String(n) };
            const { id } = await store.enqueue({ table: "stock_moves", data });
            void fetch("/acked", { method: "POST", body: id });
        }
    };
    for (let lane = 0; lane < 3; lane += 1) void more();
}"""


@asynccontextmanager
async def killed_browser(path: str, profile: Path) -> AsyncIterator[str]:
    """Start a browser of its own on a profile, and kill all of its processes at the end."""
    (profile / "DevToolsActivePort").unlink(missing_ok=True)
    options = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    process = subprocess.Popen(  # noqa: ASYNC220
        [path, *options, *QUIET, "about:blank"],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield await asyncio.to_thread(devtools, process, profile)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.wait)


def devtools(process: subprocess.Popen[bytes], profile: Path) -> str:
    """Return where a browser is spoken to, once it has said so."""
    said = profile / "DevToolsActivePort"
    while process.poll() is None:
        if said.exists() and len(lines := said.read_text().splitlines()) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        # Nothing tells that a file was written.
        signal.sigtimedwait([], 0.02)
    raise AssertionError(f"The browser ended with {process.returncode}.")


async def test_no_acknowledged_operation_is_lost_when_the_browser_is_killed(
    played: Played, tmp_path: Path
) -> None:
    api = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium is installed")
    async with api.async_playwright() as playwright:
        for kill in range(KILLS):
            is_offline = kill % DRAIN_AFTER != DRAIN_AFTER - 1
            async with killed_browser(path, tmp_path / "profile") as address:
                browser = await playwright.chromium.connect_over_cdp(address)
                await queue_until_killed(browser, played, is_first=kill == 0, is_offline=is_offline)
        async with killed_browser(path, tmp_path / "profile") as address:
            browser = await playwright.chromium.connect_over_cdp(address)
            tab = await browser.contexts[0].new_page()
            await tab.goto(played.address)
            await check(tab, played)
            await tab.evaluate("store.setOffline(false)")
            await drained(tab)
    assert set(played.acked) <= set(played.applied)
    seqs = [operation["seq"] for operation in played.applied.values()]
    assert len(seqs) == len(set(seqs))


async def queue_until_killed(
    browser: Any, played: Played, *, is_first: bool, is_offline: bool
) -> None:
    """Queue as fast as it goes until a few more operations were acknowledged."""
    tab = await browser.contexts[0].new_page()
    await tab.goto(played.link if is_first else played.address)
    await tab.evaluate(f"started.then(() => store.setOffline({str(is_offline).lower()}))")
    await check(tab, played)
    if not is_offline:
        await drained(tab)
    enough = len(played.acked) + random.randint(3, 12)
    await tab.evaluate(QUEUEING)
    while len(played.acked) < enough:
        played.heard.clear()
        await played.heard.wait()


async def check(tab: Any, played: Played) -> None:
    """Check that all that was acknowledged is in the queue, or done."""
    # The browser begins again with each kill, which takes a busy machine its time.
    await wait_until(tab, "store.state.device.state === 'linked'", 60)
    kept = {entry["id"] for entry in await queue(tab)}
    assert set(played.acked) <= kept | set(played.applied)

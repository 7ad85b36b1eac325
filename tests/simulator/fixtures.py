"""A page on a demo world with a puppet for a bot, and a browser to look at it."""

import json
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from simulator import Channel, Guild, LoopbackDiscord, Member
from simulator.page.server import PageServer
from simulator.page.stage import Stage
from simulator.page.tour import Tour
from simulator.presets import build_demo
from tests.simulator.puppet import Puppet

Json = dict[str, Any]
# The first is the same browser without its windows: it takes half the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
# Nothing that a browser does by itself may leave this computer.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-sync", "--disable-component-update"]
QUIET += ["--no-first-run", "--disable-background-networking", "--disable-default-apps"]


PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


@dataclass
class Desk:
    """A page being served, and a client that is not a browser."""

    discord: LoopbackDiscord
    guild: Guild
    stage: Stage
    page: PageServer
    puppet: Puppet
    client: aiohttp.ClientSession

    @property
    def origin(self) -> str:
        return self.page.address.rsplit("/", 2)[0]

    def member(self, name: str) -> Member:
        return next(it for it in self.guild.members.values() if it.user.name == name)

    def channel(self, name: str) -> Channel:
        return self.guild.channel(name)

    async def act(self, action: str, name: str, channel: str = "warehouse", **more: Any) -> Json:
        """Do what the page does when its user acts."""
        body = {
            "as": str(self.member(name).user.id),
            "channel": str(self.channel(channel).id),
            **more,
        }
        headers = {"Origin": self.origin}
        address = f"{self.page.address}do/{action}"
        async with self.client.post(address, json=body, headers=headers) as response:
            return {"status": response.status, **await response.json()}

    async def watch(self, name: str) -> aiohttp.ClientWebSocketResponse:
        """Open the stream of changes as a member."""
        address = f"{self.page.address}live?as={self.member(name).user.id}"
        return await self.client.ws_connect(address, origin=self.origin)


# One loop for all who look: a browser belongs to the loop that started it.
LOOKING = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def desk() -> AsyncIterator[Desk]:
    async with LoopbackDiscord() as discord, aiohttp.ClientSession() as client:
        guild = build_demo(discord)
        stage = Stage(discord, guild, Tour())
        async with PageServer(stage) as page:
            yield Desk(discord, guild, stage, page, Puppet(discord), client)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Any]:
    """The run's one Chromium through Playwright; without either its tests are skipped."""
    playwright = pytest.importorskip(
        "playwright.async_api", reason="Playwright is not installed (pip install playwright)"
    )
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium (apt-get install chromium-headless-shell, or set CHROMIUM)")
    async with playwright.async_playwright() as started:
        running = await started.chromium.launch(executable_path=path, args=QUIET)
        yield running
        await running.close()


@dataclass
class Contexts:
    """A browser's contexts, each of one tab at a time and emptied for the next.

    A page in a context that has shown it before takes a third of the time of a new context.
    """

    browser: Any
    idle: dict[bool, list[Any]] = field(default_factory=lambda: {True: [], False: []})

    async def take(self, *, is_phone: bool) -> Any:
        """Return a context that no tab uses."""
        if idle := self.idle[is_phone]:
            return idle.pop()
        return await self.browser.new_context(**(PHONE if is_phone else {}))

    async def give_back(self, context: Any, *, is_phone: bool) -> None:
        """Empty the tab of a context, and delete what it kept.

        It is closed after the next one: with its last tab the browser ends the process of a page.
        """
        *earlier, tab = context.pages
        for each in earlier:
            await each.close()
        await tab.evaluate("localStorage.clear()")
        await tab.goto("about:blank")
        self.idle[is_phone].append(context)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def contexts(browser: Any) -> Contexts:
    """The run's contexts, which end with the browser."""
    return Contexts(browser)


@dataclass
class Look:
    """Tabs of one browser; a mistake in a page's program fails the test that met it."""

    contexts: Contexts
    mistakes: list[str]
    taken: list[tuple[bool, Any]] = field(default_factory=list)

    async def open(
        self,
        address: str,
        name: str | None = None,
        *,
        is_phone: bool = False,
        viewport: dict[str, int] | None = None,
        **media: Any,
    ) -> Any:
        """Open a tab in a context of its own, and act as a member if one is named."""
        context = await self.contexts.take(is_phone=is_phone)
        self.taken.append((is_phone, context))
        tab = await context.new_page()
        tab.set_default_timeout(20_000)
        tab.on("pageerror", lambda error: self.mistakes.append(str(error)))
        tab.on("console", self._heard)
        if viewport:
            await tab.set_viewport_size(viewport)
        await tab.emulate_media(**media)
        await tab.goto(address)
        await tab.wait_for_selector(".welcome")
        if name:
            await act_as(tab, name)
        return tab

    def _heard(self, line: Any) -> None:
        if line.type == "error":
            self.mistakes.append(line.text)


@pytest_asyncio.fixture(loop_scope="session")
async def look(contexts: Contexts) -> AsyncIterator[Look]:
    it = Look(contexts, [])
    yield it
    for is_phone, context in it.taken:
        await contexts.give_back(context, is_phone=is_phone)
    assert it.mistakes == []


async def start_command(tab: Any, typed: str) -> None:
    """Type the beginning of a command."""
    await tab.locator(".composer-text").press_sequentially(typed)


async def act_as(tab: Any, name: str) -> None:
    """Choose who one is, from the side or, where it is narrow, from the drawer."""
    person = tab.locator("#people").get_by_role("button", name=f"Act as {name}", exact=False)
    people = tab.get_by_role("button", name="People", exact=False)
    if await people.is_visible():
        await people.click()
    await person.click()
    await tab.locator(f".composer-text[placeholder$='as {name}']").wait_for()


async def take_picture(tab: Any, name: str) -> None:
    """Write a screenshot where `PAGE_SCREENSHOTS` says, if it says anything."""
    if directory := os.environ.get("PAGE_SCREENSHOTS"):
        Path(directory).mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - once per picture
        await tab.screenshot(path=f"{directory}/{name}.png")


def read_frame(text: str) -> Json:
    """A frame of the live stream."""
    frame = json.loads(text)
    assert isinstance(frame, dict)
    return frame

"""The page with the real bot: what a newcomer does in the first minute."""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from simulator import Process
from simulator.page.tour import Tour
from tests.simulator.fixtures import Desk, Look, take_picture

ROOT = Path(__file__).parents[2]
STEPS: list[dict[str, Any]] = [
    {
        "title": "Take something off a shelf",
        "text": "Eli works the floor. Type `/take`, choose an item, press Enter.",
        "member": "Eli",
        "channel": "warehouse",
        "hint": "Type `/take` below",
        "done": [{"command": "take", "says": "Took"}],
    },
    {
        "title": "See it in the books",
        "text": "Ada audits. Every change reaches #audit: who, what, before and after.",
        "member": "Ada",
        "channel": "audit",
        "done": [{"read": True}],
    },
    {
        "title": "Decide something",
        "text": "Mia counted the gloves and found 20. Set it right with `/adjust`.",
        "member": "Mia",
        "channel": "warehouse",
        "done": [{"command": "adjust", "says": "Adjusted"}],
    },
]


@pytest_asyncio.fixture
async def depot(desk: Desk, tmp_path: Path) -> AsyncIterator[Desk]:
    """The demo world with the bot's process, two items and a tour."""
    desk.puppet.leave()
    path = tmp_path / "tour.json"
    path.write_text(json.dumps({"title": "A first look", "steps": STEPS}))
    desk.stage.tour = Tour.load(path)
    environment = {
        **desk.discord.environment,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'books.db'}",
        "HTTP_PORT": "off",
    }
    command = [sys.executable, "-m", "bot", "run"]
    log = tmp_path / "bot.log"
    async with Process(command, log_file=log, environment=environment, directory=ROOT) as bot:
        await bot.wait_until_ready(desk.discord.bot_ready(timeout=20))
        manager, employee, auditor = (
            next(it for it in desk.guild.roles.values() if it.name == name)
            for name in ("Manager", "Employee", "Auditor")
        )
        warehouse = desk.channel("warehouse")
        olga = desk.discord.act_as(desk.member("Olga"), warehouse)
        mia = desk.discord.act_as(desk.member("Mia"), warehouse)
        await olga.slash(
            "setup",
            audit_channel=desk.channel("audit"),
            approvals_channel=desk.channel("approvals"),
            manager_role=manager,
            employee_role=employee,
            auditor_role=auditor,
        )
        await mia.slash("location add", name="Dock")
        for sku, name in (("GLOVE-L", "Work gloves, large"), ("TAPE-50", "Packing tape")):
            await mia.slash("item add", sku=sku, name=name)
            await mia.slash("put", item=sku, quantity="25", location="Dock")
        yield desk


async def choose(tab: Any, typed: str) -> None:
    await tab.keyboard.type(typed)
    await tab.locator(".popup-row", has_text=typed).first.wait_for()
    await tab.locator(".popup-row:nth-child(2)").wait_for(state="detached")
    await tab.keyboard.press("Enter")


async def test_the_tour_works_to_its_end(depot: Desk, look: Look) -> None:
    for scheme in ("dark", "light"):
        depot.stage.tour.restart(since=depot.discord.world.next_id())
        tab = await look.open(depot.page.address, color_scheme=scheme)
        tour = tab.locator(".tour")
        await tour.get_by_role("button", name="Act as Eli").click()
        await tab.locator(".composer-text[placeholder$='as Eli']").click()
        await tab.keyboard.type("/take ")
        await choose(tab, "GLOVE-L")
        await tab.keyboard.press("Enter")
        took = tab.locator(".message", has_text="Took 1 pcs of GLOVE-L").last
        await took.get_by_role("button", name="Undo").wait_for()
        await tab.get_by_text("See it in the books").wait_for()
        await take_picture(tab, f"demo-take-{scheme}")
        await tour.get_by_role("button", name="Act as Ada").click()
        await tab.locator(".message", has_text="took 1 pcs GLOVE-L").last.wait_for()
        await tab.get_by_text("Decide something").wait_for()
        await take_picture(tab, f"demo-audit-{scheme}")
        await tour.get_by_role("button", name="Act as Mia").click()
        await tab.locator(".composer-text[placeholder='Message #warehouse as Mia']").click()
        await tab.keyboard.type("/adjust ")
        await choose(tab, "GLOVE-L")
        await choose(tab, "Dock")
        await tab.keyboard.type("20" if scheme == "dark" else "18")
        await tab.keyboard.press("Tab")
        await tab.keyboard.type("counted")
        await take_picture(tab, f"demo-adjust-{scheme}")
        await tab.keyboard.press("Enter")
        await tab.get_by_text("That was the tour.").wait_for()
        await take_picture(tab, f"demo-end-{scheme}")
        await tab.context.close()


async def test_what_one_may_not_do_is_refused_in_private(depot: Desk, look: Look) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}
    tab = await look.open(depot.page.address, "Eli", **phone)
    await tab.locator(".composer-text").click()
    await tab.keyboard.type("/take ")
    await choose(tab, "TAPE-50")
    await tab.get_by_role("button", name="Add option quantity").click()
    await tab.keyboard.type("1000")
    await take_picture(tab, "demo-phone-command")
    await tab.get_by_role("button", name="Send command").click()
    refusal = tab.locator(".message.is-private", has_text="you asked for 1000")
    await refusal.wait_for()
    await take_picture(tab, "demo-phone-refusal")
    assert depot.stage.messages(depot.member("Mia"), depot.channel("warehouse"))[-1:] != [
        depot.stage.messages(depot.member("Eli"), depot.channel("warehouse"))[-1]
    ]

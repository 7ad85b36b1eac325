"""What the page looks like, and whether it is accessible."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.fixtures import LOOKING, Desk, Look, take_picture
from tests.simulator.gallery import fill_gallery

pytestmark = [pytest.mark.slow, LOOKING]

SIZES = {"desktop": (1280, 860), "phone": (390, 844)}


@pytest.fixture
def axe() -> str:
    """axe-core's program, which comes as a file inside a package."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe is not installed (pip install axe-playwright-python)")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


async def serious_faults(tab: Any, axe: str) -> list[str]:
    await tab.evaluate(axe)
    report = await tab.evaluate('axe.run({ resultTypes: ["violations"] })')
    return [
        f"{fault['id']}: {node['html']} {node['failureSummary']}"
        for fault in report["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(
    ("size", "scheme"),
    [pytest.param("desktop", "light", marks=pytest.mark.soak), ("phone", "dark")],
)
async def test_no_serious_fault_in_any_state(
    desk: Desk, look: Look, axe: str, scheme: str, size: str
) -> None:
    fill_gallery(desk.puppet, desk.channel("warehouse"))
    width, height = SIZES[size]
    view: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    tab = await look.open(desk.page.address, "Mia", reduced_motion="reduce", **view)

    async def check(state: str) -> None:
        await take_picture(tab, f"{state}-{scheme}-{size}")
        assert await serious_faults(tab, axe) == [], state

    await check("messages")
    await tab.get_by_role("combobox", name="Permissions").click()
    await check("select")
    await tab.keyboard.press("Escape")
    await tab.locator(".composer-text").press_sequentially("/")
    await check("commands")
    await tab.keyboard.type("take ")
    await tab.locator(".popup-row", has_text="BOLT-8").wait_for()
    await check("options")
    for _ in range(2):
        await tab.keyboard.press("Escape")
    await tab.locator(".composer-text").press_sequentially("/ask ")
    await tab.keyboard.press("Enter")
    await tab.get_by_role("dialog").wait_for()
    await check("form")
    await tab.keyboard.press("Escape")
    if size == "phone":
        for drawer in ("Channels", "People"):
            await tab.get_by_role("button", name=drawer).click()
            await check(drawer.lower())
            await tab.keyboard.press("Escape")


async def test_the_switch_goes_through_the_looks(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address, "Eli", color_scheme="dark")
    rooms = []
    for _ in range(3):
        rooms.append(
            await tab.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
        )
        await tab.get_by_role("button", name="Colours").click()
    system, light, dark = rooms
    assert system == dark
    assert light != dark

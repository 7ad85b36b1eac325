"""The page in a real browser: pictures, files, and the end of the demo."""

from pathlib import Path
from typing import Any

import pytest

from simulator.page.server import PageServer
from tests.simulator.fixtures import LOOKING, PHONE, Desk, Look, start_command
from tests.simulator.gallery import fill_gallery

pytestmark = [pytest.mark.slow, LOOKING]


async def test_an_end_is_said_across_the_page(desk: Desk, look: Look) -> None:
    async with PageServer(desk.stage) as page:
        tab = await look.open(page.address, "Eli", viewport=PHONE["viewport"])
        ended = tab.get_by_role("alert").filter(has_text="make demo")
        assert not await ended.is_visible()
    await ended.wait_for()
    assert await ended.inner_text() == "The demo has ended; make demo starts it again."
    # The browser reports the connections that it could not make.
    look.mistakes.clear()


async def test_pictures_are_drawn_where_a_bot_wants_them(desk: Desk, look: Look) -> None:
    fill_gallery(desk.puppet, desk.channel("warehouse"))
    tab = await look.open(desk.page.address, "Mia")
    last = tab.locator(".message").last
    thumbnail = last.locator(".v2-section img")
    assert await thumbnail.get_attribute("alt") == "A bolt"
    assert await last.locator(".gallery img").count() == 2
    # What a layout or an embed shows is not listed once more, and is whole.
    assert await tab.locator(".message a.file").all_inner_texts() == ["audit.csv\n8 bytes"] * 3
    assert await tab.locator(".embed.has-thumbnail > .picture").count() == 2
    is_whole = "all => all.every((it) => it.complete && it.naturalWidth === 8)"
    assert await tab.locator("#log img").evaluate_all(is_whole)
    await last.get_by_role("button", name="Spoiler, show it").click()
    assert await last.locator(".picture-cover").count() == 0


async def test_files_boxes_and_radio_buttons_are_filled_in(
    desk: Desk, look: Look, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(b"sku,name")
    tab = await look.open(desk.page.address, "Mia")

    async def choose(press: Any) -> None:
        async with tab.expect_file_chooser() as opened:
            await press
        await (await opened.value).set_files(sheet)

    await start_command(tab, "/load ")
    await choose(tab.locator(".chip-input").click())
    await tab.locator(".popup-head kbd", has_text="to send").wait_for()
    await tab.keyboard.press("Enter")
    form = tab.get_by_role("dialog", name="Load a sheet")
    await form.get_by_role("button", name="Submit").click()
    assert await form.locator(".field-trouble", has_text="Choose a file.").is_visible()
    await choose(form.get_by_role("button", name="Choose a file").click())
    await form.locator(".uploads li", has_text="sheet.csv").wait_for()
    await form.get_by_role("radio", name="Counted").check()
    await form.get_by_role("checkbox", name="Shelf A1").check()
    await form.get_by_role("checkbox", name="Tell everyone").check()
    await form.get_by_role("button", name="Submit").click()
    await tab.locator(".message", has_text="form read").wait_for()
    (option,) = desk.puppet.said[-2]["options"]
    upload, kind, shelves, loud = (it["component"] for it in desk.puppet.said[-1]["components"])
    for said, key in (
        (desk.puppet.said[-2], option["value"]),
        (desk.puppet.said[-1], upload["values"][0]),
    ):
        sent = said["resolved"]["attachments"][key]
        assert (sent["filename"], sent["size"]) == ("sheet.csv", 8)
        async with desk.client.get(sent["url"]) as response:
            assert await response.read() == b"sku,name"
    assert (kind["value"], shelves["values"], loud["value"]) == ("c", ["a1"], True)


async def test_done_stays_in_sight_below_a_long_list(desk: Desk, look: Look) -> None:
    options = [{"label": f"right.{number}", "value": str(number)} for number in range(25)]
    menu = {"type": 3, "custom_id": "rights", "placeholder": "Rights", "options": options}
    row = {"type": 1, "components": [{**menu, "min_values": 0, "max_values": 25}]}
    desk.puppet.post(desk.channel("warehouse"), content="Choose", components=[row])
    tab = await look.open(desk.page.address, "Mia", is_phone=True)
    await tab.get_by_role("combobox", name="Rights").tap()
    done = tab.get_by_role("button", name="Done (0)")
    box, panel = await done.bounding_box(), await tab.locator(".menu-list").bounding_box()
    assert box["y"] + box["height"] <= panel["y"] + panel["height"]
    assert panel["y"] + panel["height"] <= PHONE["viewport"]["height"]
    await tab.get_by_role("option", name="right.24").tap()
    await tab.get_by_role("button", name="Done (1)").tap()
    await tab.locator(".message", has_text="pressed rights").wait_for()

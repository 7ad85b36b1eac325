"""The page in a real browser, with a puppet for a bot."""

import time
from typing import Any

import pytest

from tests.simulator.fixtures import LOOKING, PHONE, Desk, Look, act_as, start_command
from tests.simulator.gallery import HOSTILE, fill_gallery

pytestmark = [pytest.mark.slow, LOOKING]

WITHIN_SECONDS = 0.3
# Notes in the page itself when it changes next, so that no time of the test's own counts.
WATCH = """new MutationObserver((_, it) => { window.seenAt = Date.now(); it.disconnect(); })
    .observe(document.querySelector("#log"), { childList: true })"""


async def popup_text(tab: Any) -> str:
    text = await tab.locator(".popup").inner_text()
    return str(text)


async def test_what_people_write_is_only_ever_text(desk: Desk, look: Look) -> None:
    fill_gallery(desk.puppet, desk.channel("warehouse"))
    desk.member("Nico").user.name = HOSTILE
    desk.guild.add_channel(HOSTILE)
    tab = await look.open(desk.page.address, "Eli")
    await tab.locator(".composer-text").fill(HOSTILE)
    await tab.locator(".composer-text").press("Enter")
    await tab.locator(".message .prose", has_text="onerror").last.wait_for()
    assert await tab.evaluate("window.hacked") is None
    assert await tab.locator(".prose img, nav img, main script, main b, aside img").count() == 0
    assert await tab.locator(".prose a").count() == 0
    shown = await tab.locator(".message .prose", has_text="onerror").last.inner_text()
    assert shown == HOSTILE


async def test_only_links_to_this_machine_are_followed(desk: Desk, look: Look) -> None:
    here = f"http://localhost:{desk.page.address.split(':')[2].split('/')[0]}/app#link=1.2.ab_c"
    links = f"{here} https://example.org/ http://localhost.example.org/ http://localhost@evil.org/"
    desk.puppet.post(desk.channel("warehouse"), content=links)
    tab = await look.open(desk.page.address, "Eli")
    link = tab.locator(".prose a")
    assert await tab.locator(".prose .link").count() == 4
    assert await link.all_inner_texts() == [here]
    async with tab.expect_popup() as opening:
        await link.click()
    opened = await opening.value
    assert opened.url == here
    assert await opened.evaluate("window.opener") is None


async def test_markdown_looks_as_it_should(desk: Desk, look: Look) -> None:
    fill_gallery(desk.puppet, desk.channel("warehouse"))
    tab = await look.open(desk.page.address, "Mia")
    first = tab.locator(".message .prose").first
    for tag, text in (
        ("h3", "Heading one"),
        ("strong", "bold"),
        ("em", "italic"),
        ("u", "under"),
        ("s", "gone"),
        ("pre", 'print("<b>not markup</b>")'),
        ("blockquote", "quoted text"),
        ("ul ul li", "nested"),
        ("ol li", "second"),
    ):
        assert text in await first.locator(tag).all_inner_texts(), tag
    assert "*not italic* snake_case_name" in await first.inner_text()
    spoiler = first.get_by_role("button", name="Spoiler, show it")
    await spoiler.press("Enter")
    assert await first.locator(".spoiler.is-open").inner_text() == "secret"
    mentions = await tab.locator(".message.is-pinging .mention").all_inner_texts()
    assert mentions == ["@Mia", "@Manager", "@everyone", "#warehouse", "@everyone"]
    assert await tab.locator("time[data-relative]").inner_text() == "1 minute ago"


async def test_a_command_is_sent_with_nothing_but_the_keyboard(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address, "Eli")
    await tab.keyboard.press("Escape")
    await tab.locator("#log").focus()
    await tab.keyboard.type("/ta")
    await tab.keyboard.press("Tab")
    await tab.keyboard.type("bolt")
    await tab.locator(".popup-row", has_text="GLOVE-L").wait_for(state="detached")
    await tab.locator(".popup-row", has_text="BOLT-10").wait_for()
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("Enter")
    await tab.keyboard.type("3")
    await tab.keyboard.press("Enter")
    await tab.locator(".message", has_text="did take").wait_for()
    sent = desk.puppet.said[-1]["options"]
    assert [(it["name"], it["value"]) for it in sent] == [("item", "BOLT-10"), ("count", 3)]
    focused = await tab.evaluate("document.activeElement.className")
    assert focused == "composer-text"


async def test_the_client_checks_before_it_sends(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address, "Eli")
    await start_command(tab, "/take ")
    await tab.locator(".popup-row").first.wait_for()
    await tab.keyboard.press("Escape")
    await tab.keyboard.press("Enter")
    assert "This option is required. Specify a value." in await popup_text(tab)
    await tab.keyboard.type("free text")
    await tab.get_by_role("button", name="Add option count").click()
    await tab.keyboard.type("2.5")
    await tab.keyboard.press("Enter")
    assert "Enter a valid integer." in await popup_text(tab)
    await tab.keyboard.press("ControlOrMeta+a")
    await tab.keyboard.type("0")
    await tab.keyboard.press("Enter")
    assert "Enter a number that is at least 1." in await popup_text(tab)
    for _ in range(2):
        await tab.keyboard.press("Backspace")
    await tab.get_by_role("button", name="Add option shelf").click()
    await tab.keyboard.type("Attic")
    await tab.keyboard.press("Enter")
    assert "Choose one of the listed options." in await popup_text(tab)
    assert [it for it in desk.puppet.said if not any("focused" in o for o in it["options"])] == []


async def test_every_kind_of_option_is_chosen_from_a_list(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address, "Olga")
    await start_command(tab, "/take ")
    await tab.keyboard.type("x")
    for option, typed in (
        ("urgent", "tr"),
        ("member", "mi"),
        ("channel", "aud"),
        ("role", "emp"),
        ("shelf", "do"),
    ):
        await tab.get_by_role("button", name=f"Add option {option}").click()
        await tab.keyboard.type(typed)
        await tab.keyboard.press("Enter")
    await tab.keyboard.press("Enter")
    await tab.locator(".message", has_text="did take").wait_for()
    role = next(it for it in desk.guild.roles.values() if it.name == "Employee")
    values = [it["value"] for it in desk.puppet.said[-1]["options"]]
    mia, audit = desk.member("Mia").user, desk.channel("audit")
    assert values == ["x", True, str(mia.id), str(audit.id), str(role.id), "d"]


async def test_a_form_checks_sends_and_closes(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address, "Mia")
    await start_command(tab, "/ask ")
    await tab.keyboard.press("Enter")
    form = tab.get_by_role("dialog", name="Reject the supplier")
    await form.get_by_role("button", name="Submit").click()
    assert "This field is required." in await form.inner_text()
    await tab.keyboard.type("too dear")
    await tab.keyboard.press("Tab")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        await tab.keyboard.press(key)
    await form.get_by_role("button", name="Submit").click()
    await tab.locator(".message", has_text="form read").wait_for()
    await form.wait_for(state="detached")
    _, why, kind = desk.puppet.said[-1]["components"]
    assert why["component"]["value"] == "too dear"
    assert kind["component"]["values"] == ["q"]
    await start_command(tab, "/ask ")
    await tab.keyboard.press("Enter")
    await form.wait_for()
    await tab.keyboard.press("Escape")
    await form.wait_for(state="detached")


async def test_buttons_and_selects_reach_the_bot(desk: Desk, look: Look) -> None:
    fill_gallery(desk.puppet, desk.channel("warehouse"))
    tab = await look.open(desk.page.address, "Mia")
    assert await tab.get_by_role("button", name="Off").is_disabled()
    await tab.get_by_role("button", name="Approve").click()
    await tab.locator(".message.is-private", has_text="pressed approve").wait_for()
    menu = tab.get_by_role("combobox", name="Permissions")
    await menu.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", " ", "Enter"):
        await tab.keyboard.press(key)
    await tab.locator(".message", has_text="pressed areas").wait_for()
    assert desk.puppet.said[-1]["values"] == ["move", "adjust"]
    await tab.get_by_role("combobox", name="Who").click()
    await tab.get_by_role("option", name="Ada").click()
    await tab.locator(".message", has_text="pressed who").wait_for()
    assert desk.puppet.said[-1]["values"] == [str(desk.member("Ada").user.id)]
    await tab.get_by_role("button", name="Dismiss message").first.click()
    await tab.locator(".message", has_text="pressed approve").wait_for(state="detached")


async def test_a_click_or_command_without_an_answer_says_so(desk: Desk, look: Look) -> None:
    fill_gallery(desk.puppet, desk.channel("warehouse"))
    tab = await look.open(desk.page.address, "Eli")
    deaf = tab.get_by_role("button", name="Deaf")
    await deaf.click()
    await tab.locator(".button.is-loading").wait_for()
    await start_command(tab, "/slow ")
    await tab.keyboard.press("Enter")
    await tab.locator(".thinking", has_text="Tallyman is thinking…").wait_for()
    await start_command(tab, "/silent ")
    await tab.keyboard.press("Enter")
    await tab.locator(".thinking", has_text="Sending command…").wait_for()
    await tab.locator(".failure", has_text="This interaction failed").wait_for()
    await tab.locator(".failure", has_text="The application did not respond").wait_for()
    assert await tab.locator(".is-loading").count() == 0


async def test_alt_and_an_arrow_change_the_channel(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address, "Mia")
    await tab.locator(".composer-text").focus()
    for key, name in (("ArrowDown", "approvals"), ("ArrowUp", "warehouse"), ("ArrowUp", "audit")):
        await tab.keyboard.press(f"Alt+{key}")
        await tab.locator(".room-head h2", has_text=name).wait_for()
        assert (await tab.title()).startswith(f"#{name} · Harbour Depot")


async def test_two_tabs_act_as_two_people(desk: Desk, look: Look) -> None:
    eli, mia = [await look.open(desk.page.address, name) for name in ("Eli", "Mia")]
    await mia.get_by_role("button", name="Channel audit").click()
    await eli.locator(".composer-text").fill("I am at the dock")
    await eli.keyboard.press("Enter")
    unread = mia.get_by_role("button", name="Channel warehouse, 1 unread")
    await unread.click()
    await mia.locator(".message", has_text="I am at the dock").wait_for()
    await mia.get_by_role("button", name="Channel warehouse", exact=True).wait_for()
    for tab in (eli, mia):
        await tab.evaluate(WATCH)
    posted_at = time.time()
    desk.puppet.post(desk.channel("warehouse"), content="for both")
    for tab in (eli, mia):
        await tab.locator(".message", has_text="for both").wait_for()
        seen_at = await tab.evaluate("window.seenAt")
        assert seen_at / 1000 - posted_at < WITHIN_SECONDS
    await eli.reload()
    await eli.locator(".composer-text[placeholder$='as Eli']").wait_for()


async def test_a_phone_has_drawers(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address, is_phone=True)
    assert not await tab.locator("#channels").is_visible()
    await tab.get_by_role("button", name="Channels").tap()
    await tab.get_by_role("button", name="Channel audit, private").tap()
    await tab.locator("h2", has_text="This is #audit").wait_for()
    await tab.locator("#channels").wait_for(state="hidden")
    await act_as(tab, "Eli")
    await tab.get_by_role("button", name="Choose a command").tap()
    await tab.get_by_text("/item list").tap()
    await tab.get_by_role("button", name="Send command").tap()
    await tab.locator(".message", has_text="did item").wait_for()
    await tab.get_by_role("button", name="Channels").tap()
    await tab.keyboard.press("Escape")
    assert await tab.evaluate("document.activeElement.getAttribute('aria-label')") == "Channels"
    assert await tab.evaluate("document.documentElement.scrollWidth") == 390


async def test_it_always_says_that_it_is_a_simulation(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address)
    for size in ({"width": 1280, "height": 860}, PHONE["viewport"]):
        await tab.set_viewport_size(size)
        assert await tab.get_by_role("note").inner_text() == (
            "Tallyman on a simulated Discord: nothing leaves this computer."
        )


async def test_it_comes_back_when_the_line_was_cut(desk: Desk, look: Look) -> None:
    tab = await look.open(desk.page.address, "Eli")
    for viewer in list(desk.stage.viewers):
        await viewer.close()
    await tab.get_by_text("Connecting…").wait_for()
    desk.puppet.post(desk.channel("warehouse"), content="while you were away")
    await tab.locator(".message", has_text="while you were away").wait_for()

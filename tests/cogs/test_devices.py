"""Devices in Discord: the link and its picture, the list, revoking, and what a crash leaves."""

import logging
import re

import pytest
from loguru import logger

from bot.domain.devices import Credential
from tests.cogs.world import House, World
from tests.database.books import snapshot

PAGE = "http://localhost:8080"
EDITS = "/webhooks/*/messages/@original"
LINK = re.compile(rf"{PAGE}/app#link=([0-9]+\.[0-9]+\.[A-Za-z0-9_-]{{22}})")


async def test_a_link_is_a_picture_and_a_text_and_its_code_is_kept_nowhere(
    world: World, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lines: list[str] = []
    handler = logger.add(lines.append, level="TRACE")
    async with world.unchanged():
        refused = await house.employee.type("device link")
    assert "`PUBLIC_URL`" in refused.text
    world.app.desk.page_url = PAGE
    shown = await house.employee.type("device link", name="Gun")
    assert "**Gun**" in shown.text
    (link,) = LINK.findall(shown.text)
    credential = Credential.read(link)
    assert credential is not None
    assert credential.guild_id == house.guild.id
    stored = world.env.backend.get_message(shown.message.channel_id, shown.message.id)
    (attached,) = stored.attachments
    assert attached["filename"] == "device-link.png"
    gallery = str(stored.components)
    assert "QR code of the link that links the device Gun" in gallery
    logger.remove(handler)
    kept = f"{await snapshot(world.db)} {lines} {caplog.text}"
    assert credential.hash in kept
    assert credential.secret not in kept


async def test_after_a_crash_the_answer_says_to_make_another_link(
    world: World, house: House
) -> None:
    world.app.desk.page_url = PAGE
    world.env.inject_error("PATCH", EDITS, status=500)
    lost = await house.employee.ask("device link", name="Gun")
    await world.restart()
    world.clock.advance(seconds=10)
    await world.show_answers()
    shown = house.employee.read(lost)
    assert shown.text.startswith("A link for **Gun** was made, but this answer came too late")
    assert "Run `/device link` again." in shown.text


async def test_a_device_of_the_list_is_revoked_by_its_button_or_by_its_name(
    world: World, house: House
) -> None:
    world.app.desk.page_url = PAGE
    for name in ("Gun", "Tablet"):
        await house.employee.type("device link", name=name)
    listed = await house.employee.type("device list")
    assert "**Gun** · not linked yet; the link ends <t:" in listed.text
    revoked = await house.employee.press_row(listed, "Gun")
    assert "Revoked the device **Gun**" in revoked.text
    assert await house.colleague.values("device revoke", "device") == []
    (value,) = await house.owner.values("device revoke", "device")
    assert "<@" in (await house.owner.type("device list")).text
    assert (
        "Revoked the device **Tablet**"
        in (await house.owner.type("device revoke", device=value)).text
    )
    again = await house.employee.type("device revoke", device="tablet")
    assert again.text == "**Tablet** is already revoked."
    assert "No devices are linked" in (await house.employee.type("device list")).text


@pytest.mark.parametrize("typed", ["#4711", "Gun"])
async def test_a_device_that_is_not_there_is_refused(
    world: World, house: House, typed: str
) -> None:
    async with world.unchanged():
        refused = await house.employee.type("device revoke", device=typed)
    assert "device" in refused.text

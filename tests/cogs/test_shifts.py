"""Shifts, and whom alerts and cards mention."""

from typing import Any

import discord

from tests.cogs.world import House, World

INK = {"item": "INK", "location": "Shelf A1"}


def newest(house: House, channel: str) -> tuple[discord.Message, Any]:
    """Return a channel's newest message, and as Discord keeps it."""
    found = max(house.guild.channels[channel].history(), key=lambda message: message.id)
    return found, house.world.env.backend.get_message(found.channel.id, found.id)


async def test_a_shift_begins_and_ends_in_a_sentence(world: World, house: House) -> None:
    async with world.unchanged():
        refused = await house.employee.type("shift end")
    assert refused.text == "You are not on shift. `/shift start` begins one."
    begun = await house.employee.type("shift start", location="Shelf A1")
    assert begun.text.startswith("🟢 You are on shift until <t:")
    assert "Location: **Shelf A1**." in begun.text
    ended = await house.employee.type("shift end")
    assert ended.text.startswith("⚪ Your shift is over; it began <t:")


async def test_an_alert_mentions_those_on_shift_who_may_answer_it(
    world: World, house: House
) -> None:
    await house.manager.type("item add", sku="INK", name="Ink", reorder_point="5")
    await house.manager.type("put", quantity="6", **INK)
    for person in (house.manager, house.employee):
        await person.type("shift start")
    await house.employee.type("take", quantity="2", **INK)
    await world.tell_audit()
    alert, stored = newest(house, "alerts")
    assert alert.content.startswith(f"<@{house.manager.id}>\n⚠️ **INK**")
    assert f"<@{house.employee.id}>" not in alert.content
    assert [each.id for each in alert.mentions] == [house.manager.id], stored


async def test_a_card_mentions_no_one_who_may_not_decide_about_it(
    world: World, house: House
) -> None:
    await house.manager.type("shift start")
    await house.manager.type("supplier propose", name="Bolt & Co")
    await world.tell_audit()
    own, _ = newest(house, "approvals")
    assert own.content == ""
    await house.employee.type("supplier propose", name="Nut & Co")
    await world.tell_audit()
    others, _ = newest(house, "approvals")
    assert others.content == f"<@{house.manager.id}>"

"""Reorder points that speak: in the answer, and once in the alerts channel."""

from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord.components import walk_components
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.models import Item, Outbox
from bot.database.models.base import table_of
from bot.domain.lanes import ALERTS_LANE, LOW_STOCK
from tests.cogs.phones import require_silent
from tests.cogs.world import House, World
from tests.database.books import rows_of

INK = {"item": "INK", "location": "Shelf A1"}
LOW = "⚠️ 4 pcs left in all: time to reorder (5)."


async def stock_ink(house: House, quantity: str = "6") -> None:
    await house.manager.type("item add", sku="INK", name="Ink", reorder_point="5")
    await house.manager.type("put", quantity=quantity, **INK)


def alerts(house: House) -> list[discord.Message]:
    """Read the alerts channel, the oldest first."""
    found = house.guild.channels["alerts"].history()
    for message in found:
        require_silent(house.world.env.backend.get_message(message.channel.id, message.id))
    return sorted(found, key=lambda message: message.id)


def labels(house: House, message: discord.Message) -> list[str]:
    stored = house.world.env.backend.get_message(message.channel.id, message.id)
    return [each["label"] for each in walk_components(stored.components) if "label" in each]


@pytest.mark.both_engines
async def test_falling_to_the_reorder_point_is_said_once_a_dip(world: World, house: House) -> None:
    """T09."""
    await stock_ink(house)
    taken = await house.employee.type("take", quantity="2", **INK)
    assert taken.lines[1:3] == ["Shelf A1: 6 → 4 pcs", LOW]
    further = await house.employee.type("take", **INK)
    assert "reorder" not in further.text
    await world.tell_audit()
    (alert,) = alerts(house)
    text = "⚠️ **INK** Ink: 3 pcs left in all: time to reorder (5). "
    assert alert.content == f"{text}`#{taken.record}`"
    assert labels(house, alert) == ["Order", "Snooze", "Not needed"]
    await house.employee.type("put", quantity="3", **INK)
    again = await house.employee.type("take", **INK)
    assert again.lines[2] == "⚠️ 5 pcs left in all: time to reorder (5)."
    await world.tell_audit()
    assert len(alerts(house)) == 2


async def test_a_move_between_locations_and_an_item_without_a_point_say_nothing(
    world: World, house: House
) -> None:
    await stock_ink(house)
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    moved = await house.employee.type("move", item="INK", quantity="6", **ends)
    taken = await house.employee.type("take", item="BOLT-8", quantity="10", location="Shelf A1")
    assert "reorder" not in moved.text + taken.text
    await world.tell_audit()
    assert alerts(house) == []


async def test_zero_means_when_none_is_left(house: House) -> None:
    await stock_ink(house)
    await house.manager.type("item edit", item="INK", reorder_point="0")
    assert "reorder" not in (await house.employee.type("take", quantity="5", **INK)).text
    last = await house.employee.type("take", **INK)
    assert last.lines[2] == "⚠️ Nothing left: time to reorder (0)."


async def test_an_undo_that_makes_it_low_says_so(house: House) -> None:
    await stock_ink(house, "4")
    put = await house.employee.type("put", quantity="2", **INK)
    undone = await house.employee.press(put, "Undo")
    assert undone.lines[2] == LOW


@pytest.mark.both_engines
async def test_a_snoozed_item_is_alerted_again_after_a_week_if_it_still_is_low(
    world: World, house: House
) -> None:
    await stock_ink(house)
    await house.employee.type("take", quantity="2", **INK)
    await world.tell_audit()
    (alert,) = alerts(house)
    refused = await house.employee.press_on(alert, "Snooze")
    assert "permission" in refused.text or "not allowed" in refused.text
    await house.manager.member.click(alert, label="Snooze")
    (snoozed,) = alerts(house)
    assert snoozed.content.startswith(f"💤 **INK** Ink: snoozed by <@{house.manager.id}> until")
    assert labels(house, snoozed) == []
    await house.employee.type("put", quantity="5", **INK)
    dip = await house.employee.type("take", quantity="5", **INK)
    assert LOW in dip.lines
    world.clock.advance(days=6)
    await world.tell_audit()
    assert len(alerts(house)) == 1
    world.clock.advance(days=1, seconds=1)
    await world.restart()
    await world.tell_audit()
    await world.tell_audit()
    _, reminder = alerts(house)
    assert reminder.content.startswith("⚠️ **INK** Ink: 4 pcs left in all")
    assert (await house.auditor.type("audit verify")).text.startswith("✅")


async def test_an_alert_is_answered_once(world: World, house: House) -> None:
    await stock_ink(house)
    taken = await house.manager.type("take", quantity="2", **INK)
    await world.tell_audit()
    (alert,) = alerts(house)
    await house.manager.member.click(alert, label="Not needed")
    (closed,) = alerts(house)
    assert closed.content.startswith(f"☑️ **INK** Ink: not needed, says <@{house.manager.id}>.")
    item = next(row for row in await rows_of(world.db, Item, house.guild.id) if row.sku == "INK")
    async with world.unchanged():
        late = await house.manager.forge(taken, f"alert:snooze:{item.id}:{taken.record}")
    assert late.text == "The alert about **INK** has been answered already."


async def test_an_alert_waits_for_its_channel_and_is_not_posted_again_after_a_crash(
    world: World, house: House
) -> None:
    await stock_ink(house)
    taken = await house.employee.type("take", quantity="2", **INK)
    world.break_route("POST", "/channels/*/messages", status=403)
    await world.tell_audit()
    world.heal()
    assert alerts(house) == []
    world.clock.advance(minutes=10)
    await world.tell_audit()
    assert len(alerts(house)) == 1
    # As a process leaves it that dies after posting and before it noted that.
    left: dict[str, Any] = {"guild_id": house.guild.id, "lane": ALERTS_LANE, "kind": LOW_STOCK}
    left |= {"record": taken.record, "created_at": world.clock() - timedelta(minutes=5)}

    async def leave(connection: AsyncConnection) -> None:
        await connection.execute(insert(table_of(Outbox)), left)

    await world.db.maintenance.write(leave)
    await world.tell_audit()
    assert await rows_of(world.db, Outbox, house.guild.id) == []
    assert len(alerts(house)) == 1

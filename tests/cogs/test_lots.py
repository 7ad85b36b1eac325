"""Lots as people meet them: what they type, what they are asked, what they read."""

from datetime import date, timedelta

import discord
import pytest

from tests.cogs.world import House, World

SERUM = {"item": "SERUM", "location": "Shelf A1"}


async def stock_serum(house: House, *, tracking: str = "lot") -> None:
    await house.manager.type("item add", sku="SERUM", name="Serum", tracking=tracking)


def today(world: World) -> date:
    return world.clock().date()


async def test_a_lot_is_put_with_its_day_and_taken_by_it(world: World, house: House) -> None:
    await stock_serum(house)
    late, soon = today(world) + timedelta(days=400), today(world) + timedelta(days=5)
    put = await house.employee.type("put", **SERUM, quantity="3", lot="L1", expiry=late.isoformat())
    assert put.lines[:3] == [
        "✅ Put **3 pcs** of **SERUM** Serum",
        f"Lot L1 ({late})",
        "Shelf A1: 0 → 3 pcs",
    ]
    dotted = f"{soon.day}.{soon.month}.{soon.year}"
    put = await house.employee.type("put", **SERUM, quantity="2", lot="L2", expiry=dotted)
    assert put.lines[1] == f"Lot L2 ({soon}) ⚠️ expires soon"
    taken = await house.employee.type("take", **SERUM, quantity="4")
    assert taken.lines[:3] == [
        "✅ Took **4 pcs** of **SERUM** Serum",
        f"Lot L2 ({soon}) ⚠️ expires soon · **2 pcs** · Shelf A1: 2 → 0 pcs",
        f"Lot L1 ({late}) · **2 pcs** · Shelf A1: 3 → 1 pcs",
    ]
    undone = await house.employee.press(taken, "Undo")
    assert "Lot L1" in undone.text
    shown = await house.viewer.type("find", query="SERUM")
    assert f"L2 ({soon}) 2, L1 ({late}) 3" in shown.text
    found = await house.viewer.type("find", query="L2")
    assert found.title == "L2"
    assert f"Good through {soon}" in found.text
    history = await house.viewer.type("history", item="SERUM")
    assert "**SERUM** L1 · Shelf A1 → _out_" in history.text


@pytest.mark.parametrize(
    ("typed", "buttons"),
    [("3/4/2031", ["2031-04-03", "2031-03-04"]), ("03/2031", ["2031-03-31", "2031-03-01"])],
)
async def test_a_day_that_may_be_two_is_asked_back(
    house: House, typed: str, buttons: list[str]
) -> None:
    await stock_serum(house)
    asked = await house.employee.type("put", **SERUM, lot="L1", expiry=typed)
    assert list(asked.buttons) == buttons
    put = await house.employee.press(asked, buttons[0])
    assert f"Lot L1 ({buttons[0]})" in put.text


async def test_where_a_lot_is_put_is_asked_and_the_lot_is_kept(house: House) -> None:
    await stock_serum(house)
    asked = await house.employee.type("put", item="SERUM", lot="L1", expiry="2031-03-01", note="hi")
    put = await house.employee.press(asked, "Shelf A1")
    assert put.lines[:2] == ["✅ Put **1 pcs** of **SERUM** Serum", "Lot L1 (2031-03-01)"]
    assert "Note: hi" in put.text
    again = await house.employee.press(put, "Again")
    assert "Shelf A1: 1 → 2 pcs" in again.text


async def test_a_held_lot_is_recalled_with_who_got_it(house: House) -> None:
    await stock_serum(house)
    await house.employee.type("put", **SERUM, quantity="5", lot="L1")
    taken = await house.employee.type("take", **SERUM, quantity="2")
    recalled = await house.manager.type("lot recall", item="SERUM", lot="l1", reason="glass")
    assert recalled.lines[0] == "⛔ Recalled lot **L1** of **SERUM**: it is held everywhere."
    assert "Shelf A1: **3 pcs**" in recalled.text
    assert f"`#{taken.record}`" in recalled.text
    refused = await house.employee.type("take", **SERUM)
    assert "Another 3 pcs there is held or expired." in refused.text
    refused = await house.employee.type("take", **SERUM, lot="L1")
    assert (
        refused.text
        == "The lot **L1** of **SERUM** is held. Someone with `lot.control` can use it."
    )
    shown = await house.manager.type("lot show", item="SERUM", lot="L1")
    listed = await house.manager.press(shown, "Who got it")
    assert f"`#{taken.record}`" in listed.text
    released = await house.manager.type("lot release", item="SERUM", lot="L1", reason="fine")
    assert "state: held → open" in released.text
    assert "Shelf A1: 3 → 2 pcs" in (await house.employee.type("take", **SERUM)).text


async def test_what_expires_is_digested_once_a_day(world: World, house: House) -> None:
    await stock_serum(house)
    soon = today(world) + timedelta(days=3)
    await house.employee.type("put", **SERUM, quantity="5", lot="L1", expiry=soon.isoformat())
    for _ in range(3):
        world.clock.advance(hours=7)
        await world.close_days()
        await world.tell_audit()
        await world.close_days()
    digests = [each for each in _messages(house) if "Lots that expire soon" in each.content]
    assert len(digests) == 1
    assert f"**SERUM** L1 ({soon}) · **5 pcs** · ⚠️ expires soon" in digests[0].content
    await house.admin.type("settings set", key="expiry_warning_days", value="0")
    world.clock.advance(hours=24)
    await world.close_days()
    await world.tell_audit()
    assert [each.content for each in _messages(house)] == [digests[0].content]


def _messages(house: House) -> list[discord.Message]:
    return list(house.guild.channels["alerts"].history())


async def test_lots_are_offered_with_what_helps_to_choose(house: House) -> None:
    await stock_serum(house)
    for lot, expiry in (("B-17", "2031-03-01"), ("B-2", "2020-01-01")):
        await house.employee.type("put", **SERUM, quantity="2", lot=lot, expiry=expiry)
    offered = await house.employee.suggest("take", "lot", "b", item="SERUM")
    assert [each["name"] for each in offered] == [
        "B-2 · 2020-01-01 · 2 pcs · expired",
        "B-17 · 2031-03-01 · 2 pcs",
    ]
    assert await house.employee.values("put", "lot", "17", item="SERUM") == ["B-17"]
    assert await house.employee.values("take", "lot", item="BOLT-8") == []
    refused = await house.employee.type("lot show", item="SERUM", lot="B-18")
    assert "There is no lot **B-18** of this item." in refused.text


async def test_lots_are_put_and_counted_in_bulk_from_a_form_and_from_a_file(
    world: World, house: House
) -> None:
    await stock_serum(house)
    form = await house.manager.ask("bulk", action="put", location="Shelf A1")
    async with world.unchanged():
        refused = await house.manager.submit(form, lines="SERUM 5\nBOLT-8 1")
        assert refused.lines[1] == (
            "Line 1 `SERUM`: **SERUM** is kept by lots. Write the lot behind the quantity (and the "
            "location) and, if it is new and expires, the day: `SERUM 5 LOT-1 2027-03-01`; a file "
            "has columns `lot` and `expiry`."
        )
    form = await house.manager.ask("bulk", action="put", location="Shelf A1")
    day = today(world) + timedelta(days=5)
    put = await house.manager.submit(form, lines=f"SERUM 5 L1 {day}; SERUM 2 Shelf B2 L1")
    assert f"Lot L1 ({day}) ⚠️ expires soon · Shelf B2: 0 → 2 pcs" in put.text
    file = ("lots.csv", f"sku;menge;charge;mhd\nSERUM;4;l1;{day}\nSERUM;3;L2;\n".encode())
    counted = await house.manager.type("bulk", action="count", location="Shelf A1", file=file)
    assert "**4 pcs** of **SERUM** Serum · Lot L1" in counted.text
    assert "Shelf A1: 5 → 4 pcs" in counted.text
    assert "Lot L2 · Shelf A1: 0 → 3 pcs" in counted.text
    await house.manager.press(counted, "Undo")
    shown = await house.viewer.type("find", query="SERUM")
    assert f"L1 ({day}) 5" in shown.text
    assert "L2" not in shown.text
    verified = await house.auditor.type("audit verify")
    assert "✅" in verified.text

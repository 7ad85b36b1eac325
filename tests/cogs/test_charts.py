"""Charts as people see them: a picture with its description, other spans, and refusals in words."""

import io

from PIL import Image

from tests.cogs.world import House, World


def picture_of(world: World, shown: object) -> Image.Image:
    message = shown.message  # type: ignore[attr-defined]
    stored = world.env.backend.get_message(message.channel_id, message.id)
    (attachment,) = stored.attachments
    return Image.open(io.BytesIO(world.env.backend.cdn.get(attachment["url"]) or b""))


async def test_a_chart_has_a_description_and_is_drawn_again_over_other_days_after_a_restart(
    world: World, house: House
) -> None:
    await house.employee.type("take", item="BOLT-8", quantity="4", location="Shelf A1")
    shown = await house.employee.type("chart", kind="level", item="bolt-8")
    assert picture_of(world, shown).width == 1120
    message = world.env.backend.get_message(shown.message.channel_id, shown.message.id)
    said = "lowest 0 pcs"
    assert said in str(message.components)
    assert "to 10 pcs" in shown.text
    await world.restart()
    again = await house.employee.press(shown, "30 days")
    assert picture_of(world, again).format == "PNG"
    assert "highest 10 pcs" in again.text


async def test_each_kind_is_drawn(world: World, house: House) -> None:
    await house.employee.type("take", item="BOLT-8", quantity="4", location="Shelf A1")
    for kind in ("moves", "abc", "value"):
        shown = await house.manager.type("chart", kind=kind)
        assert picture_of(world, shown).format == "PNG", kind
    ranked = await house.employee.type("chart", kind="abc", location="Shelf A1")
    assert "BOLT-8 most (4 pcs, 100.0 %)" in ranked.text
    forged = await house.manager.send("chart", kind="abc", days=10**9)
    assert picture_of(world, forged).format == "PNG"
    moved = await house.employee.type("chart", kind="moves", item="BOLT-8")
    assert "In: 14 pcs" in moved.text
    assert "Out: 4 pcs, most in the week of" in moved.text
    all_moves = await house.employee.type("chart", kind="moves")
    assert "Out: 1 move, most in the week of" in all_moves.text
    assert "(1 move)" in all_moves.text
    assert "together" not in ranked.text
    await house.employee.type("undo")
    assert "Out: 0 pcs" in (await house.employee.type("chart", kind="moves", item="BOLT-8")).text


async def test_what_cannot_be_drawn_is_said(world: World, house: House) -> None:
    world.clock.advance(days=40)
    async with world.unchanged():
        for options, said in (
            ({"kind": "level"}, "Name it in the option `item`"),
            ({"kind": "price"}, "Name it in the option `item`"),
            ({"kind": "abc", "item": "BOLT-8"}, "Leave out `item`"),
            ({"kind": "price", "item": "BOLT-8", "location": "Shelf A1"}, "Leave out `location`"),
            ({"kind": "price", "item": "BOLT-8"}, "**BOLT-8** has fewer than two prices. Set one"),
            (
                {"kind": "level", "item": "BOLT-8", "days": 20},
                "moved in 20 days: **BOLT-8**. Ask",
            ),
        ):
            refused = await house.manager.type("chart", **options)
            assert said in refused.text
            assert not refused.message.attachments
        for kind in ("price", "value"):
            refused = await house.employee.type("chart", kind=kind, item="BOLT-8")
            assert "`price.view`" in refused.text

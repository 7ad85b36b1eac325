import io

import pytest
from PIL import Image

from tests.cogs.world import House, World


def picture(side: int = 60) -> tuple[str, bytes]:
    file = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(file, "PNG")
    return "nut.png", file.getvalue()


@pytest.mark.both_engines
async def test_a_picture_is_shown_with_its_item_and_removed(house: House) -> None:
    added = await house.manager.type("item add", sku="NUT-8", name="Nut", image=picture())
    assert added.lines[-2].startswith("picture: ")
    shown = await house.viewer.type("item show", item="NUT-8")
    (attached,) = shown.message.attachments
    assert attached.filename.endswith(".webp")
    assert "Remove picture" not in shown.buttons
    shown = await house.manager.type("item show", item="NUT-8")
    removed = await house.manager.press(shown, "Remove picture")
    assert removed.lines[1].endswith("→ none")
    shown = await house.manager.type("item show", item="NUT-8")
    assert not shown.message.attachments


async def test_a_file_that_is_no_picture_is_refused(world: World, house: House) -> None:
    async with world.unchanged():
        broken = ("nut.png", b"%PDF-1.7")
        refused = await house.manager.type("item edit", item="BOLT-8", image=broken)
    assert refused.text == "I cannot read that file as a picture. Send a JPEG, PNG, WebP or GIF."

from tests.cogs.world import House, World

PACK, PIECE = "4000000000006", "4000000000013"


async def test_a_unit_is_set_used_and_named_when_another_is_refused(
    world: World, house: House
) -> None:
    added = await house.manager.type("item unit", item="BOLT-8", unit="box", factor="50")
    assert added.lines == ["✅ Set a unit of **BOLT-8**", "1 box: 50", f"`#{added.record}`"]
    put = await house.employee.type("put", item="BOLT-8", quantity="2 boxes", location="Shelf A1")
    assert put.lines[0] == "✅ Put **100 pcs** (2 box) of **BOLT-8** Bolt 8 mm"
    again = await house.employee.press(put, "Again")
    assert again.lines[0] == "✅ Put **100 pcs** of **BOLT-8** Bolt 8 mm"
    async with world.unchanged():
        crate = await house.employee.type("take", item="BOLT-8", quantity="1 crate")
        third = await house.manager.type(
            "item unit", item="BOLT-8", unit="third", factor="1,0000001"
        )
    assert crate.text == (
        "**BOLT-8** is counted in pcs or box, not in crate. Write the quantity again."
    )
    assert third.text == "The factor takes at most 6 decimals, for example `2.125`."
    shown = await house.viewer.type("item show", item="BOLT-8")
    assert "Units: 1 box = 50 pcs" in shown.description


async def test_a_barcode_works_wherever_an_item_is_typed(house: House) -> None:
    await house.manager.type("item unit", item="BOLT-8", unit="box", factor="50")
    await house.manager.type("item barcode", item="BOLT-8", code=PIECE)
    code = await house.manager.type("item barcode", item="BOLT-8", code=PACK, unit="box")
    assert code.lines[1] == f"barcode {PACK}: 1 box"
    put = await house.employee.type("put", item=PACK, location="Shelf A1")
    assert put.lines[0] == "✅ Put **50 pcs** (1 box) of **BOLT-8** Bolt 8 mm"
    assert (await house.viewer.type("find", query=PIECE)).title == "BOLT-8"
    # The code of a pack is kept in the option, because its item's SKU would mean one piece.
    assert await house.employee.values("take", "item", PACK) == [PACK]
    assert await house.employee.values("take", "item", PIECE) == ["BOLT-8"]
    removed = await house.manager.type("item barcode", item="BOLT-8", code=PACK)
    assert removed.lines[1] == f"barcode {PACK}: 1 box → none"


async def test_a_merge_is_asked_about_first_and_undone(world: World, house: House) -> None:
    await house.manager.type("item add", sku="BOLT-9", name="Bolt", barcode=PIECE)
    await house.manager.type("put", item="BOLT-9", quantity="3", location="Shelf A1")
    async with world.unchanged():
        asked = await house.manager.type("item merge", item=PIECE, into="BOLT-8")
    assert asked.lines[1:3] == [
        "**3 pcs** at 1 location go over.",
        "1 barcode leads to **BOLT-8** then.",
    ]
    merged = await house.manager.press(asked, "Merge")
    assert "BOLT-8 · Shelf A1: 10 → 13 pcs" in merged.lines
    assert (await house.viewer.type("find", query=PIECE)).title == "BOLT-8"
    taken = await house.manager.type("item add", sku="bolt-9", name="Bolt")
    assert taken.text.startswith("**BOLT-9** was merged into **BOLT-8**.")
    await house.manager.press(merged, "Undo")
    assert (await house.viewer.type("find", query=PIECE)).title == "BOLT-9"
    assert await house.level("BOLT-8", "Shelf A1") == 10
    assert (await house.auditor.type("audit verify")).text.startswith("✅")

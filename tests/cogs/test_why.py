from tests.cogs.test_record_links import address
from tests.cogs.world import House, World


async def test_every_move_of_a_figure_is_shown_with_the_figure_before_and_after(
    world: World, house: House
) -> None:
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    taken = await house.employee.type("take", item="BOLT-8", quantity="3", location="Shelf A1")
    moved = await house.employee.type("move", item="BOLT-8", quantity="2", **ends)
    await world.tell_audit()
    found = await house.auditor.type("find", query="BOLT-8")
    why = await house.auditor.press(found, "Why?")
    assert why.title == "Why? · BOLT-8"
    lines = why.description.splitlines()
    assert lines[:2] == [
        "**11 pcs** on hand = 11 available.",
        "Chain: no day was closed yet; not checked here.",
    ]
    assert f"[`#{taken.record}`]({address(house, taken.record)})" in lines[2]
    assert f"<@{house.employee.id}> took 3 pcs · **14 → 11** · Shelf A1 → _out_" in lines[2]
    assert "**10 → 14**" in lines[3]
    assert "**0 → 10**" in lines[4]
    assert lines[5] == "-# This is the first record of it."

    levels = await house.auditor.press(why, "By location")
    shelf = await house.auditor.press_row(levels, "Shelf A1")
    assert shelf.title == "Why? · BOLT-8 · Shelf A1"
    lines = shelf.description.splitlines()
    assert lines[0] == "**5 pcs** = what came in less what went out, in the records below."
    assert [line.split("**")[1] for line in lines[2:5]] == ["7 → 5", "10 → 7", "0 → 10"]
    assert f"#{moved.record}" in lines[2]


async def test_a_location_with_others_inside_has_a_figure_of_all_of_them(house: House) -> None:
    await house.manager.type("location edit", location="Shelf B2", parent="Shelf A1")
    await house.employee.type("take", item="BOLT-8", location="Shelf B2")
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    await house.employee.type("move", item="BOLT-8", quantity="2", **ends)
    shown = await house.viewer.type("location show", location="Shelf A1")
    chosen = await house.viewer.press(shown, "Why?")
    why = await house.viewer.press_row(chosen, "BOLT-8")
    assert why.title == "Why? · BOLT-8 · Shelf A1 and inside"
    lines = why.description.splitlines()
    assert [line.split("**")[1] for line in lines[2:5]] == ["14 → 13", "10 → 14", "0 → 10"]


async def test_what_is_reserved_names_the_requests(house: House) -> None:
    await house.employee.type("request new", **{"for": "Jo"}, lines="BOLT-8 3")
    found = await house.viewer.type("find", query="BOLT-8")
    why = await house.viewer.press(found, "Why?")
    lines = why.description.splitlines()
    assert lines[:2] == [
        "**14 pcs** on hand = 11 available + 3 reserved.",
        "Reserved: R-1 Jo 3",
    ]
    reserved = await house.viewer.press(why, "Reserved")
    assert reserved.description.startswith("**3 pcs** reserved by 1 line of requests.")
    assert f"<@{house.employee.id}> **R-1** Jo · **3 pcs**" in reserved.description


async def test_the_records_of_a_figure_are_turned_to_the_first_and_back_after_a_restart(
    world: World, house: House
) -> None:
    for _ in range(22):
        await house.employee.type("put", item="BOLT-8", location="Shelf A1")
    why = await house.viewer.press(await house.viewer.type("find", query="BOLT-8"), "Why?")
    await world.restart()
    pages = [why]
    while "Next ▶" in pages[-1].buttons:
        # What is written meanwhile changes no older page.
        await house.employee.type("take", item="BOLT-8", location="Shelf A1")
        pages.append(await house.viewer.press(pages[-1], "Next ▶"))
    steps = [
        line.split("**")[1]
        for page in pages
        for line in page.description.splitlines()
        if " · **" in line
    ]
    assert steps == [*(f"{n} → {n + 1}" for n in range(35, 13, -1)), "10 → 14", "0 → 10"]
    back = await house.viewer.press(pages[-1], "◀ Previous")
    assert back.description.splitlines()[2:] == pages[-2].description.splitlines()[2:]


async def test_the_books_are_checked_when_asked_and_the_next_page_says_so(house: House) -> None:
    why = await house.auditor.press(await house.auditor.type("find", query="BOLT-8"), "Why?")
    assert (await house.auditor.press(why, "Check now")).text.startswith("✅ Verified: #1 to #7")
    at = int(house.world.clock.now.timestamp())
    why = await house.viewer.press(await house.viewer.type("find", query="BOLT-8"), "Why?")
    assert f"Chain: checked up to #7 <t:{at}:R>: intact." in why.text
    assert "Check now" not in why.buttons

"""What people type that cannot be meant: a private sentence, and nothing changes."""

from typing import Any

from tests.cogs.world import House, World

# One value a reason: tests/domain has the others.
NOT_QUANTITIES = {
    "-1": "The quantity must be more than zero.",
    "1.2345": "The quantity takes at most 3 decimals, for example `2.125`.",
    "9" * 40: "The quantity can be 999999999.999 at most.",
    "9" * 6000: "as a number",
    "3 4": "as a number",
    "1,000": "can be read as 1000 or as 1.",
}
BAD_NAMES = {
    "x" * 6000: "too long",
    "   ": "cannot be empty",
    "<@&1>": "cannot contain Discord mentions",
    "ab\u202ecd": "invisible",
}
HIDING = "ab\u202ecd"


async def test_no_other_quantity_moves_stock(world: World, house: House) -> None:
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    others: tuple[tuple[str, dict[str, str]], ...] = (
        ("put", {"location": "Shelf A1"}),
        ("take", {}),
        ("move", ends),
    )
    async with world.unchanged():
        for typed, words in NOT_QUANTITIES.items():
            answer = await house.employee.type(
                "take", item="BOLT-8", quantity=typed, location="Shelf A1"
            )
            assert words in answer.text, typed[:50]
        for command, options in others:
            answer = await house.employee.type(command, item="BOLT-8", quantity="NaN", **options)
            assert "as a number" in answer.text, command
        for typed, words in {
            "3 kg": "**BOLT-8** is counted in pcs, not in kg.",
            "1.5": "whole pcs",
        }.items():
            for command, options in others:
                answer = await house.employee.type(
                    command, item="BOLT-8", quantity=typed, **options
                )
                assert words in answer.text, command


async def test_nothing_else_can_be_counted(world: World, house: House) -> None:
    options = {"item": "BOLT-8", "location": "Shelf A1", "reason": "counted"}
    async with world.unchanged():
        for typed in NOT_QUANTITIES:
            answer = await house.manager.type("adjust", counted=typed, **options)
            assert answer.text.startswith(("The counted ", "Write the counted ")), typed[:50]


async def test_nothing_else_is_a_reorder_point(world: World, house: House) -> None:
    async with world.unchanged():
        for typed in NOT_QUANTITIES:
            answer = await house.manager.type("item edit", item="BOLT-8", reorder_point=typed)
            assert "reorder point" in answer.text, typed[:50]


async def test_names_are_what_people_can_read(world: World, house: House) -> None:
    fields: tuple[tuple[str, dict[str, str], str], ...] = (
        ("item add", {"sku": "FINE"}, "name"),
        ("item add", {"sku": "FINE", "name": "Fine"}, "unit"),
        ("item edit", {"item": "BOLT-8"}, "sku"),
        ("item edit", {"item": "BOLT-8"}, "name"),
        ("location add", {}, "name"),
        ("location rename", {"location": "Shelf A1"}, "name"),
    )
    async with world.unchanged():
        for typed, words in BAD_NAMES.items():
            answer = await house.manager.type("item add", name="Fine", sku=typed)
            assert words in answer.text, typed[:50]
            assert len(answer.text) < 120
        for command, options, field in fields:
            answer = await house.manager.type(command, **options, **{field: HIDING})
            assert "invisible" in answer.text, (command, field)


async def test_what_is_looked_for_may_be_anything_and_breaks_nothing(
    world: World, house: House
) -> None:
    commands: tuple[tuple[str, dict[str, str], str], ...] = (
        ("item show", {}, "item"),
        ("find", {}, "query"),
        ("item list", {}, "query"),
        ("take", {"location": "Shelf A1"}, "item"),
        ("take", {"item": "BOLT-8"}, "location"),
        ("history", {}, "item"),
        ("item archive", {}, "item"),
        ("location show", {}, "location"),
        ("location add", {"name": "Fine"}, "parent"),
        ("settings set", {"key": "timezone"}, "value"),
        ("settings set", {"key": "currency"}, "value"),
        ("settings set", {"key": "undo_minutes"}, "value"),
        ("settings set", {"key": "default_role"}, "value"),
    )
    async with world.unchanged():
        for command, options, field in commands:
            for typed in ("x" * 6000, "<@&1>", "\u3164"):
                answer = await house.admin.type(command, **options, **{field: typed})
                assert "reference" not in answer.text, (command, typed[:50])
                assert len(answer.text) < 250


async def test_a_note_is_readable_and_short(world: World, house: House) -> None:
    ends = {"from": "Shelf A1", "to": "Shelf B2", "quantity": "1"}
    place = {"location": "Shelf A1"}
    commands: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("take", place, "note"),
        ("put", place, "note"),
        ("move", ends, "note"),
        ("adjust", place | {"counted": "1"}, "reason"),
    )
    async with world.unchanged():
        for command, options, field in commands:
            for typed, words in ((HIDING, "invisible"), ("x" * 6000, "too long")):
                answer = await house.manager.send(
                    command, item="BOLT-8", **options, **{field: typed}
                )
                assert words in answer.text, (command, typed[:50])


async def test_a_note_that_hides_something_is_refused_when_the_place_is_chosen(
    world: World, house: House
) -> None:
    async with world.unchanged():
        asked = await house.employee.send("take", item="BOLT-8", note=HIDING)
        if asked.buttons:
            asked = await house.employee.press(asked, "Shelf A1 · 10 pcs")
        assert asked.text.startswith("The note ")


async def test_unknown_record_numbers_are_refused(world: World, house: House) -> None:
    async with world.unchanged():
        for number in ("4711", "#4711", str(2**53 - 1)):
            answer = await house.manager.send("undo", record=number)
            assert answer.text == f"There is no record #{number.strip('#')}."
        for text in ("0", "-1", "BOLT-8", str(2**53)):
            answer = await house.manager.send("undo", record=text)
            assert answer.text == "Write the record's number, such as `41`."


async def test_a_role_that_was_deleted_meanwhile_is_refused(world: World, house: House) -> None:
    async with world.unchanged():
        answer = await house.admin.send("role bind", discord_role="4711", role="viewer")
        assert answer.text == "This Discord role no longer exists."
        answer = await house.admin.send("role unbind", discord_role="4711", role="viewer")
        assert answer.text == "That Discord role does not grant the role **viewer**."
        answer = await house.admin.send("setup", manager_role="4711")
    assert answer.text == "This Discord role no longer exists."


async def test_a_choice_that_was_not_offered_is_refused(world: World, house: House) -> None:
    told: dict[str, Any] = {"channel": str(house.channel.id), "kind": "nonsense"}
    commands: tuple[tuple[str, dict[str, Any]], ...] = (
        ("report show", {"kind": "nonsense"}),
        ("report show", {"kind": "low", "format": "nonsense"}),
        ("report schedule", told | {"every": "day"}),
        ("board create", told),
        ("chart", {"kind": "nonsense"}),
        ("order list", {"status": "nonsense"}),
    )
    async with world.unchanged():
        for command, options in commands:
            answer = await house.manager.send(command, **options)
            assert answer.text == "There is no choice **nonsense**. Pick one from the list."


async def test_an_option_that_this_version_does_not_know_is_refused(
    world: World, house: House
) -> None:
    async with world.unchanged():
        answer = await house.manager.send("item archive", known_to_nobody="x")
    assert answer.text == "This command has changed. Restart Discord to see its current form."
    world.expect_errors()


async def test_a_command_that_this_version_does_not_know_is_refused(
    world: World, house: House
) -> None:
    async with world.unchanged():
        answer = await house.manager.send_unknown("pallet")
    assert answer.text.startswith("I no longer have this command.")
    world.expect_errors()

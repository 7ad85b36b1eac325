"""What people type that cannot be meant: a private sentence, and nothing changes."""

from typing import Any

import pytest

from tests.cogs.world import House, World

NOT_QUANTITIES = {
    "0": "The quantity must be more than zero.",
    "-1": "The quantity must be more than zero.",
    "0.000": "The quantity must be more than zero.",
    "1.2345": "The quantity takes at most 3 decimals, for example `2.125`.",
    "9" * 40: "The quantity can be 999999999.999 at most.",
    "9" * 6000: "as a number",
    "1e999": "as a number",
    "1e3": "as a number",
    "NaN": "as a number",
    "Infinity": "as a number",
    "": "as a number",
    "1,5": "as a number",
    "1 000": "as a number",
    "0x10": "as a number",
    "٣": "as a number",
    "3 pcs": "as a number",
    "1_000": "as a number",
    "*3*": "as a number",
}
BAD_NAMES = {
    "x" * 6000: "too long",
    "": "cannot be empty",
    "   ": "cannot be empty",
    "@everyone": "cannot contain Discord mentions",
    "the @here crew": "cannot contain Discord mentions",
    "<@1>": "cannot contain Discord mentions",
    "<@&1>": "cannot contain Discord mentions",
    "<#1>": "cannot contain Discord mentions",
    "<t:0:R>": "cannot contain Discord mentions",
    "<:a:1>": "cannot contain Discord mentions",
    "</take:1>": "cannot contain Discord mentions",
    "ab\u202ecd": "invisible",
    "ab\u200bcd": "invisible",
    "\u200b": "invisible",
    "ab\u0000cd": "invisible",
    "\u3164": "invisible",
    "e\u0301\u0301\u0301\u0301\u0301": "invisible",
}
BAD_TEXTS = {name: words for name, words in BAD_NAMES.items() if words in {"too long", "invisible"}}


async def test_no_other_quantity_moves_stock(world: World, house: House) -> None:
    ends = {"from": "Shelf A1", "to": "Shelf B2"}
    async with world.unchanged():
        for typed, words in NOT_QUANTITIES.items():
            for command, options in (
                ("take", {"location": "Shelf A1"}),
                ("put", {"location": "Shelf A1"}),
                ("take", {}),
                ("move", ends),
            ):
                answer = await house.employee.type(
                    command, item="BOLT-8", quantity=typed, **options
                )
                assert words in answer.text, (command, typed[:50])


async def test_nothing_else_can_be_counted(world: World, house: House) -> None:
    options = {"item": "BOLT-8", "location": "Shelf A1", "reason": "counted"}
    async with world.unchanged():
        for typed in NOT_QUANTITIES.keys() - {"0", "0.000"}:
            answer = await house.manager.type("adjust", counted=typed, **options)
            assert answer.text.startswith(("The counted ", "Write the counted ")), typed[:50]


async def test_nothing_else_is_a_reorder_point(world: World, house: House) -> None:
    async with world.unchanged():
        for typed in NOT_QUANTITIES.keys() - {"0", "0.000"}:
            answer = await house.manager.type("item edit", item="BOLT-8", reorder_point=typed)
            assert "reorder point" in answer.text, typed[:50]


@pytest.mark.parametrize(
    ("command", "options", "field"),
    [
        ("item add", {"name": "Fine"}, "sku"),
        ("item add", {"sku": "FINE"}, "name"),
        ("item add", {"sku": "FINE", "name": "Fine"}, "unit"),
        ("item edit", {"item": "BOLT-8"}, "sku"),
        ("item edit", {"item": "BOLT-8"}, "name"),
        ("location add", {}, "name"),
        ("location rename", {"location": "Shelf A1"}, "name"),
    ],
)
async def test_names_are_what_people_can_read(
    world: World, house: House, command: str, options: dict[str, str], field: str
) -> None:
    async with world.unchanged():
        for typed, words in BAD_NAMES.items():
            answer = await house.manager.type(command, **options, **{field: typed})
            assert words in answer.text, typed[:50]
            assert len(answer.text) < 120


@pytest.mark.parametrize(
    ("command", "options", "field"),
    [
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
    ],
)
async def test_what_is_looked_for_may_be_anything_and_breaks_nothing(
    world: World, house: House, command: str, options: dict[str, str], field: str
) -> None:
    async with world.unchanged():
        for typed in BAD_NAMES:
            if command == "item list" and not typed.strip():
                continue
            answer = await house.admin.type(command, **options, **{field: typed})
            assert "reference" not in answer.text, typed[:50]
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
            for typed, words in BAD_TEXTS.items():
                answer = await house.manager.send(
                    command, item="BOLT-8", **options, **{field: typed}
                )
                assert words in answer.text, (command, typed[:50])


async def test_a_note_that_hides_something_is_refused_when_the_place_is_chosen(
    world: World, house: House
) -> None:
    async with world.unchanged():
        for note in BAD_TEXTS:
            asked = await house.employee.send("take", item="BOLT-8", note=note)
            if asked.buttons:
                asked = await house.employee.press(asked, "Shelf A1 · 10 pcs")
            assert asked.text.startswith("The note ")


async def test_record_numbers_that_nobody_was_given_are_refused(world: World, house: House) -> None:
    async with world.unchanged():
        for number in ("4711", "#4711", str(2**53 - 1)):
            answer = await house.manager.send("undo", record=number)
            assert answer.text == f"There is no record #{number.strip('#')}."
        for text in ("0", "-1", "BOLT-8", str(2**53)):
            answer = await house.manager.send("undo", record=text)
            assert answer.text == "Write the record's number, such as `41`."


async def test_a_role_that_was_deleted_meanwhile_is_refused(world: World, house: House) -> None:
    async with world.unchanged():
        for command in ("role bind", "role unbind"):
            answer = await house.admin.send(command, discord_role="4711", role="viewer")
            assert "That Discord role does not" in answer.text
        answer = await house.admin.send("setup", manager_role="4711")
    assert answer.text == "This Discord role no longer exists."


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

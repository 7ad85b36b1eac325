"""User text in answers, lists and audit lines: shown as it was typed, and it does nothing."""

import re

import pytest

from tests.cogs.phones import Answer, require_silent
from tests.cogs.world import House, World
from tests.views.markdown import live_around, live_markup, seen

NAME = r"*_~|>#[x](http://y) `c` \ ||s|| - 1. y"
NOTE = "*_~|>#[x](http://y)@everyone<@1> <#2> <t:0:R> @here </take:1> http://z"
# What the bot itself writes, after which nothing may be left that does anything.
OWN = re.compile(r"\*\*|`#\d+`|<t:\d+:\w>|<@\d{15,}>|_(?:supplier|out)_|✅|Note:")


def require_plain(text: str, *typed: str) -> None:
    """Check that a text shows what was typed, and that none of it is live."""
    for words in typed:
        assert words in seen(text)
        for line in text.splitlines():
            if words in seen(line):
                assert not live_around(OWN, line), line


@pytest.fixture
async def named(house: House) -> House:
    """The guild with an item, two places and a move that are named like an attack."""
    for field in ("sku", "name", "unit"):
        assert len(NAME) <= 40, field
    await house.manager.type("item add", sku=NAME, name=f"N {NAME}", unit="b[b](c)")
    await house.manager.type("location add", name=f"From {NAME}")
    await house.manager.type("location add", name=f"To {NAME}", parent=f"From {NAME}")
    await house.manager.type("put", item=NAME, quantity="5", location=f"From {NAME}", note=NOTE)
    return house


async def test_answers_show_it_as_it_was_typed(named: House) -> None:
    ends = {"from": f"From {NAME}", "to": f"To {NAME}"}
    moved = await named.employee.type("move", item=NAME, quantity="2", note=NOTE, **ends)
    require_plain(moved.content, NAME, f"From {NAME}", f"To {NAME}", NOTE)
    short = await named.employee.type("take", item=NAME, quantity="9", location=f"To {NAME}")
    assert seen(short.text) == (
        f"From {NAME} › To {NAME} holds 2 b[b](c) of {NAME}; you asked for 9. From {NAME} holds 3."
    )


@pytest.mark.both_engines
async def test_what_is_shown_can_be_copied_and_typed_back(house: House) -> None:
    """T07, T08."""
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    for sku in ("-12V", "> 9", persian):
        added = await house.manager.type("item add", sku=sku, name=f"N {sku}")
        copied = seen(added.lines[1]).removeprefix("SKU: ")
        shown = await house.viewer.type("find", query=copied)
        for again in (
            copied,
            seen(shown.title),
            f"\u2068{sku}\u2069\ufeff",
            sku.replace("\u200c", ""),
        ):
            await house.employee.type("put", item=again, location="Shelf A1")
        assert await house.level(sku, "Shelf A1") == 4, sku


async def test_looking_things_up_shows_it_as_it_was_typed(named: House) -> None:
    for shown in (
        await named.viewer.type("item show", item=NAME),
        await named.viewer.type("find", query=NAME),
        await named.viewer.type("location show", location=f"From {NAME}"),
        await named.viewer.type("item list"),
        await named.viewer.type("location list"),
        await named.viewer.type("item list", query=NAME[:4]),
        await named.viewer.type("history", item=NAME),
    ):
        require_plain(shown.title + "\n" + shown.description, NAME[:4])
        assert NAME in seen(shown.text) or f"From {NAME}" in seen(shown.text)


async def test_refusals_show_it_as_it_was_typed(world: World, named: House) -> None:
    async with world.unchanged():
        answers: list[Answer] = [
            await named.viewer.type("find", query="No " + NAME),
            await named.manager.type("item add", sku=NAME, name="Other"),
            await named.manager.type("item archive", item=NAME),
            await named.manager.type("location archive", location=f"From {NAME}"),
            await named.manager.type("item edit", item=NAME, unit="box"),
            await named.manager.type("item show", item=NAME + "y"),
        ]
    for answer in answers:
        # A footer shows text as it is.
        require_plain(answer.content + answer.description, NAME)


async def test_audit_lines_show_it_and_mention_no_one(world: World, named: House) -> None:
    await named.manager.type("item edit", item=NAME, name=f"New {NAME}")
    await world.tell_audit()
    lines = named.audit_lines()
    assert NOTE in seen(lines[-2])
    assert f"N {NAME} → New {NAME}" in seen(lines[-1])
    for line in lines[-5:]:
        assert not live_around(OWN, line), line
    channel = named.guild.channels["audit"]
    for stored in world.env.backend.messages[channel.id].values():
        require_silent(stored)


async def test_a_link_cannot_be_pieced_together_from_two_names(world: World, house: House) -> None:
    await house.manager.type("location add", name="[win")
    await house.manager.type("location add", name="](//y)")
    await house.manager.type("put", item="BOLT-8", location="[win", note="](http://y)")
    ends = {"from": "[win", "to": "](//y)"}
    moved = await house.employee.type("move", item="BOLT-8", quantity="1", note="](x)", **ends)
    await world.tell_audit()
    for text in (moved.content, house.audit_lines()[-1], house.audit_lines()[-2]):
        assert "link" not in live_markup(text)


async def test_labels_of_buttons_hold_long_names(house: House) -> None:
    await house.manager.type("location add", name="x" * 60)
    await house.manager.type("put", item="BOLT-8", quantity="999999999", location="x" * 60)
    asked = await house.colleague.type("take", item="BOLT-8")
    assert "x" * 40 in next(iter(asked.buttons))
    assert next(iter(asked.buttons)).endswith("999999999 pcs")

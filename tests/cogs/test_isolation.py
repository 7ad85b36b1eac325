"""Two guilds on one bot: neither ever sees a row, a number or a count of the other's."""

import pytest

from bot.database.models import AuditEvent
from tests.cogs.world import House, World
from tests.database.books import rows_of

SECRET = ("SECRET", "Secret thing", "Hidden shelf")


@pytest.fixture
async def theirs(world: World, house: House) -> House:
    """Another guild, with things that the first has not; `house` was opened before it."""
    assert house.guild.id
    other = await world.open_house("Other")
    await other.manager.type("item add", sku=SECRET[0], name=SECRET[1])
    await other.manager.type("location add", name=SECRET[2])
    await other.manager.type("put", item=SECRET[0], quantity="5", location=SECRET[2])
    return other


async def test_record_numbers_count_within_a_guild(house: House, theirs: House) -> None:
    ours = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    assert ours.record == 8
    assert (await theirs.employee.type("take", item="BOLT-8", location="Shelf A1")).record == 11
    for guild, count in ((house, 8), (theirs, 11)):
        events = await rows_of(house.world.db, AuditEvent, guild.guild.id)
        assert [event.record for event in events] == list(range(1, count + 1))


async def test_one_guilds_stock_is_not_the_others(house: House, theirs: House) -> None:
    before = await theirs.levels()
    await house.employee.type("take", item="BOLT-8", quantity="10", location="Shelf A1")
    assert await theirs.levels() == before
    shown = await theirs.viewer.type("item show", item="BOLT-8")
    assert "**14 pcs** in stock" in shown.description


@pytest.mark.both_engines
async def test_no_answer_shows_anything_of_the_other(house: House, theirs: House) -> None:
    for answer in (
        await house.manager.type("item list"),
        await house.manager.type("item list", query="secret"),
        await house.manager.type("location list"),
        await house.manager.type("history"),
        await house.manager.type("find", query="BOLT-8"),
        await house.admin.type("settings show"),
        await house.admin.type("role list"),
    ):
        for word in SECRET:
            assert word not in answer.text
        for role in theirs.roles.values():
            assert str(role.id) not in answer.text
    assert "7 records" in (await house.admin.type("settings show")).description


async def test_no_error_tells_of_the_other(world: World, house: House, theirs: House) -> None:
    assert await theirs.records() == 10
    async with world.unchanged():
        for command, options in (
            ("item show", {"item": "SECRET"}),
            ("item archive", {"item": "secret thing"}),
            ("location show", {"location": "Hidden shelf"}),
            ("find", {"query": "secret"}),
            ("take", {"item": "SECRET", "location": "Shelf A1"}),
            ("take", {"item": "BOLT-8", "location": "Hidden shelf"}),
            ("undo", {"record": "10"}),
        ):
            answer = await house.manager.type(command, **options)
            assert answer.text.startswith("There is no "), command
            assert "Did you mean" not in answer.text


async def test_the_same_names_are_free_in_either(house: House, theirs: House) -> None:
    assert await theirs.records() == 10
    added = await house.manager.type("item add", sku=SECRET[0], name=SECRET[1])
    assert added.text.startswith("✅")


async def test_a_role_of_one_guild_opens_nothing_in_the_other(
    world: World, house: House, theirs: House
) -> None:
    manager_there = theirs.join_as(house.manager)
    async with world.unchanged():
        for command in ("item list", "history", "settings show"):
            answer = await manager_there.type(command)
            assert answer.text.startswith("You don't have permission")
    assert await manager_there.values("take", "item") == []


async def test_ones_newest_record_is_that_of_this_guild(house: House, theirs: House) -> None:
    there = theirs.join_as(house.employee, "employee")
    await there.type("take", item="BOLT-8", location="Shelf A1")
    answer = await house.employee.type("undo")
    assert answer.text == "You have no stock record that could be undone."
    asked = await house.employee.type("take", item="BOLT-8")
    assert asked.text.startswith("Where do you take")


@pytest.mark.both_engines
async def test_each_audit_channel_hears_of_its_own_guild(house: House, theirs: House) -> None:
    await house.world.tell_audit()
    ours, others = "\n".join(house.audit_lines()), "\n".join(theirs.audit_lines())
    assert "SECRET" in others
    assert "SECRET" not in ours
    assert (len(house.audit_lines()), len(theirs.audit_lines())) == (7, 10)

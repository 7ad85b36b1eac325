import bot.cogs
from bot.interactions.registers import load_modules
from bot.views.command_rights import list_commands
from bot.views.help import TOPICS
from tests.cogs.world import House, World
from tests.permission_lines import COMMANDS as LINES
from tests.permission_lines import NOT_DEACTIVATED


def test_the_rights_that_help_goes_by_are_those_that_count() -> None:
    load_modules(bot.cogs)
    told = {each.name: each.needs for topic in TOPICS for each in list_commands(topic)}
    counting = {
        name: line.needs.replace(NOT_DEACTIVATED, "")
        for name, line in LINES.items()
        if " · " not in name and name != "help"
    }
    assert told == counting
    assert [topic for topic in TOPICS if not list_commands(topic)] == []


async def test_help_shows_what_this_very_person_can_do(house: House) -> None:
    employee = (await house.employee.type("help")).text
    assert "`/take`" in employee
    assert "`/adjust`" not in employee
    manager = (await house.manager.type("help")).text
    assert "`/adjust`" in manager
    assert "`/role create`" not in manager
    owner = (await house.owner.type("help")).text
    assert "`/role create`" in owner
    assert "press **Make me admin** in `/setup`" in owner


async def test_a_topic_says_how_each_command_is_typed(house: House) -> None:
    page = await house.employee.type("help", topic="floor")
    assert "`/take item [quantity] [location] [lot] [note]`" in page.text
    assert "/adjust" not in page.text
    menu = next(
        c["custom_id"]
        for box in page.message.components
        for row in box["components"]
        for c in row.get("components", [])
    )
    other = await house.employee.choose(page, "suppliers", custom_id=menu)
    assert "/supplier propose name" in other.text
    assert "/supplier suspend" not in other.text


async def test_help_works_before_the_setup_and_for_strangers(world: World, house: House) -> None:
    bare = House(world, "Bare")
    async with world.unchanged():
        assert "Run `/setup` first." in (await bare.owner.type("help")).text
        stranger = (await bare.stranger.type("help")).text
        assert "The server's owner or an administrator runs `/setup`." in stranger
        asked = (await house.stranger.type("help")).text
        assert "Type `/my register` to get it." in asked
        assert "`/my register`" in asked
        assert "`/take`" not in asked

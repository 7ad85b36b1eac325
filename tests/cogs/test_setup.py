import discord
import pytest

from bot.database.models import AuditEvent
from tests.cogs.world import House, World
from tests.database.books import rows_of


@pytest.fixture
def bare(world: World) -> House:
    """A guild where nothing was set up."""
    return House(world, "Bare")


def readers(house: House, name: str) -> set[str]:
    """Return the Discord roles that see a channel; `@everyone` is one of them."""
    channel = house.bot_guild.get_channel(house.guild.channels[name].id)
    assert channel is not None
    return {
        role.name
        for role in house.bot_guild.roles
        if not role.managed and channel.permissions_for(role).view_channel
    }


async def test_missing_channels_are_made_and_hidden(bare: House) -> None:
    answer = await bare.owner.type("setup")
    channels = bare.guild.channels
    assert {"audit", "approvals"} < set(channels)
    assert f"audit channel: <#{channels['audit'].id}>" in answer.lines
    assert f"approvals channel: <#{channels['approvals'].id}>" in answer.lines
    assert "I can see and write in both channels." in answer.lines
    assert "⚠️" not in answer.text
    assert readers(bare, "audit") == readers(bare, "approvals") == set()


async def test_those_who_read_the_books_see_the_channels(bare: House) -> None:
    await bare.owner.type("setup", **bare.picked("admin", "manager", "employee", "auditor"))
    assert readers(bare, "audit") == {"admin", "manager", "auditor"}
    assert readers(bare, "approvals") == {"admin", "manager"}


async def test_named_roles_bring_the_roles_of_the_books(bare: House) -> None:
    picked = bare.picked("admin", "manager", "employee", "auditor")
    answer = await bare.owner.type("setup", **picked)
    for name, role in picked.items():
        assert f"{name.replace('_', ' ')}: <@&{role.id}>" in answer.lines
    assert "✅" in (await bare.manager.type("item add", sku="NUT-8", name="Nut")).text
    assert (await bare.auditor.type("item list")).title == "Items"


async def test_that_everyone_who_registers_moves_stock_is_said_until_it_is_not_so(
    bare: House,
) -> None:
    answer = await bare.owner.type("setup", **bare.picked("admin"))
    assert "Every member who types `/my register` gets the role **employee**" in answer.text
    for value, is_said in (("viewer", False), ("employee", True), ("none", False)):
        await bare.owner.type("settings set", key="default_role", value=value)
        named = "admin" if value == "none" else "auditor"
        answer = await bare.owner.type("setup", **bare.picked(named, "manager"))
        assert ("`/my register`" in answer.text) == is_said, value


async def test_everything_is_one_record(bare: House) -> None:
    await bare.owner.type("setup", **bare.picked("admin", "manager"))
    assert await bare.records() == 1


async def test_named_channels_are_used(bare: House) -> None:
    audit = bare.guild.create_text_channel("log", overwrites=bare.hidden())
    approvals = bare.guild.create_text_channel("yes-or-no", overwrites=bare.hidden())
    answer = await bare.owner.type("setup", audit_channel=audit, approvals_channel=approvals)
    assert set(bare.guild.channels) == {"floor", "log", "yes-or-no"}
    assert "⚠️" not in answer.text
    await bare.world.tell_audit()
    assert audit.last_message is not None


async def test_a_second_run_reuses_the_channels_and_says_what_it_set(bare: House) -> None:
    await bare.owner.type("setup")
    before = set(bare.guild.channels)
    answer = await bare.owner.type("setup", **bare.picked("manager"))
    assert set(bare.guild.channels) == before
    assert "audit channel" not in answer.lines[1]
    assert f"manager role: <@&{bare.roles['manager'].id}>" in answer.lines


async def test_a_channel_of_an_interrupted_run_is_found_again(world: World, bare: House) -> None:
    world.env.inject_error("POST", "/guilds/*/channels", status=403, code=50013)
    await bare.owner.type("setup")
    await bare.owner.type("setup")
    await world.restart()
    await bare.owner.type("setup")
    assert sorted(bare.guild.channels) == ["approvals", "audit", "floor"]


async def test_a_deleted_channel_is_made_anew(world: World, bare: House) -> None:
    await bare.owner.type("setup")
    old = bare.guild.channels["audit"].id
    world.env.backend.delete_channel(old)
    answer = await bare.owner.type("setup")
    assert f"audit channel: <#{old}> → <#{bare.guild.channels['audit'].id}>" in answer.lines


async def test_a_channel_that_everyone_sees_is_warned_of(bare: House) -> None:
    open_channel = bare.guild.create_text_channel("town-square")
    answer = await bare.owner.type("setup", audit_channel=open_channel)
    assert (
        f"⚠️ Everyone can see <#{open_channel.id}>. Hide it if that is not intended." in answer.lines
    )


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ("view_channel", "View Channel"),
        ("send_messages", "Send Messages"),
        ("embed_links", "Embed Links"),
        ("read_message_history", "Read Message History"),
    ],
)
async def test_what_the_bot_lacks_in_a_channel_is_said_in_words(
    bare: House, right: str, words: str
) -> None:
    me = bare.bot_guild.me
    overwrites = bare.hidden() | {me: discord.PermissionOverwrite(**{right: False})}
    channel = bare.guild.create_text_channel("log", overwrites=overwrites)
    answer = await bare.owner.type("setup", audit_channel=channel)
    lines = [
        line
        for line in answer.lines
        if line.startswith(f"⚠️ In <#{channel.id}> I need these permissions: ")
    ]
    assert words in lines[0]


async def test_without_manage_channels_one_is_told_what_to_do(world: World, bare: House) -> None:
    bare.forbid_the_bot("manage_channels")
    async with world.unchanged():
        answer = await bare.owner.type("setup")
    assert answer.text == (
        "There is no audit channel and I cannot create one. Give me the permission "
        "Manage Channels, or name a channel: `/setup audit_channel`."
    )
    named = bare.guild.create_text_channel("log", overwrites=bare.hidden())
    answer = await bare.owner.type("setup", audit_channel=named, approvals_channel=named)
    assert "I can see and write in both channels." in answer.lines


async def test_discord_failing_to_make_a_channel_changes_nothing(world: World, bare: House) -> None:
    world.env.inject_error("POST", "/guilds/*/channels", status=500)
    async with world.unchanged():
        answer = await bare.owner.type("setup")
    assert not answer.text.startswith("✅")
    assert "✅" in (await bare.owner.type("setup")).text


async def test_an_administrator_may_found_the_books_once(world: World, bare: House) -> None:
    founder = bare.join_administrator()
    async with world.unchanged():
        for person in (bare.stranger, bare.admin, bare.manager):
            refused = await person.type("setup")
            assert refused.text.startswith("You don't have permission")
    assert set(bare.guild.channels) == {"floor"}
    founded = await founder.type("setup", **bare.picked("admin", "manager"))
    assert founded.text.startswith("✅")
    async with world.unchanged():
        again = await founder.type("setup")
    assert again.text.startswith("You don't have permission")
    assert "✅" in (await bare.admin.type("setup", **bare.picked("employee"))).text


async def test_an_administrator_may_do_nothing_else_before(world: World, bare: House) -> None:
    founder = bare.join_administrator()
    async with world.unchanged():
        for command in ("settings show", "role list", "item list"):
            assert (await founder.type(command)).text.startswith("You don't have permission")


async def test_everyone_can_be_named_for_nothing_but_looking(world: World, bare: House) -> None:
    await bare.owner.type("setup")
    everyone = bare.guild.default_role
    async with world.unchanged():
        for name in ("admin", "manager", "employee", "auditor"):
            answer = await bare.owner.type("setup", **{f"{name}_role": everyone})
            assert answer.text == (
                f"The role **{name}** can do more than look, so everyone cannot have it."
            )


async def test_who_set_it_up_stands_in_the_record(world: World, bare: House) -> None:
    founder = bare.join_administrator()
    await founder.type("setup")
    (event,) = await rows_of(world.db, AuditEvent, bare.guild.id)
    assert (event.actor_id, event.action) == (founder.id, "guild.set_up")

from typing import Any

import discord
import pytest

from bot.database.models import AuditEvent
from tests.cogs.world import House, World
from tests.database.books import rows_of

MADE = {"audit", "approvals", "alerts", "requests"}


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
    assert set(channels) == MADE | {"floor"}
    for name in MADE:
        assert f"{name} channel: <#{channels[name].id}>" in answer.lines
        assert readers(bare, name) == set()
    assert "⚠️" not in answer.text


async def test_the_roles_that_read_the_books_see_the_channels(bare: House) -> None:
    answer = await bare.owner.type(
        "setup", **bare.picked("admin", "manager", "employee", "auditor")
    )
    assert readers(bare, "audit") == {"admin", "manager", "auditor"}
    assert readers(bare, "approvals") == {"admin", "manager"}
    for name in ("alerts", "requests"):
        assert readers(bare, name) == {"admin", "manager", "employee", "auditor"}
    assert "I can see and write in all channels." in answer.lines


async def test_people_read_the_audit_channel_and_do_not_write_in_it(bare: House) -> None:
    await bare.owner.type("setup", **bare.picked("manager"))
    manager = bare.bot_guild.get_role(bare.roles["manager"].id)
    assert manager is not None
    for name, may_write in (("audit", False), ("approvals", True)):
        channel = bare.bot_guild.get_channel(bare.guild.channels[name].id)
        assert channel is not None
        assert channel.permissions_for(manager).send_messages is may_write
        assert channel.permissions_for(bare.bot_guild.me).send_messages


async def test_roles_named_later_see_the_channels_that_were_made_before(bare: House) -> None:
    await bare.owner.type("setup")
    await bare.owner.type("setup", **bare.picked("manager"))
    assert readers(bare, "audit") == readers(bare, "approvals") == {"manager"}
    await bare.owner.type("role bind", discord_role=bare.roles["auditor"], role="auditor")
    assert readers(bare, "audit") == {"manager", "auditor"}
    assert readers(bare, "approvals") == {"manager"}
    await bare.owner.type("role unbind", discord_role=bare.roles["manager"], role="manager")
    assert readers(bare, "audit") == {"auditor"}
    assert readers(bare, "approvals") == set()


async def test_a_channel_follows_the_permissions_of_a_role(bare: House) -> None:
    await bare.owner.type("setup", **bare.picked("manager"))
    shown = await bare.owner.type("role permissions", role="manager")
    menu = await bare.owner.choose(shown, "server", custom_id="role:area:13")
    await bare.owner.choose(menu, custom_id="role:permit:13:server")
    assert readers(bare, "audit") == set()
    assert readers(bare, "approvals") == {"manager"}


async def test_a_binding_made_while_the_bot_was_away_shows_the_channel_at_its_start(
    world: World, bare: House
) -> None:
    await bare.owner.type("setup", **bare.picked("manager"))
    world.break_route("PATCH", "/channels/*", status=403, code=50013)
    await bare.owner.type("role bind", discord_role=bare.roles["auditor"], role="auditor")
    assert readers(bare, "audit") == {"manager"}
    shown = await bare.owner.type("settings show")
    channel, auditor = bare.guild.channels["audit"].id, bare.roles["auditor"].id
    assert f"⚠️ <@&{auditor}> should read <#{channel}> and cannot see it." in shown.description
    world.heal()
    await world.restart()
    await world.env.settle()
    assert readers(bare, "audit") == {"manager", "auditor"}


async def test_what_people_allowed_a_member_stays(bare: House) -> None:
    await bare.owner.type("setup")
    channel: Any = bare.bot_guild.get_channel(bare.guild.channels["audit"].id)
    member = discord.Object(bare.stranger.id, type=discord.Member)
    seen = discord.PermissionOverwrite(view_channel=True)
    strange = bare.bot_guild.get_role(bare.roles["viewer"].id)
    await channel.edit(overwrites=channel.overwrites | {member: seen, strange: seen})
    await bare.world.env.settle()
    await bare.owner.type("role bind", discord_role=bare.roles["auditor"], role="auditor")
    assert readers(bare, "audit") == {"auditor"}
    held = {each.id for each in channel.overwrites}
    assert bare.stranger.id in held


async def test_named_roles_bring_the_app_roles(bare: House) -> None:
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
        answer = await bare.owner.type("setup", **bare.picked("admin"))
        assert ("`/my register`" in answer.text) == is_said, value


async def test_a_role_named_again_is_added_and_replaces_only_when_the_person_says_so(
    bare: House,
) -> None:
    old, new = bare.roles["admin"], bare.roles["employee"]
    await bare.owner.type("setup", admin_role=old)
    answer = await bare.owner.type("setup", admin_role=new)
    assert f"admin role: <@&{old.id}> → <@&{old.id}>, <@&{new.id}>" in answer.lines
    await bare.world.tell_audit()
    assert bare.audit_lines()[-1].endswith(f"admin role: <@&{old.id}> → <@&{old.id}>, <@&{new.id}>")
    replaced = await bare.owner.press(answer, "Only @employee")
    assert f"admin role: <@&{old.id}>, <@&{new.id}> → <@&{new.id}>" in replaced.lines
    refused = await bare.admin.type("people list")
    assert refused.text.startswith("You don't have permission")


async def test_everything_is_one_record(bare: House) -> None:
    await bare.owner.type("setup", **bare.picked("admin", "manager"))
    assert await bare.records() == 1


async def test_a_setup_that_changes_nothing_makes_no_record_and_says_what_is_set_up(
    bare: House,
) -> None:
    picked = bare.picked("manager")
    await bare.owner.type("setup", **picked)
    async with bare.world.unchanged():
        answer = await bare.owner.type("setup", **picked)
        await bare.owner.type("setup")
    assert answer.lines[0] == "Nothing changed. This server is set up like this:"
    assert f"manager: <@&{bare.roles['manager'].id}>" in answer.lines
    audit = bare.guild.channels["audit"].id
    assert f"Audit channel: <#{audit}> · every change, line by line" in answer.lines


async def test_named_channels_are_used_and_left_as_they_are(bare: House) -> None:
    given = {
        f"{name}_channel": bare.guild.create_text_channel(f"our-{name}", overwrites=bare.hidden())
        for name in MADE
    }
    await bare.owner.type("setup", **given, **bare.picked("auditor"))
    assert set(bare.guild.channels) == {"floor", *(f"our-{name}" for name in MADE)}
    assert not bare.world.requests("PATCH", "/channels/*")
    await bare.world.tell_audit()
    assert given["audit_channel"].last_message is not None


async def test_a_bound_role_that_cannot_see_a_channel_of_the_guilds_own_is_named(
    bare: House,
) -> None:
    channel = bare.guild.create_text_channel("log", overwrites=bare.hidden())
    answer = await bare.owner.type("setup", audit_channel=channel, **bare.picked("auditor"))
    assert (
        f"⚠️ <@&{bare.roles['auditor'].id}> should read <#{channel.id}> and cannot see it. "
        "Let them see it there." in answer.lines
    )


async def test_a_second_run_reuses_the_channels_and_says_what_it_set(bare: House) -> None:
    await bare.owner.type("setup")
    before = set(bare.guild.channels)
    answer = await bare.owner.type("setup", **bare.picked("manager"))
    assert set(bare.guild.channels) == before
    assert "audit channel" not in answer.lines[1]
    assert f"manager role: <@&{bare.roles['manager'].id}>" in answer.lines


async def test_a_channel_of_the_name_that_exists_is_asked_about(bare: House) -> None:
    there = bare.guild.create_text_channel("audit")
    answer = await bare.owner.type("setup")
    assert f"There is a <#{there.id}> already, which I did not make." in answer.text
    assert len(bare.bot_guild.text_channels) == 5
    used = await bare.owner.press(answer, "Use #audit")
    assert f"audit channel: <#{there.id}>" in used.lines
    assert f"⚠️ Everyone can see <#{there.id}>. Hide it if that is not intended." in used.lines


async def test_another_channel_is_made_when_that_is_wanted(bare: House) -> None:
    there = bare.guild.create_text_channel("audit")
    answer = await bare.owner.type("setup", **bare.picked("manager"))
    made = await bare.owner.press(answer, "Make another")
    assert f"audit channel: <#{there.id}>" not in made.lines
    names = [channel.name for channel in bare.bot_guild.text_channels]
    assert names.count("audit") == 2


async def test_a_channel_of_an_interrupted_run_is_found_again(world: World, bare: House) -> None:
    world.env.inject_error("POST", "/guilds/*/channels", status=500, times=10)
    await bare.owner.type("setup")
    world.heal()
    await bare.owner.type("setup")
    await world.restart()
    await bare.owner.type("setup")
    assert set(bare.guild.channels) == MADE | {"floor"}


async def test_a_deleted_channel_is_made_again(world: World, bare: House) -> None:
    await bare.owner.type("setup")
    old = bare.guild.channels["audit"].id
    world.env.backend.delete_channel(old)
    shown = await bare.owner.type("settings show")
    assert (
        "⚠️ The audit channel was deleted. Run `/setup` to create or name another."
        in shown.description
    )
    answer = await bare.owner.type("setup")
    assert f"audit channel: <#{old}> → <#{bare.guild.channels['audit'].id}>" in answer.lines


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
    answer = await bare.owner.type("setup", alerts_channel=channel)
    shown = await bare.owner.type("settings show")
    for text in (answer.text, shown.description):
        assert f"⚠️ In <#{channel.id}> I need these permissions: " in text
        assert words in text


async def test_without_manage_channels_one_is_told_what_to_do(bare: House) -> None:
    bare.forbid_the_bot("manage_channels")
    answer = await bare.owner.type("setup")
    assert (
        "⚠️ There is no audit channel and I may not make one. Give me the permission Manage "
        "Channels and run `/setup` again, or choose one: `/setup audit_channel`." in answer.lines
    )
    named = bare.guild.create_text_channel("log", overwrites=bare.hidden())
    chosen = await bare.owner.choose(answer, named, custom_id="setup:channel:audit")
    assert f"audit channel: <#{named.id}>" in chosen.lines


async def test_discord_failing_to_make_a_channel_changes_nothing(world: World, bare: House) -> None:
    world.env.inject_error("POST", "/guilds/*/channels", status=500, times=10)
    async with world.unchanged():
        answer = await bare.owner.type("setup")
    assert not answer.text.startswith("✅")
    world.heal()
    assert "✅" in (await bare.owner.type("setup")).text


async def test_an_owner_makes_themselves_admin_and_goes_on(bare: House) -> None:
    answer = await bare.owner.type("setup")
    assert "No one may add items yet: press **Make me admin**, or choose a role." in answer.lines
    claimed = await bare.owner.press(answer, "Make me admin")
    assert f"admin: <@{bare.owner.id}>" in claimed.lines
    assert "Make me admin" not in claimed.buttons
    assert claimed.lines[-1].startswith("Next: `/location add")
    await bare.owner.type("location add", name="Shelf A1")
    await bare.owner.type("item add", sku="BOLT-8", name="Bolt")
    await bare.owner.type("put", item="BOLT-8", quantity="5", location="Shelf A1")
    assert "✅" in (await bare.owner.type("take", item="BOLT-8")).text


async def test_a_lost_answer_of_the_page_is_shown_below_it(world: World, bare: House) -> None:
    page = await bare.owner.type("setup")
    world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=500)
    await bare.owner.member.click(page.message, label="Make me admin")
    assert "✅" in (await bare.owner.type("location add", name="Shelf A1")).text
    world.clock.advance(seconds=10)
    before = len(world.requests("POST", "/webhooks/*"))
    await world.show_answers()
    assert len(world.requests("POST", "/webhooks/*")) == before + 1
    world.clock.advance(seconds=10)
    await world.show_answers()
    assert len(world.requests("POST", "/webhooks/*")) == before + 1


async def test_a_chosen_role_and_channel_act_at_once_and_redraw_the_page(bare: House) -> None:
    answer = await bare.owner.type("setup")
    chosen = await bare.owner.choose(answer, bare.roles["manager"], custom_id="setup:role:manager")
    assert f"manager role: <@&{bare.roles['manager'].id}>" in chosen.lines
    assert readers(bare, "audit") == {"manager"}
    log = bare.guild.create_text_channel("log", overwrites=bare.hidden())
    moved = await bare.owner.choose(chosen, log, custom_id="setup:channel:audit")
    assert f"Audit channel: <#{log.id}> · every change, line by line" in moved.lines
    assert moved.message.id == answer.message.id


async def test_an_administrator_may_found_the_books_once(world: World, bare: House) -> None:
    founder = bare.join_administrator()
    async with world.unchanged():
        for person in (bare.stranger, bare.admin, bare.manager):
            refused = await person.type("setup")
            assert refused.text.startswith("These books are not set up yet.")
    assert set(bare.guild.channels) == {"floor"}
    founded = await founder.type("setup", **bare.picked("admin", "manager"))
    assert founded.text.startswith("✅")
    async with world.unchanged():
        again = await founder.type("setup")
    assert again.text.startswith("You don't have permission")
    assert "✅" in (await bare.admin.type("setup", **bare.picked("employee"))).text


async def test_a_founding_administrator_says_first_who_is_admin(world: World, bare: House) -> None:
    founder = bare.join_administrator()
    answer = await founder.type("setup")
    assert await bare.records() == 0
    assert "First say who is admin here" in answer.text
    claimed = await founder.press(answer, "Make me admin")
    assert f"admin: <@{founder.id}>" in claimed.lines
    (event,) = await rows_of(world.db, AuditEvent, bare.guild.id)
    assert (event.actor_id, event.action) == (founder.id, "guild.set_up")
    assert "✅" in (await founder.type("location add", name="Shelf A1")).text


async def test_everyone_can_be_named_for_nothing_but_looking(world: World, bare: House) -> None:
    await bare.owner.type("setup")
    everyone = bare.guild.default_role
    async with world.unchanged():
        for name in ("admin", "manager", "employee", "auditor"):
            answer = await bare.owner.type("setup", **{f"{name}_role": everyone})
            assert answer.text == (
                f"The role **{name}** can do more than look, so everyone cannot have it."
            )


async def test_what_everyone_may_read_is_seen_by_everyone(bare: House) -> None:
    await bare.owner.type("setup")
    await bare.owner.type("role bind", discord_role=bare.guild.default_role, role="viewer")
    assert "@everyone" in readers(bare, "alerts")
    assert "@everyone" not in readers(bare, "audit") | readers(bare, "approvals")
    assert "Everyone can see" not in (await bare.owner.type("settings show")).description

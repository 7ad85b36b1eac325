"""What everybody may do about themselves."""

import orjson

from bot.database.models import Member
from tests.cogs.world import House, World
from tests.database.books import require_sound_books, rows_of

MAIL = "ann@example.com"


async def test_a_member_who_registers_may_work_at_once(house: House) -> None:
    welcome = await house.stranger.type("my register", email=MAIL)
    assert welcome.lines[0] == "✅ You are registered"
    assert "**employee**" in welcome.lines[1]
    assert MAIL not in welcome.text
    assert welcome.record == await house.records()
    assert (await house.stranger.type("take", item="BOLT-8", location="Shelf A1")).record


async def test_registering_twice_is_answered_in_a_friendly_way(world: World, house: House) -> None:
    await house.stranger.type("my register")
    async with world.unchanged():
        again = await house.stranger.type("my register")
        assert again.text.startswith("You have been registered here since <t:")
        assert again.text.endswith("; nothing changed.")
        with_email = await house.stranger.type("my register", email=MAIL)
        assert with_email.text.endswith("Change your e-mail address with `/my email`.")


async def test_a_profile_is_shown_whole_to_oneself(house: House) -> None:
    assert "`/my register`" in (await house.stranger.type("my profile")).text
    await house.stranger.type("my register")
    changed = await house.stranger.type("my email", email=MAIL)
    assert changed.lines[0] == f"✅ Changed the profile of <@{house.stranger.id}>"
    assert MAIL not in changed.text
    shown = await house.stranger.type("my profile")
    assert f"E-mail: {MAIL}" in shown.lines
    assert "Name: stranger" in shown.lines
    await house.stranger.type("my email", email="none")
    assert "E-mail" not in (await house.stranger.type("my profile")).text


async def test_what_is_no_address_is_refused(world: World, house: House) -> None:
    async with world.unchanged():
        for command in ("my register", "my email"):
            refused = await house.stranger.type(command, email="ann at example")
            assert refused.text.startswith("That is not a valid e-mail address.")
        unknown = await house.stranger.type("my email", email=MAIL)
    assert unknown.text.startswith("No data is stored about you here. Register with `/my register`")


async def test_ones_permissions_say_where_they_come_from(house: House) -> None:
    nothing = await house.stranger.type("my permissions")
    assert nothing.description == "You have no permissions here yet."
    shown = await house.viewer.type("my permissions")
    assert "`stock.view`" in shown.lines[1]
    assert shown.lines[-1] == f"- the role **viewer**, from <@&{house.roles['viewer'].id}>"
    owner = await house.owner.type("my permissions")
    assert owner.lines[-1] == "- as the server's owner, always"
    await house.stranger.type("my register")
    given = await house.stranger.type("my permissions")
    assert given.lines[-1].startswith("- the role **employee**, assigned by name <t:")


async def test_ones_data_is_a_file_for_oneself(world: World, house: House) -> None:
    await house.stranger.type("my register", email=MAIL)
    answer = await house.stranger.type("my export")
    stored = world.env.backend.get_message(answer.message.channel_id, answer.message.id)
    (attachment,) = stored.attachments
    assert attachment["filename"] == "my-data.json"
    content = orjson.loads(world.env.backend.cdn.get(attachment["url"]) or b"")
    assert content["profile"]["email"] == MAIL
    assert content["user_id"] == house.stranger.id
    assert content["records_by_you"] == [await house.records()]


async def test_erasing_asks_first_and_then_leaves_the_id_alone(world: World, house: House) -> None:
    await house.stranger.type("my register", email=MAIL)
    asked = await house.stranger.type("my erase")
    assert list(asked.buttons) == ["Erase"]
    (row,) = await rows_of(world.db, Member, house.guild.id)
    assert row.user_id == house.stranger.id
    await world.restart()
    erased = await house.stranger.press(asked, "Erase")
    assert erased.lines[0] == f"✅ Erased the profile of <@{house.stranger.id}>"
    assert not erased.buttons
    refused = await house.stranger.type("take", item="BOLT-8", location="Shelf A1")
    assert refused.text.startswith("You don't have permission")
    async with world.unchanged():
        again = await house.stranger.forge(refused, asked.buttons["Erase"])
    assert again.text.startswith("No data is stored about you here.")
    await require_sound_books(world.db, house.guild.id)

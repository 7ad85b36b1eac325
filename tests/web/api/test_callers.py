"""Who calls, and what they are answered before anything is done."""

import pytest

from bot.database.models import DeviceContact
from bot.domain.devices import hash_secret
from bot.services.devices import RevokeDevice, revoke_device
from bot.services.people import DeactivatePerson, deactivate_person
from tests.cogs.world import House
from tests.database.books import new_key, rows_of
from tests.web.api.client import Api

pytestmark = pytest.mark.only_on("sqlite")


async def test_a_link_is_a_token_once(api: Api) -> None:
    link = await api.link(api.house.employee, "Cellar gun")
    linked = await api.holding("").post("devices", {"link": link})
    assert linked.status == 201
    assert linked.body["device"]["name"] == "Cellar gun"
    assert linked.body["guild"]["id"] == str(api.house.guild.id)
    assert linked.body["guild"]["name"] == "Depot"
    assert linked.body["person"]["id"] == str(api.house.employee.id)
    assert "stock.move" in linked.body["person"]["permissions"]
    assert linked.headers["cache-control"] == "no-store"

    again = await api.post("devices", {"link": link})
    assert (again.status, again.code) == (410, "link_used")
    me = await api.holding(linked.body["token"]).ask("GET", "me")
    assert me.body == {key: linked.body[key] for key in ("device", "person", "guild")}


async def test_a_token_that_is_none_is_401(api: Api) -> None:
    for token, code in {
        "": "token_missing",
        "nonsense": "token_unknown",
        "1.1." + "x" * 43: "token_unknown",
        "9999999999999999999.1." + "x" * 43: "token_unknown",
    }.items():
        said = await api.holding(token).ask("GET", "me")
        assert (said.status, said.code) == (401, code)
        assert said.headers["www-authenticate"] == "Bearer"


async def test_a_token_opens_no_books_but_its_own(api: Api) -> None:
    other = await api.house.world.open_house("Other")
    _, device, secret = api.token.split(".")
    said = await api.holding(f"{other.guild.id}.{device}.{secret}").sync(api.take())
    assert (said.status, said.code) == (401, "token_unknown")


async def test_a_revoked_device_is_told_at_its_next_contact(api: Api) -> None:
    house = api.house
    assert (await api.ask("GET", "me")).status == 200
    device = int(api.token.split(".")[1])
    await house.world.db.run(
        revoke_device, RevokeDevice(device=device), house.actor_of(house.employee), new_key()
    )
    async with house.world.unchanged():
        said = await api.sync(api.take())
    assert (said.status, said.code) == (401, "device_revoked")
    assert "Gun was revoked" in said.body["detail"]


async def test_a_device_revokes_itself_even_while_discord_is_away(api: Api) -> None:
    api.house.world.break_route("GET", "/guilds/*", status=500)
    assert (await api.ask("DELETE", "device")).status == 204
    assert (await api.ask("DELETE", "device")).code == "device_revoked"


async def test_a_device_that_was_away_for_90_days_is_linked_again(api: Api) -> None:
    clock = api.house.world.clock
    clock.advance(days=89)
    assert (await api.ask("GET", "me")).status == 200
    clock.advance(days=89)
    assert (await api.ask("GET", "me")).status == 200
    clock.advance(days=90)
    said = await api.sync(api.take())
    assert (said.status, said.code) == (401, "device_expired")


async def test_who_lost_the_right_is_403_and_changes_nothing(api: Api) -> None:
    house = api.house
    house.take_role(house.employee, "employee")
    house.world.app._members._answers.clear()  # a minute passes
    async with house.world.unchanged():
        said = await api.sync(api.take())
    assert (said.status, said.code) == (403, "not_allowed")
    assert "You don't have permission" in said.body["detail"]
    assert not any(sign in said.body["detail"] for sign in "*`<")


async def test_who_was_deactivated_is_403_at_once(api: Api) -> None:
    house = api.house
    request = DeactivatePerson(user_id=house.employee.id, reason="left the firm")
    await house.world.db.run(deactivate_person, request, house.actor_of(house.owner), new_key())
    async with house.world.unchanged():
        said = await api.sync(api.take())
    assert (said.status, said.code) == (403, "not_allowed")
    assert "deactivated" in said.body["detail"]


async def test_who_left_is_403_and_no_kept_rights_help_them(api: Api) -> None:
    house = api.house
    house.world.env.backend.remove_member(house.guild.id, house.employee.id)
    house.world.app._members._answers.clear()  # a minute passes
    said = await api.ask("GET", "me")
    assert (said.status, said.code) == (403, "not_allowed")
    assert "no longer a member" in said.body["detail"]

    house.world.app._members._answers.clear()
    house.world.break_route("GET", "/guilds/*", status=500)
    async with house.world.unchanged():
        assert (await api.sync(api.take())).code == "not_allowed"


@pytest.mark.both_engines
async def test_what_discord_said_is_kept_at_most_once_a_minute(api: Api) -> None:
    db, guild_id = api.house.world.db, api.house.guild.id
    (first,) = await rows_of(db, DeviceContact, guild_id)
    assert first.discord_role_ids == api.house.actor_of(api.house.employee).discord_role_ids | {
        guild_id
    }
    api.house.world.clock.advance(seconds=59)
    await api.ask("GET", "me")
    assert await rows_of(db, DeviceContact, guild_id) == [first]
    api.house.world.clock.advance(seconds=2)
    await api.ask("GET", "me")
    (later,) = await rows_of(db, DeviceContact, guild_id)
    assert later.last_used_at == api.house.world.clock()


async def test_while_discord_is_away_no_one_is_described(api: Api, house: House) -> None:
    house.world.app._members._answers.clear()
    house.world.break_route("GET", "/guilds/*", status=500)
    for said in (await api.ask("GET", "me"), await api.sync()):
        assert (said.status, said.code) == (503, "discord_unavailable")
        assert int(said.headers["retry-after"]) > 0
    link = await api.link(house.employee)
    assert (await api.post("devices", {"link": link})).code == "discord_unavailable"


async def test_no_secret_is_in_an_answer_or_a_log(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = api.token.rpartition(".")[2]
    said = await api.post("devices", {"link": f"x#link={api.token}"})
    assert said.code == "link_unknown"
    assert secret not in str(said)
    assert hash_secret(secret) not in str(said)
    wrong = await api.post("devices", {"link": {"of": secret}})
    assert wrong.code == "invalid_request"
    assert secret not in str(wrong.body)
    assert secret not in capsys.readouterr().err

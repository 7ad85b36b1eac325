"""A Discord role that is deleted takes its bindings along, whether the bot sees it or not."""

from collections.abc import Iterable
from typing import Any

import pytest
from simcord.backend.serializers import guild_create_payload

from bot.database.models import AuditEvent, RoleBinding
from tests.cogs.world import House, World
from tests.database.books import rows_of
from tests.database.plans import Watch


async def bound(house: House) -> set[int]:
    rows = await rows_of(house.world.db, RoleBinding, house.guild.id)
    return {row.discord_role_id for row in rows}


async def delete(house: House, name: str) -> int:
    """Delete a Discord role while the bot looks on."""
    role_id: int = house.roles[name].id
    house.world.env.backend.delete_role(house.guild.id, role_id)
    await house.world.env.settle()
    return role_id


async def test_a_deleted_role_is_removed_in_one_record_by_the_system(
    world: World, house: House
) -> None:
    await house.owner.type("role bind", discord_role=house.roles["employee"], role="viewer")
    before = await house.records()
    role_id = await delete(house, "employee")
    assert role_id not in await bound(house)
    event = (await rows_of(world.db, AuditEvent, house.guild.id))[-1]
    assert event.record == before + 1
    assert (event.action, event.source, event.actor_id) == ("role.forgotten", "job", 0)
    await world.tell_audit()
    line = house.audit_lines()[-1]
    assert line.endswith(f"**{role_id}** roles: viewer, employee → none")


async def test_a_deleted_role_that_granted_nothing_is_not_recorded(
    world: World, house: House
) -> None:
    house.roles["forklift"] = house.guild.create_role("forklift")
    async with world.unchanged():
        await delete(house, "forklift")


async def test_what_was_deleted_while_the_bot_was_away_is_removed_when_it_is_back(
    world: World, house: House
) -> None:
    role_id = house.roles["employee"].id
    guild = world.env.backend.get_guild(house.guild.id)
    del guild.roles[role_id]
    before = await house.records()
    await world.restart()
    await world.env.settle()
    assert role_id not in await bound(house)
    assert await house.records() == before + 1
    await world.restart()
    await world.env.settle()
    assert await house.records() == before + 1


@pytest.mark.parametrize("is_new", [False, True])
async def test_a_guild_that_is_back_has_its_deleted_roles_removed(
    world: World, house: House, *, is_new: bool
) -> None:
    role_id = house.roles["employee"].id
    await forget_in_silence(house, role_id)
    backend = world.env.backend
    told = dict(guild_create_payload(backend, backend.get_guild(house.guild.id)))
    if is_new:
        # Discord says this of a guild that was there before, and leaves it out of a new one.
        del told["unavailable"]
    backend.emit("GUILD_CREATE", told)
    await world.env.settle()
    assert role_id not in await bound(house)


async def test_of_a_guild_that_discord_cannot_serve_nothing_is_removed(
    world: World, house: House
) -> None:
    await forget_in_silence(house, house.roles["employee"].id)
    house.bot_guild.unavailable = True
    async with world.unchanged():
        answer = await house.auditor.type("role list")
    assert answer.title == "Roles"


async def test_a_list_of_roles_names_none_that_is_gone(house: House) -> None:
    role_id = house.roles["employee"].id
    await forget_in_silence(house, role_id)
    answer = await house.auditor.type("role list")
    assert str(role_id) not in answer.text
    assert role_id not in await bound(house)
    assert "_from no Discord role_" in answer.text


async def test_what_only_the_bot_does_not_know_is_left_alone(world: World, house: House) -> None:
    role_id = house.roles["employee"].id
    house.bot_guild._roles.pop(role_id)
    async with world.unchanged():
        answer = await house.auditor.type("role list")
    assert str(role_id) in answer.text


async def test_while_discord_does_not_answer_nothing_is_removed(world: World, house: House) -> None:
    await forget_in_silence(house, house.roles["employee"].id)
    world.break_route("GET", f"/guilds/{house.guild.id}/roles", status=403)
    async with world.unchanged():
        answer = await house.auditor.type("role list")
    assert answer.title == "Roles"
    world.heal()


async def test_a_role_deleted_while_it_is_bound_is_removed_right_after(house: House) -> None:
    role_id = await delete(house, "viewer")
    # Another binding of the same role came too late for the event.
    other = house.roles["employee"].id
    await forget_in_silence(house, other)
    spare = house.guild.create_role("spare")
    assert "✅" in (await house.admin.type("role bind", discord_role=spare, role="viewer")).text
    assert not {role_id, other} & await bound(house)


async def forget_in_silence(house: House, role_id: int) -> None:
    """Delete a Discord role so that its event is lost on its way."""
    del house.world.env.backend.get_guild(house.guild.id).roles[role_id]
    house.bot_guild._roles.pop(role_id)


class Asked(Watch):
    """Every statement, as often as it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def note(self, sql: str, arguments: Iterable[Any] = ()) -> None:
        del arguments
        self.asked.append(sql)


@pytest.mark.usefixtures("house")
async def test_a_start_reads_the_books_of_all_guilds_together(world: World) -> None:
    for name in ("Annex", "Attic"):
        await world.open_house(name, is_stocked=False)
    watch = Asked()
    with watch.watching():
        await world.restart()
        await world.env.settle()
    # Once for the roles that are gone, once for who sees the channels.
    assert sum("role_binding" in sql for sql in watch.asked) == 2

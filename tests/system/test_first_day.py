"""The README's first day: an owner alone on an empty server, then roles that are named later."""

from typing import Any

import pytest

from simulator import Actor, Channel, Guild, Reply
from simulator import permissions as simulated
from simulator.permissions import Permission
from tests.system.conftest import Office
from tests.system.health import port_of, until_ready

pytestmark = pytest.mark.only_on("sqlite")

READERS = {
    "audit": {"Bosses", "Auditors", "Admins"},
    "approvals": {"Bosses", "Admins"},
    "alerts": {"Bosses", "Auditors", "Admins", "Staff"},
    "requests": {"Bosses", "Auditors", "Admins", "Staff"},
}


def seen_by(guild: Guild, channel: Channel) -> set[str]:
    """Return the names of the members' roles with which they see a channel."""
    members = [each for each in guild.members.values() if each.roles and not each.user.is_bot]
    return {
        each.roles[0].name
        for each in members
        if Permission.VIEW_CHANNEL in simulated.in_channel(each, channel)
    }


async def read(owner: Actor, command: str, **options: Any) -> Reply:
    reply = await owner.slash(command, **options)
    assert reply.text.startswith("✅"), reply.text
    return reply


async def test_an_owner_alone_gets_from_the_invitation_to_the_first_take(office: Office) -> None:
    discord = office.discord
    async with office.bot() as bot:
        # A guild that arrives while the bot starts is taken for one of those it was in.
        await until_ready(await port_of(bot))
        guild = discord.add_guild("New Depot", owner=discord.add_user("Olga"))
        owner = discord.act_as(guild.members[guild.owner.id])
        hello = await guild.channel("general").wait_for(lambda it: "`/setup`" in it.content)
        assert hello.content.startswith("I keep this server's warehouse books")
        too_soon = await owner.slash("item add", sku="BOLT-8", name="Hex bolt")
        assert too_soon.text == "Run `/setup` first."

        page = await owner.slash("setup")
        assert set(READERS) < {channel.name for channel in guild.channels.values()}
        admin = await owner.click(page, "Make me admin")
        assert f"admin: <@{guild.owner.id}>" in admin.text
        await read(owner, "location add", name="Shelf A1")
        await read(owner, "item add", sku="BOLT-8", name="Hex bolt")
        await read(owner, "put", item="BOLT-8", quantity="50", location="Shelf A1")
        took = await read(owner, "take", item="BOLT-8", quantity="3")
        assert "50 → 47" in took.text
        await guild.channel("audit").wait_for(lambda it: "`#6`" in it.content)

        roles = {name: guild.add_role(name) for name in ("Bosses", "Staff", "Auditors", "Admins")}
        for role in roles.values():
            guild.add_member(f"one of {role.name}", [role])
        guild.add_member("stranger")
        for name, option in (
            ("Bosses", "manager_role"),
            ("Staff", "employee_role"),
            ("Auditors", "auditor_role"),
        ):
            await read(owner, "setup", **{option: roles[name]})
        page = await owner.slash("setup")
        await owner.select(page, "Add a Discord role for admin", roles["Admins"])
        for name, readers in READERS.items():
            assert seen_by(guild, guild.channel(name)) == readers, name
        stranger = next(each for each in guild.members.values() if each.user.name == "stranger")
        assert not [
            name
            for name in READERS
            if Permission.VIEW_CHANNEL in simulated.in_channel(stranger, guild.channel(name))
        ]
        assert await bot.terminate() == 0
        assert "Traceback" not in bot.output
        assert "permissions=268553232" in bot.output

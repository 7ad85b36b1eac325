"""Depots: guilds whose books are open, with people in them who type commands."""

import re
from dataclasses import dataclass
from typing import Any

from simulator import Actor, Channel, Guild, LoopbackDiscord, Reply, Role
from tests.system.ledger import Ledger, require_sound

PROMISED_SECONDS = 1.5
OPENING_RECORDS = 5
# What a clerk types most often here.
TAKING: dict[str, Any] = {"item": "BOLT-8", "quantity": "3", "location": "A1"}

_RECORD = re.compile(r"`#(\d+)`")


@dataclass
class Depot:
    """A guild with an owner, a boss (admin and manager) and a clerk (employee)."""

    discord: LoopbackDiscord
    guild: Guild
    ledger: Ledger
    boss_role: Role
    floor_role: Role
    owner: Actor
    boss: Actor
    clerk: Actor

    @classmethod
    def build(cls, discord: LoopbackDiscord, ledger: Ledger, name: str = "Depot") -> "Depot":
        """Make the guild; its books are not open yet."""
        guild = discord.add_guild(name)
        boss_role, floor_role = guild.add_role("Boss"), guild.add_role("Floor")
        return cls(
            discord,
            guild,
            ledger,
            boss_role,
            floor_role,
            owner=discord.act_as(guild.members[guild.owner.id]),
            boss=discord.act_as(guild.add_member("boss", [boss_role])),
            clerk=discord.act_as(guild.add_member("clerk", [floor_role])),
        )

    @classmethod
    async def open(cls, discord: LoopbackDiscord, ledger: Ledger, name: str = "Depot") -> "Depot":
        """Set the books up, with two shelves and 100 bolts on the first: five records."""
        depot = cls.build(discord, ledger, name)
        await depot.set_up()
        await depot.stock()
        return depot

    async def stock(self) -> None:
        """Make two shelves, and put 100 bolts on the first."""
        await self.boss.slash("location add", name="A1")
        await self.boss.slash("location add", name="B2")
        await self.boss.slash("item add", sku="BOLT-8", name="Hex bolt")
        stocked = await self.boss.slash("put", item="BOLT-8", quantity="100", location="A1")
        assert record_of(stocked) == OPENING_RECORDS, stocked.text

    async def set_up(self) -> Reply:
        """Run `/setup` as the owner."""
        return await self.owner.slash(
            "setup",
            admin_role=self.boss_role,
            manager_role=self.boss_role,
            employee_role=self.floor_role,
        )

    def add_clerk(self, name: str) -> Actor:
        """Let one more person work on the floor."""
        return self.discord.act_as(self.guild.add_member(name, [self.floor_role]))

    @property
    def audit(self) -> Channel:
        """The audit channel that `/setup` made."""
        return self.guild.channel("audit")

    async def told(self, last: int, *, timeout_seconds: float = 15) -> list[str]:
        """Wait for a record in the audit channel, and check that all came in order, once."""
        await self.audit.wait_for(lambda it: f"`#{last}`" in it.content, timeout_seconds)
        lines = lines_in(self.audit)
        told = records_in(self.audit)
        assert told == list(range(1, last + 1)), f"told of {told}"
        return lines

    async def require_in_order(self, records: int) -> None:
        """Check that there are just so many records, sound, and all told, in order, once."""
        assert await require_sound(self.ledger, self.guild.id) == records
        await self.told(records)
        assert await require_sound(self.ledger, self.guild.id) == records

    def require_prompt(self) -> None:
        """Check that everything that was acknowledged here was acknowledged in time."""
        for interaction in self.discord.world.interactions.values():
            if interaction.guild is self.guild and interaction.acknowledged_after_seconds:
                assert interaction.acknowledged_after_seconds < PROMISED_SECONDS


def record_of(reply: Reply) -> int:
    """The number of the record that an answer shows."""
    found = _RECORD.findall(reply.text)
    assert found, reply.text
    return int(found[-1])


def lines_in(channel: Channel) -> list[str]:
    """What the bot told a channel, line by line."""
    bot = channel.world.bot
    own = [message for message in channel.messages if message.author is bot]
    return [line for message in own for line in message.content.splitlines()]


def records_in(channel: Channel) -> list[int]:
    """The numbers of the records that a channel was told of, in the order of telling."""
    return [int(_RECORD.findall(line)[0]) for line in lines_in(channel)]

"""A world to play in: Discord in this process, the real bot, real books, guilds with people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from fnmatch import fnmatch
from functools import cache
from typing import Any, TypeVar

import discord
import simcord
from pydantic import SecretStr

from bot.app import App
from bot.client import TallymanBot
from bot.cogs.visibility import keeper_of
from bot.database.models import AuditEvent, Item, Location, StockLevel
from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.virtual_locations import LAST_VIRTUAL_ID
from bot.jobs.answers import AnswerJob
from bot.jobs.delivery.outbox import OutboxJob
from bot.jobs.loop import Job
from bot.jobs.schedule import ScheduleJob
from bot.services.items import AddItem, add_item
from bot.services.locations import AddLocation, add_location
from bot.services.roles import BindRole, bind_role
from bot.services.setup import SetUpGuild, set_up_guild
from bot.services.stock import PutStock, put_stock
from bot.settings import Settings
from tests.cogs.phones import Answer, Phone, read_message
from tests.cogs.settling import settle_quickly
from tests.conftest import DATA_KEY
from tests.database.books import new_key, rows_of
from tests.database.clock import Clock
from tests.database.heads import heads

T = TypeVar("T")

# Real statements take real time; a busy machine must not fail a test that is right.
_SETTLE_SECONDS = 30.0


class World:
    """One bot on one database, in a Discord of its own; its jobs run when they are told to."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.clock = clock
        self.url = url
        self.house: House | None = None  # the one that was there at the start
        self.app = self._app()
        self.env = simcord.Env(self.app.client, settle_timeout=_SETTLE_SECONDS)
        settle_quickly(self.env)
        self._errors_expected = 0

    @property
    def bot(self) -> TallymanBot:
        """The bot of this moment."""
        return self.app.client

    @property
    def db(self) -> DatabaseService:
        """The bot's books."""
        return self.app.db

    async def start(self) -> None:
        """Connect the bot."""
        await self.env.start()

    async def stop(self) -> None:
        """Disconnect the bot; whatever discord.py met with and nobody expected fails the test."""
        await keeper_of(self.app.client).stop()
        await self.env.shutdown()
        await self.app.desk.pending.finish()
        await self.app.db.close()
        found = self.env.errors_since(self._errors_expected)
        assert not found, found

    async def restart(self) -> None:
        """Let another process take the bot's place: nothing is left but the database."""
        before, self.app = self.app, self._app()
        await keeper_of(before.client).stop()
        await self.env.restart_bot(self.app.client)
        await before.desk.pending.finish()
        await before.db.close()

    def expect_errors(self) -> None:
        """Say that what discord.py met with so far was meant to happen."""
        self._errors_expected = self.env.error_cursor

    async def tell_audit(self) -> None:
        """Run one round of the outbox."""
        await self._run(next(job for job in self.app.jobs if isinstance(job, OutboxJob)))

    async def deliver_woken(self) -> None:
        """Let the outbox do what it was woken for."""
        outbox = next(job for job in self.app.jobs if isinstance(job, OutboxJob))
        with self.env.time_context():
            await outbox.run_round()
            await outbox._deliveries.wait()
        await self.env.settle()

    async def show_answers(self) -> None:
        """Run one round of the unanswered interactions."""
        await self._run(next(job for job in self.app.jobs if isinstance(job, AnswerJob)))

    async def close_days(self) -> None:
        """Run one round of what is scheduled."""
        await self._run(next(job for job in self.app.jobs if isinstance(job, ScheduleJob)))

    @asynccontextmanager
    async def unchanged(self) -> AsyncIterator[None]:
        """Claim that what is inside changes nothing."""
        await self.app.desk.pending.flush()
        before = await heads(self.db)
        yield
        await self.app.desk.pending.flush()
        assert await heads(self.db) == before

    def break_route(self, method: str, path: str, *, status: int, code: int = 0) -> None:
        """Let Discord refuse these requests until it is healed."""
        self.env.inject_error(method, path, status=status, code=code, times=None)

    def heal(self) -> None:
        """Let Discord serve everything again."""
        self.env.backend.faults.clear()

    def requests(self, method: str, path: str) -> list[simcord.HttpLogEntry]:
        """Return the requests of the bot to a path, the oldest first."""
        return [
            request
            for request in self.env.http_requests
            if request.method == method and fnmatch(request.path, path)
        ]

    def look_again(self, answer: Answer) -> Answer:
        """Read a message once more, as it is now."""
        return read_message(self.env, answer.message)

    async def open_house(self, name: str = "Depot", *, is_stocked: bool = True) -> "House":
        """Make a guild whose owner has set it up, with people in every role, items and stock."""
        house = House(self, name)
        await house.bind_roles()
        if is_stocked:
            await house.stock_shelves()
        return house

    async def _run(self, job: Job) -> None:
        with self.env.time_context():
            await job.run_once()
        await self.env.settle()
        await self.app.desk.pending.flush()

    def _app(self) -> App:
        url = SecretStr(self.url)
        app = App(_settings().model_copy(update={"database_url": url}), clock=self.clock)
        for job in app.jobs:
            if not isinstance(job, AnswerJob):
                job.interval_seconds = _SETTLE_SECONDS
        # What was shown is deleted before the next look at the tables.
        app.desk.pending.forget_after_seconds = 0.0
        return app


@cache
def _settings() -> Settings:
    return Settings(_env_file=None, discord_shards="1", data_key=DATA_KEY)


class House:
    """A guild and its people; BOLT-8 lies on Shelf A1 (10 pcs) and Shelf B2 (4 pcs)."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        env = world.env
        self.guild = env.create_guild(name, owner=env.create_user(f"{name} owner"))
        self.channel = self.guild.create_text_channel("floor")
        names = (
            "admin",
            "manager",
            "employee",
            "buyer",
            "accountant",
            "auditor",
            "viewer",
        )
        self.roles = {role: self.guild.create_role(role) for role in names}
        self.owner = Phone(
            env, simcord.MemberActor(env, self.guild, self.guild.owner), self.channel
        )
        self.admin = self.join("admin")
        self.manager = self.join("manager")
        self.employee = self.join("employee")
        self.colleague = self.join("employee")
        self.buyer = self.join("buyer")
        self.accountant = self.join("accountant")
        self.auditor = self.join("auditor")
        self.viewer = self.join("viewer")
        self.stranger = self.join()

    def join(self, *roles: str) -> Phone:
        """Let a user join with these Discord roles."""
        env = self.world.env
        user = env.create_user("-".join(roles) or "stranger")
        member = self.guild.add_member(user, roles=[self.roles[role] for role in roles])
        return Phone(env, member, self.channel)

    @property
    def bot_guild(self) -> discord.Guild:
        """The guild as the bot knows it."""
        guild = self.world.bot.get_guild(self.guild.id)
        assert guild is not None
        return guild

    def picked(self, *roles: str) -> dict[str, simcord.RoleHandle]:
        """Return the options of `/setup` that name these Discord roles."""
        return {f"{name}_role": self.roles[name] for name in roles}

    def hidden(self) -> dict[Any, discord.PermissionOverwrite]:
        """Return the overwrites of a channel that only the bot sees."""
        return {
            self.guild.default_role: discord.PermissionOverwrite(view_channel=False),
            self.bot_guild.me: discord.PermissionOverwrite(view_channel=True),
        }

    def forbid_the_bot(self, right: str) -> None:
        """Take a right from the bot's own role."""
        backend = self.world.env.backend
        role = next(role for role in self.bot_guild.roles if role.managed)
        left = discord.Permissions(role.permissions.value)
        left.update(**{right: False})
        backend.edit_role(self.guild.id, role.id, {"permissions": left.value})

    def actor_of(self, person: Phone) -> Actor:
        """Return a user as an actor; for what no command does yet."""
        roles = self.world.env.backend.get_member(self.guild.id, person.id).role_ids
        return Actor(
            guild_id=self.guild.id,
            user_id=person.id,
            discord_role_ids=frozenset(roles),
            is_owner=person.id == self.guild.owner.id,
        )

    def join_administrator(self) -> Phone:
        """Let a Discord administrator without an app role join."""
        env = self.world.env
        permissions = discord.Permissions(administrator=True)
        role = self.guild.create_role("Discord admin", permissions=permissions)
        member = self.guild.add_member(env.create_user("founder"), roles=[role])
        return Phone(env, member, self.channel)

    def join_as(self, person: Phone, *roles: str) -> Phone:
        """Let a user of another guild join this one as well."""
        held = [self.roles[role] for role in roles]
        member = self.guild.add_member(person.member.user, roles=held)
        return Phone(self.world.env, member, self.channel)

    def take_role(self, person: Phone, role: str) -> None:
        """Take a Discord role from a user."""
        backend = self.world.env.backend
        backend.remove_member_role(self.guild.id, person.id, self.roles[role].id)

    def direct_channel(self, person: Phone) -> int:
        """Return the id of the channel of direct messages to a user."""
        return int(self.world.env.backend.dm_channels[person.id])

    def direct_messages(self, person: Phone) -> list[str]:
        """Return the direct messages to a user."""
        backend = self.world.env.backend
        channel = backend.get_channel(self.direct_channel(person))
        return [message.content for message in backend.messages[channel.id].values()]

    def audit_lines(self) -> list[str]:
        """Return what stands in the channel that `/setup` made, line by line."""
        history = self.guild.channels["audit"].history()
        return [line for message in history for line in message.content.splitlines()]

    async def found(self) -> None:
        """Set the guild up without a channel, as where the bot may make none."""
        await self._run(set_up_guild, SetUpGuild(), self.owner)

    async def bind_roles(self) -> None:
        """Do what `/setup` and `/role bind` do, as the owner; both have tests of their own."""
        readers: dict[str, tuple[str, ...]] = {"approvals": ("admin", "manager")}
        readers["audit"] = ("admin", "manager", "accountant", "auditor")
        readers |= dict.fromkeys(("alerts", "requests"), tuple(self.roles))
        named = [name for name in self.roles if name != "viewer"]
        made = {name: self._make_channel(name, roles) for name, roles in readers.items()}
        request = SetUpGuild(
            audit_channel_id=made["audit"].id,
            approvals_channel_id=made["approvals"].id,
            alerts_channel_id=made["alerts"].id,
            requests_channel_id=made["requests"].id,
            discord_role_ids={name: self.roles[name].id for name in named},
        )
        await self._run(set_up_guild, request, self.owner)
        viewer = BindRole(discord_role_id=self.roles["viewer"].id, role="viewer")
        await self._run(bind_role, viewer, self.owner)

    async def stock_shelves(self) -> None:
        """Make an item and two shelves, and put stock on them, as the manager."""
        item = AddItem(sku="BOLT-8", name="Bolt 8 mm", unit="pcs")
        await self._run(add_item, item, self.manager)
        for shelf, quantity in (("Shelf A1", 10), ("Shelf B2", 4)):
            await self._run(add_location, AddLocation(name=shelf), self.manager)
            put = PutStock(item="BOLT-8", quantity=Decimal(quantity), location=shelf)
            await self._run(put_stock, put, self.manager)

    async def records(self) -> int:
        """Count the records."""
        return len(await rows_of(self.world.db, AuditEvent, self.guild.id))

    async def level(self, item: str, place: str) -> Decimal:
        """Return what lies at a place, as the table says."""
        return (await self.levels())[item, place]

    async def levels(self) -> dict[tuple[str, str], Decimal]:
        """Return what lies at every place, as the tables say."""
        db, guild_id = self.world.db, self.guild.id
        items = {row.id: row.sku for row in await rows_of(db, Item, guild_id)}
        places = {row.id: row.name for row in await rows_of(db, Location, guild_id)}
        return {
            (items[row.item_id], places[row.location_id]): row.quantity
            for row in await rows_of(db, StockLevel, guild_id)
            if row.location_id > LAST_VIRTUAL_ID
        }

    async def _run(self, operation: Operation[T, Any], request: T, person: Phone) -> None:
        await self.world.db.run(operation, request, self.actor_of(person), new_key())

    def _make_channel(self, name: str, readers: tuple[str, ...]) -> simcord.ChannelHandle:
        """Make a channel that the bot and these roles see, as `/setup` does."""
        seen = discord.PermissionOverwrite(view_channel=True)
        overwrites = self.hidden() | {self.roles[role]: seen for role in readers}
        return self.guild.create_text_channel(name, overwrites=overwrites)

"""A Discord on 127.0.0.1 that an unmodified discord.py in another process talks to.

    async with LoopbackDiscord() as discord:
        guild = discord.add_guild("Depot")
        clerk = discord.act_as(guild.add_member("clerk"))
        ...start a bot with discord.environment...
        await discord.bot_ready()
        reply = await clerk.slash("move", item="BOLT-8", quantity="3", from_="A1", to="B2")
        await clerk.click(reply, "Undo")

Layers, from the bottom: `world` (state and rules, no network), `wire` (REST and gateway over
the world), `actors` (people who use it). Nothing below imports from above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from aiohttp import web

from simulator.actors import Actor
from simulator.faults import Fault, Faults
from simulator.interactions import Choice, Interaction, Modal
from simulator.messages import Message
from simulator.permissions import BOT, Permission
from simulator.process import Process, ProcessEnded
from simulator.pulse import NoAnswer
from simulator.refusals import ClientRefused, InteractionFailed, Json, Refusal
from simulator.replies import Reply
from simulator.wire import applications, callbacks, channels
from simulator.wire.gateway import Gateway
from simulator.wire.rest import Call, Rest, Route
from simulator.world import Channel, Guild, Member, Overwrite, Role, User, World

if TYPE_CHECKING:
    from types import TracebackType

__all__ = [
    "Actor",
    "Call",
    "Channel",
    "Choice",
    "ClientRefused",
    "Fault",
    "Guild",
    "Interaction",
    "InteractionFailed",
    "LoopbackDiscord",
    "Member",
    "Message",
    "Modal",
    "NoAnswer",
    "Overwrite",
    "Permission",
    "Process",
    "ProcessEnded",
    "Refusal",
    "Reply",
    "Role",
    "User",
]


class LoopbackDiscord:
    """The server, and everything that a test does with it.

    Leaving the block fails when the bot used a route that is not simulated
    (`unknown_routes`), or when the simulation itself broke. A test looks back on every call, so
    all are kept unless `calls_kept` says how many.
    """

    def __init__(
        self,
        *,
        token: str = "loopback-token",  # noqa: S107
        shards: int = 1,
        calls_kept: int | None = None,
    ) -> None:
        self.world = World(token)
        self.faults = Faults()
        self.gateway = Gateway(self.world, shards)
        described = Route("GET", "/gateway/bot", lambda _world, _call: self.gateway.describe())
        routes = [described, *applications.ROUTES, *callbacks.ROUTES, *channels.ROUTES]
        self.rest = Rest(self.world, self.faults, routes, calls_kept)
        self._runner: web.AppRunner | None = None
        self.api_url = self.gateway_url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_get("/", self.gateway.serve)
        app.router.add_routes(self.rest.handlers)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}/api/v10"
        self.gateway_url = self.gateway.url = f"ws://127.0.0.1:{port}/"
        self.world.files.address = f"http://127.0.0.1:{port}/attachments"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.faults.clear()
        await self.gateway.close()
        if self._runner:
            await self._runner.cleanup()
        if error is None:
            self.require_flawless()

    def require_flawless(self) -> None:
        """Fail when a route is not simulated or the simulation broke."""
        if self.rest.crashes:
            raise AssertionError("the simulation broke") from self.rest.crashes[0]
        if self.unknown_routes:
            raise AssertionError(f"not simulated: {', '.join(self.unknown_routes)}")

    @property
    def environment(self) -> dict[str, str]:
        """What the bot's process needs to find this server."""
        return {
            "DISCORD_TOKEN": self.world.token,
            "DISCORD_API_URL": self.api_url,
            "DISCORD_GATEWAY_URL": self.gateway_url,
        }

    @property
    def unknown_routes(self) -> list[str]:
        """Requests that were answered 501; a test that means them clears the list."""
        return self.rest.unknown_routes

    @property
    def calls(self) -> list[Call]:
        """Every REST request so far with body, status and answer."""
        return list(self.rest.calls)

    def add_user(self, name: str) -> User:
        """Make an account."""
        return self.world.add_user(name)

    def add_guild(
        self,
        name: str = "Depot",
        *,
        owner: User | None = None,
        bot_permissions: Permission = BOT,
    ) -> Guild:
        """Make a guild with @everyone, #general, its owner, and the bot as a member."""
        return self.world.add_guild(name, owner, bot_permissions)

    def act_as(self, who: Member | User, channel: Channel | None = None) -> Actor:
        """A person in a channel: a member in the guild's first one, a user in a direct message."""
        if channel is None and isinstance(who, Member):
            channel = next(iter(who.guild.channels.values()))
        elif channel is None and isinstance(who, User):
            channel = self.world.direct_channel(who)
        assert channel is not None
        return Actor(self.world, who, channel)

    async def bot_ready(self, timeout: float = 10, shards: int = 1) -> None:  # noqa: ASYNC109 - the failure names the wait
        """Wait until every guild has a live client that read it, and commands are synced.

        `shards` are awaited as well, which have no guild yet.
        """
        await self.world.pulse.until(
            lambda: any(self.world.commands.values()), timeout, "commands synced"
        )
        await self.gateway.wait_ready(timeout, shards)

    async def bot_gone(self, timeout: float = 10) -> None:  # noqa: ASYNC109 - likewise
        """Wait until no client is connected."""
        await self.gateway.wait_gone(timeout)

    def fault(
        self,
        method: str,
        path_glob: str,
        *,
        status: int | None = None,
        json: Json | None = None,
        times: int | None = 1,
        delay_seconds: float = 0,
        retry_after_seconds: float = 0.05,
        is_global: bool = False,
        reset: bool = False,
        lost_answer: bool = False,
        hold: bool = False,
    ) -> Fault:
        """Let something go wrong with the next matching requests; see Fault for the order.

        The path starts after /api/v10; `*` matches slashes too, the method may be `*`.
        """
        return self.faults.add(
            Fault(
                method,
                path_glob,
                status=status,
                json=json,
                times=times,
                delay_seconds=delay_seconds,
                retry_after_seconds=retry_after_seconds,
                is_global=is_global,
                reset=reset,
                lost_answer=lost_answer,
                hold=hold,
            )
        )

    def redeliver(self, what: Interaction | Reply) -> None:
        """Send the same INTERACTION_CREATE once more, unchanged."""
        interaction = what.interaction if isinstance(what, Reply) else what
        self.world.emit("INTERACTION_CREATE", interaction.guild, interaction)

    async def drop_gateway(self, code: int | None = 4000) -> None:
        """Close every gateway connection with a code, or cut it without one (None)."""
        await self.gateway.drop(code)

    def ask_reconnect(self) -> None:
        """Ask every client to reconnect and resume."""
        self.gateway.ask_reconnect()

    def advance(self, seconds: float) -> None:
        """Let time pass for Discord: deadlines, tokens, remembered nonces."""
        self.world.clock.advance(seconds)

"""The composition root: the only place that wires objects, starts and stops them."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import discord
import yarl
from aiohttp import ClientError
from loguru import logger

import bot.cogs
import bot.services
import bot.views
from bot.audit_log import AuditLog
from bot.client import TallymanBot, point_at
from bot.database.delivery.backlog import read_backlog
from bot.database.delivery.token_shares import TokenShares
from bot.database.service import DatabaseService, utc_now
from bot.domain.shards import ALL_GUILDS, Share
from bot.errors import Unavailable
from bot.identifying import IdentifyPace
from bot.interactions.desk import Desk
from bot.interactions.members import Members
from bot.interactions.registers import check_registers, load_modules
from bot.jobs.answers import AnswerJob
from bot.jobs.boards import BoardJob
from bot.jobs.clock import ClockJob
from bot.jobs.delivery.boards import BoardDrawing
from bot.jobs.delivery.wiring import build_outbox
from bot.jobs.handlers import build_schedule
from bot.jobs.sharing import SharingJob
from bot.jobs.upkeep import UpkeepJob
from bot.memory import keep_little_memory
from bot.pacing.discord_clock import DiscordClock
from bot.pacing.requests import RequestPace
from bot.settings import Settings, SettingsError
from bot.startup import (
    bring_schema_up_to_date,
    database_settings,
    require_keys,
    warn_of_lost_signer,
    warn_of_privileges,
)
from bot.stopping import ends_first, on_signals

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from bot.jobs.loop import Job
    from bot.web.health import WebServer

_FINISH_SECONDS = 6.0
_LEAVE_SECONDS = 2.0
_CANCEL_AGAIN_SECONDS = 0.2


class App:
    """Everything that a running process is made of; IncompleteRegistersError if it has a gap."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
        for package in (bot.cogs, bot.services, bot.views):
            load_modules(package)
        check_registers()
        self.settings = settings
        self.db = DatabaseService(database_settings(settings), clock=clock)
        share = share_of(settings)
        self.desk = Desk(self.db, share)
        self.pace = RequestPace()
        shares = None if share.is_whole else TokenShares(self.db, share.processes)
        discord_clock = DiscordClock()
        self.client = TallymanBot(
            settings, self.desk, self.pace, IdentifyPace(shares), discord_clock
        )
        self.db.nodes.list_served = lambda: [guild.id for guild in self.client.guilds]
        board_drawing = BoardDrawing(self.client, self.db)
        outbox = build_outbox(self.client, self.db, share, self.pace, board_drawing)
        boards = BoardJob(self.db, share, outbox.wake_for)
        board_drawing.on_drawn.append(boards.note_drawn)
        self.db.on_commit.append(boards.note)
        self.desk.cards.on_redraw.append(outbox.wake_for)
        outbox.on_unreachable.append(self.desk.notices.note)
        self.audit_log = AuditLog(settings.audit_log) if settings.audit_log else None
        if self.audit_log is not None:
            self.db.on_outcome.append(self.audit_log.note)
        self.jobs: list[Job] = [
            outbox,
            boards,
            AnswerJob(self.client, self.desk.pending),
            build_schedule(self.db, share, outbox.wake_for),
            UpkeepJob(self.db),
        ]
        if shares is not None:
            self.jobs.append(
                SharingJob(self.client, shares, self.pace, lambda: outbox.waiting_lanes)
            )
        condition = self.db.condition
        for job in self.jobs:
            job.require_right_clock = condition.require_right_clock
        if clock is utc_now:
            # An injected clock has nothing to do with Discord's.
            condition.discord_now = discord_clock.now
            self.jobs.append(ClockJob(self.client, discord_clock, condition.find_wrong_clock))
        self._members = Members(self.client)
        self.web = self._build_web()
        self._connected: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; raises SettingsError for a missing or wrong token."""
        point_at(self.settings)
        keep_little_memory()
        stopped = on_signals()
        self._open_audit_log()
        if not await self._prepare(stopped):
            return
        port = None
        if self.web is not None:
            port = await self.web.start()
            logger.info("Health is answered on port {}", port)
        self.desk.page_url = self.settings.page_url(port)
        try:
            await self._serve(stopped)
        finally:
            await self.stop()

    async def _prepare(self, stopped: asyncio.Event) -> bool:
        """Check all that must be right before it serves; False if it is stopped meanwhile.

        A database that says nothing, or is being migrated, would hold up the end.
        """

        async def check() -> None:
            await bring_schema_up_to_date(self.settings)
            await require_keys(self.settings)
            await warn_of_lost_signer(self.settings)
            await warn_of_privileges(self.settings)
            if self.audit_log is not None:
                await self.audit_log.catch_up(self.db)

        checking = asyncio.create_task(check(), name="checks at the start")
        if not await ends_first(checking, stopped):
            checking.cancel()
            await asyncio.wait({checking})
            return False
        checking.result()
        return True

    async def stop(self) -> None:
        """Finish what was acknowledged, in six seconds, then close jobs, bot, web and pool."""
        deadline = time.monotonic() + _FINISH_SECONDS
        await self._leave_gateway()
        await self.desk.finish(within_seconds=deadline - time.monotonic())
        for job in self.jobs:
            await job.stop()
        await self.client.close()
        if self.web is not None:
            await self.web.stop()
        await self.db.close(within_seconds=max(0.0, deadline - time.monotonic()))
        if self.audit_log is not None:
            await asyncio.to_thread(self.audit_log.close)

    async def _leave_gateway(self) -> None:
        """Let nothing new arrive: a tap that comes when all is closed could not be answered."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE_SECONDS):
                while self._connected is not None and not self._connected.done():
                    # Again: discord.py swallows it while a shard is connecting.
                    self._connected.cancel()
                    await asyncio.wait({self._connected}, timeout=_CANCEL_AGAIN_SECONDS)
                await self.client.leave_gateway()

    async def log_in(self) -> None:
        """Log in and load the commands; raises SettingsError for a missing or wrong token."""
        token = self.settings.discord_token
        if token is None:
            raise SettingsError(("DISCORD_TOKEN is not set.",))
        try:
            await self.client.login(token.get_secret_value())
        except discord.LoginFailure as error:
            problem = "DISCORD_TOKEN was refused by Discord; copy the bot's token again."
            raise SettingsError((problem,)) from error
        except (ClientError, OSError) as error:
            problem = "Discord cannot be reached; check the network and DISCORD_API_URL."
            raise SettingsError((problem,)) from error

    def _open_audit_log(self) -> None:
        if self.audit_log is None:
            return
        try:
            self.audit_log.open()
        except OSError as error:
            problem = f"AUDIT_LOG cannot be written: {error.strerror}."
            raise SettingsError((problem,)) from error

    async def _serve(self, stopped: asyncio.Event) -> None:
        self._connected = asyncio.create_task(self._connect(), name="gateway")
        if await ends_first(self._connected, stopped):
            self._connected.result()

    async def _connect(self) -> None:
        await self.log_in()
        for job in self.jobs:
            job.start()
        await self.client.connect()

    def _build_web(self) -> "WebServer | None":
        if self.settings.http_port is None:
            return None
        # A web framework that serves nothing would cost memory and time.
        from bot.web.health import WebServer, build_web  # noqa: PLC0415
        from bot.web.metrics import Metrics, ShardFigures, Sources  # noqa: PLC0415
        from bot.web.parts import Lazy  # noqa: PLC0415

        def list_shards() -> list[ShardFigures]:
            return [ShardFigures(*figures) for figures in self.client.list_shards()]

        metrics = Metrics(
            Sources(
                pools=self.db.list_pools,
                shards=list_shards,
                backlog=lambda: read_backlog(self.db),
                pace=self.pace.figures,
            )
        )
        self.db.on_outcome.append(metrics.count_operation)
        self.desk.on_answer.append(
            lambda t: metrics.count_interaction(t.kind, t.command, t.outcome, t.seconds)
        )
        checks = {
            "database": self._has_database,
            "gateway": self._has_gateway,
            "deliveries": self._may_deliver,
        }
        web = build_web(
            checks,
            metrics.write,
            remarks=frozenset({"deliveries"}),
            names=names_of(self.settings),
            parts={"/api": Lazy(self._build_api), "/app": Lazy(self._build_pages)},
        )
        return WebServer(web, self.settings.http_host, self.settings.http_port)

    def _build_api(self) -> "ASGIApp":
        # FastAPI takes memory and time that a bot without devices need not pay.
        from bot.views.errors import explain  # noqa: PLC0415
        from bot.web.api.building import build_api  # noqa: PLC0415

        return build_api(
            self.db,
            self._members.ask,
            self._members.name_of_guild,
            explain,
            is_https=is_https(self.settings),
        )

    def _build_pages(self) -> "ASGIApp":
        from bot.web.pages import build_pages  # noqa: PLC0415

        return build_pages(is_https=is_https(self.settings))

    async def _has_database(self) -> bool | str:
        try:
            await self.db.ping()
        except Unavailable as error:
            return error.trouble
        return True

    async def _may_deliver(self) -> bool | str:
        return "held back" if self.pace.figures().is_held else True

    async def _has_gateway(self) -> bool:
        return self.client.is_connected()


def names_of(settings: Settings) -> frozenset[str]:
    """Return the names that the web server may be asked by."""
    public = settings.public_url
    return frozenset({settings.http_host, *([yarl.URL(public).host or ""] if public else [])})


def share_of(settings: Settings) -> Share:
    """Return which guilds are this process's own: all, unless it runs some of the shards."""
    shards = settings.discord_shards
    if shards is None or shards.ids is None:
        return ALL_GUILDS
    return Share(shards.count, shards.ids)


def is_https(settings: Settings) -> bool:
    """Whether people reach the web over https: browsers may then be told to use nothing else."""
    return (settings.public_url or "").startswith("https:")

"""The Discord client: intents, cog discovery, the command tree, and where errors come in."""

import asyncio
import hashlib
from math import isfinite
from types import ModuleType
from typing import Any

import discord
import yarl
from aiohttp import ClientError
from discord import app_commands
from loguru import logger

import bot.cogs
from bot.cogs.base import BaseCog
from bot.database.delivery.command_trees import CommandTrees
from bot.domain.chain import canonical_json
from bot.domain.guild_settings import NotSetUp
from bot.domain.purposes import invite_url
from bot.errors import InvalidValue, TooManyAtOnce
from bot.frames import (
    drop_before_reading,
    is_readable,
    read_frames_sturdily,
    read_messages_sturdily,
)
from bot.identifying import IdentifyPace
from bot.interactions.choices import require_offered
from bot.interactions.clients import DeskClient, Interaction
from bot.interactions.desk import Desk
from bot.interactions.dispatch import Control, take_form
from bot.interactions.registers import load_modules
from bot.interactions.translation import CatalogueTranslator
from bot.locales import has_catalogues
from bot.pacing.discord_clock import DiscordClock
from bot.pacing.global_limit import GlobalLimit
from bot.pacing.requests import RequestPace
from bot.pacing.tracing import trace_requests
from bot.settings import DISCORD_API_URL, DISCORD_GATEWAY_URL, Settings


class Tree(app_commands.CommandTree[DeskClient]):
    """The slash commands; in guilds only, and every error becomes a private sentence."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Turn away direct messages, guilds that were never set up, and forged choices."""
        desk = interaction.client.desk
        if not is_readable(interaction):
            return False
        try:
            await desk.founding.require_set_up(interaction)
            require_offered(interaction)
        except (app_commands.NoPrivateMessage, NotSetUp, InvalidValue, TooManyAtOnce) as error:
            await desk.refuse(interaction, error)
            return False
        return True

    async def on_error(
        self,
        interaction: Interaction,
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Explain what discord.py or a command refused with."""
        if interaction.type is discord.InteractionType.autocomplete:
            logger.debug("No suggestions: {}", type(error).__name__)
            return
        await interaction.client.desk.refuse(interaction, error)


class TallymanBot(DeskClient):
    """The bot: it knows guilds, roles and channels, and keeps no members and no messages."""

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        pace: RequestPace,
        identify: IdentifyPace,
        clock: DiscordClock,
    ) -> None:
        # The libraries for voice are left out on purpose, so no warning about them is needed.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=(),
            help_command=None,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            http_trace=trace_requests(pace, clock, settings.discord_api_url),
            allowed_mentions=discord.AllowedMentions.none(),
            **_sharding(settings),
            tree_cls=Tree,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        self.desk = desk
        drop_before_reading(self._connection.parsers, desk.limits)
        read_messages_sturdily(self._connection._view_store)  # noqa: SLF001  # it has no name
        self._settings = settings
        self._identify = identify
        self._trees = CommandTrees(desk.db)

    async def setup_hook(self) -> None:
        """Load the cogs, register the controls, and send changed commands to Discord."""
        self.http._global_over = GlobalLimit()  # noqa: SLF001  # nothing else ends it
        await self.load_cogs()
        self.add_dynamic_items(Control)
        logger.info("Invite the bot to a server: {}", invite_url(self.application_id))
        await self.desk.notices.load()
        await self.sync_commands()

    async def load_cogs(self) -> None:
        """Add every cog that a module of the package defines, to be translated.

        discord.py's extensions would run the modules a second time, and with them every
        declaration of a control.
        """
        if has_catalogues():
            # It is asked for every text in each of Discord's thirty locales.
            await self.tree.set_translator(CatalogueTranslator())
        for module in load_modules(bot.cogs):
            for cog in _cogs_of(module):
                await self.add_cog(cog(self))

    async def sync_commands(self, *, is_forced: bool = False) -> bool:
        """Send the commands to Discord if they changed; return True if they were sent."""
        assert self.application_id is not None
        wanted = await self.hash_commands()
        if not is_forced and await self._trees.get_hash(self.application_id) == wanted:
            return False
        await self.tree.sync()
        await self._trees.set_hash(self.application_id, wanted)
        logger.info("The commands were sent to Discord")
        return True

    async def has_synced_commands(self) -> bool:
        """Whether Discord has exactly these commands; raises Unavailable."""
        assert self.application_id is not None
        return await self._trees.get_hash(self.application_id) == await self.hash_commands()

    async def hash_commands(self) -> str:
        """Return a hash over the commands as Discord gets them, translations included."""
        translator = self.tree.translator
        payload = [
            await command.get_translated_payload(self.tree, translator)
            if translator is not None
            else command.to_dict(self.tree)
            for command in self.tree.get_commands()
        ]
        return hashlib.sha256(canonical_json(payload)).hexdigest()

    async def launch_shards(self) -> None:
        """Start the shards, at the configured gateway if there is one.

        discord.py takes the address from the API unless the number of shards is known. Of
        several shards it has to be known how many may identify at once.
        """
        is_known = self._settings.discord_gateway_url == DISCORD_GATEWAY_URL
        if (self.shard_count or 0) > 1 or not is_known:
            try:
                count, _, limits = await self.http.get_bot_gateway()
            except (discord.GatewayNotFound, ClientError, OSError):
                if self.shard_count is None:
                    raise
                logger.warning("Discord does not say how fast shards may identify: one by one")
            else:
                self.shard_count = self.shard_count or count
                self._identify.max_concurrency = max(1, limits["max_concurrency"])
        await super().launch_shards()

    async def launch_shard(
        self, gateway: yarl.URL, shard_id: int, *, initial: bool = False
    ) -> None:
        """Connect a shard when it may identify itself, so that no connection waits for that."""
        assert self.application_id is not None
        await self._identify.take(self.application_id, shard_id)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the turn of a shard that has to identify itself once more."""
        del initial
        assert self.application_id is not None
        await self._identify.require(self.application_id, shard_id or 0)

    async def on_message(self, message: discord.Message, /) -> None:
        """Ignore messages: there are only slash commands."""

    async def on_interaction(self, interaction: Interaction, /) -> None:
        """Take submitted forms; discord.py itself knows only those it has sent since it started."""
        if interaction.type is discord.InteractionType.modal_submit:
            await take_form(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what an event handler raised."""
        del args, kwargs
        logger.exception("The handler of {} failed", event_method)

    async def leave_gateway(self) -> None:
        """Close the shards' connections: nothing new arrives, while requests can still be made."""
        await asyncio.gather(*(shard.disconnect() for shard in self.shards.values()))

    def is_connected(self) -> bool:
        """Whether every shard of this process has a live connection."""
        return self.is_ready() and all(not shard.is_closed() for shard in self.shards.values())

    def list_shards(self) -> list[tuple[int, bool, float | None]]:
        """List this process's shards: number, whether it is connected, latency in seconds."""
        return [
            (number, not shard.is_closed(), shard.latency if isfinite(shard.latency) else None)
            for number, shard in self.shards.items()
        ]


def _cogs_of(module: ModuleType) -> list[type[BaseCog]]:
    """Return the cogs that a module defines, not those that it imports."""
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, BaseCog)
        and member is not BaseCog
        and member.__module__ == module.__name__
    ]


def _sharding(settings: Settings) -> dict[str, Any]:
    """Return discord.py's arguments for this process's share of the guilds."""
    shards = settings.discord_shards
    if shards is None:
        return {}
    given: dict[str, Any] = {"shard_count": shards.count}
    if shards.ids is not None:
        given["shard_ids"] = list(shards.ids)
    return given


def point_at(settings: Settings) -> None:
    """Aim discord.py at the configured API and gateway; before the login."""
    read_frames_sturdily()
    if settings.discord_api_url != DISCORD_API_URL:
        discord.http.Route.BASE = settings.discord_api_url
    if settings.discord_gateway_url != DISCORD_GATEWAY_URL:
        gateway = yarl.URL(settings.discord_gateway_url)
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway

"""The doctor's checks of Discord, by REST only: a running bot's connections are not touched."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
import discord

from bot.app import App
from bot.cli.doctor.findings import Finding, broken, well, worth_a_look
from bot.client import point_at
from bot.cogs.channels import list_troubles
from bot.database.admin import checkup
from bot.database.admin.checkup import GuildChannels
from bot.domain.purposes import PURPOSES, Purpose, invite_url
from bot.errors import Unavailable
from bot.settings import Settings, SettingsError
from bot.views.channels import channel_trouble_line

MAX_GUILDS: Final = 100
_SKEW_SECONDS: Final = 5.0
_FEW_STARTS: Final = 20
# Which roles read a channel follows from the books; `/settings show` says it.
_ITS_OWN: Final = frozenset({"gone", "lacking", "public"})
_CHANNEL: Final = re.compile(r"<#(\d+)>")


class DiscordDoctor:
    """Logs in with the bot's token and checks what it finds."""

    def __init__(self, settings: Settings, *, has_books: bool) -> None:
        self._settings = settings
        self._has_books = has_books
        self._app = App(settings)
        self._http: Any = self._app.client.http
        self._skew_seconds: float | None = None

    async def examine(self) -> AsyncIterator[Finding]:
        """Check token, clock, shards, commands and the channels of every guild."""
        point_at(self._settings)
        self._http.http_trace = self._clock_trace()
        try:
            async for finding in self._examine():
                yield finding
        finally:
            await self._app.client.close()
            await self._app.db.close()

    async def _examine(self) -> AsyncIterator[Finding]:
        try:
            await self._log_in()
        except SettingsError as error:
            yield broken(str(error).rstrip("."), "see https://discord.com/developers/applications")
            return
        try:
            yield well(f"DISCORD_TOKEN is that of {self._app.client.user}")
            yield well(f"Invite the bot: {invite_url(self._app.client.application_id)}")
            yield well("Intents: only guilds, so no privileged intent has to be enabled")
            yield self._judge_clock()
            async for finding in self._examine_shards():
                yield finding
            yield await self._examine_commands()
            if self._has_books:
                async for finding in self._examine_guilds():
                    yield finding
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            yield broken(
                f"Discord stopped answering ({type(error).__name__})", "try again in a few minutes"
            )

    async def _log_in(self) -> None:
        """Log in without sending commands to Discord."""
        client = self._app.client
        await client.load_cogs()
        setattr(client, "setup_hook", _do_nothing)  # noqa: B010  # a method, to the type checker
        await self._app.log_in()

    def _judge_clock(self) -> Finding:
        if self._skew_seconds is None:
            return worth_a_look("Discord sent no time", "compare the clock yourself")
        if abs(self._skew_seconds) > _SKEW_SECONDS:
            return worth_a_look(
                f"This clock is {abs(self._skew_seconds):.0f} s "
                f"{'ahead of' if self._skew_seconds > 0 else 'behind'} Discord's",
                "switch time synchronisation on; records bear this clock's time",
            )
        return well("This clock agrees with Discord's")

    async def _examine_shards(self) -> AsyncIterator[Finding]:
        wanted, _, starts = await self._http.get_bot_gateway()
        chosen = self._settings.discord_shards
        if chosen is not None and chosen.count < wanted:
            yield worth_a_look(
                f"DISCORD_SHARDS is {chosen.count}, Discord recommends {wanted}",
                f"set it to {wanted}, or remove it",
            )
        else:
            yield well(
                f"Discord recommends {wanted} shards" if wanted > 1 else "One shard is enough"
            )
        if starts["remaining"] < _FEW_STARTS:
            hours = starts["reset_after"] / 3_600_000
            yield worth_a_look(
                f"The bot may start {starts['remaining']} more times within {hours:.1f} h",
                "find out why it starts so often",
            )

    async def _examine_commands(self) -> Finding:
        client = self._app.client
        known = await self._http.get_global_commands(client.application_id)
        ours = {command.name for command in client.tree.get_commands()}
        if ours != {command["name"] for command in known} or not await self._is_told():
            return worth_a_look(
                "Discord has other commands than this version",
                "`tallyman run` tells it when it starts, `tallyman commands sync` now",
            )
        return well(f"Discord has the {len(ours)} commands of this version")

    async def _is_told(self) -> bool:
        if not self._has_books:
            return True
        try:
            return await self._app.client.has_synced_commands()
        except Unavailable:
            return True

    async def _examine_guilds(self) -> AsyncIterator[Finding]:
        url = self._settings.database_url.get_secret_value()
        guilds = await checkup.list_channels(url, most=MAX_GUILDS + 1)
        for channels in guilds[:MAX_GUILDS]:
            async for finding in self._examine_guild(channels):
                yield finding
        if len(guilds) > MAX_GUILDS:
            yield worth_a_look(
                f"Only {MAX_GUILDS} guilds were checked", "use `/settings show` in the others"
            )

    async def _examine_guild(self, channels: GuildChannels) -> AsyncIterator[Finding]:
        try:
            guild = await self._fetch_guild(channels.guild_id)
        except (discord.NotFound, discord.Forbidden):
            yield worth_a_look(
                f"Guild {channels.guild_id} has books, but the bot is not in it",
                "invite it again, or leave the books as they are",
            )
            return
        for purpose in PURPOSES:
            yield _judge_channel(guild, purpose, channels.channel_ids.get(purpose.name))

    async def _fetch_guild(self, guild_id: int) -> discord.Guild:
        """Build a guild from REST data, so that the same checks apply as in the running bot."""
        client = self._app.client
        assert client.user is not None
        data = await self._http.get_guild(guild_id, with_counts=False)
        data["channels"] = await self._http.get_all_guild_channels(guild_id)
        data["members"] = [await self._http.get_member(guild_id, client.user.id)]
        return discord.Guild(data=data, state=client._connection)  # noqa: SLF001

    def _clock_trace(self) -> aiohttp.TraceConfig:
        trace = aiohttp.TraceConfig()

        async def compare(
            _session: Any, _context: Any, done: aiohttp.TraceRequestEndParams
        ) -> None:
            date = done.response.headers.get("Date")
            if date is not None and self._skew_seconds is None:
                skew = datetime.now(UTC) - parsedate_to_datetime(date)
                self._skew_seconds = skew.total_seconds()

        trace.on_request_end.append(compare)
        return trace


def _judge_channel(guild: discord.Guild, purpose: Purpose, channel_id: int | None) -> Finding:
    what = purpose.name
    where = f"{guild.name} ({guild.id})"
    if channel_id is None:
        return worth_a_look(f"{where} has no {what} channel", "`/setup` there creates one")
    troubles = [
        trouble
        for trouble in list_troubles(guild, purpose, channel_id)
        if trouble.reason in _ITS_OWN
    ]
    if not troubles:
        return well(f"{where}: the {what} channel #{guild.get_channel(channel_id)} is usable")
    lines = [channel_trouble_line(trouble, guild.id) for trouble in troubles]
    said = _CHANNEL.sub(lambda found: _name_of(guild, int(found[1])), " ".join(lines))
    is_only_public = all(trouble.reason == "public" for trouble in troubles)
    judge = worth_a_look if is_only_public else broken
    return judge(f"{where}: {said.rstrip('.')}", "fix the channel's permissions, or run `/setup`")


def _name_of(guild: discord.Guild, channel_id: int) -> str:
    channel = guild.get_channel(channel_id)
    return f"#{channel}" if channel else f"the channel {channel_id}"


async def _do_nothing() -> None:
    pass

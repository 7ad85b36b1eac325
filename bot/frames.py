"""Frames: what Discord's gateway sends, read so that no single frame ends the process.

discord.py ends the client, and with it the process, on anything that its reading of a frame raises.
"""

import asyncio
import time
import zlib
from collections.abc import Callable
from typing import Any, Final

import discord
from aiohttp import ClientError
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure
from discord.ui.view import ViewStore
from loguru import logger

from bot.interactions.limits import Limits

# How a connection's own end is said; discord.py connects again.
_ENDS: Final = (
    ReconnectWebSocket, WebSocketClosure, discord.ConnectionClosed, ClientError, OSError,
)  # fmt: skip


# How long frames are read one after another: twice as long as all else took in its turn, within
# these bounds. What has arrived is read without a pause otherwise, and a person who is being
# answered waits that long at each of some thirty steps; with less than half of the time a burst is
# read more slowly than it comes, and all wait for a second before they are read.
_LEAST_READING_SECONDS: Final = 0.002
_MOST_READING_SECONDS: Final = 0.01


class SturdyWebSocket(DiscordWebSocket):
    """A connection that leaves out a frame that cannot be read, and lets others have their turn."""

    _reading_since = 0.0
    _reading_seconds = _LEAST_READING_SECONDS

    async def received_message(self, msg: Any, /) -> None:
        """Read a frame; a compressed stream that broke is begun again by a new connection."""
        now = time.monotonic()
        if now - self._reading_since > self._reading_seconds:
            await asyncio.sleep(0)
            self._reading_since = time.monotonic()
            wanted = 2 * (self._reading_since - now)
            self._reading_seconds = min(max(_LEAST_READING_SECONDS, wanted), _MOST_READING_SECONDS)
        try:
            await super().received_message(msg)
        except _ENDS:
            raise
        except zlib.error as error:
            logger.warning("The stream from Discord broke; connecting again")
            await self.close()
            raise ReconnectWebSocket(self.shard_id) from error
        except Exception as error:  # noqa: BLE001  # an edge that reports
            say_unreadable(error)


def read_frames_sturdily() -> None:
    """Let every shard that connects from now on read its frames so."""
    setattr(discord.shard, "DiscordWebSocket", SturdyWebSocket)  # noqa: B010  # no class of ours


def drop_before_reading(parsers: dict[str, Callable[[Any], None]], limits: Limits) -> None:
    """Leave out interactions beyond a person's share before discord.py makes anything of them.

    Reading one costs as much as answering it does elsewhere: a flood would take all the time that
    it is denied at the desk.
    """
    read = parsers["INTERACTION_CREATE"]

    def read_unless_dropped(data: Any) -> None:
        user = data.get("user") or data["member"]["user"]
        if not limits.drops(int(data.get("guild_id") or 0), int(user["id"])):
            read(data)

    parsers["INTERACTION_CREATE"] = read_unless_dropped


def read_messages_sturdily(views: ViewStore) -> None:
    """Say of the message under a control that it cannot be read; discord.py reads it in a task."""
    read = views.schedule_dynamic_item_call

    async def read_or_say(*args: Any) -> None:
        # What the control itself raises discord.py catches before it comes here.
        try:
            await read(*args)
        except Exception as error:  # noqa: BLE001  # an edge that reports
            say_unreadable(error)

    setattr(views, "schedule_dynamic_item_call", read_or_say)  # noqa: B010  # no class of ours


def is_readable(interaction: discord.Interaction[Any]) -> bool:
    """Whether a command can be read that discord.py reads in a task; says so if not."""
    try:
        _ = interaction.command, interaction.namespace  # both keep what they read
    except Exception as error:  # noqa: BLE001  # an edge that reports
        say_unreadable(error)
        return False
    return True


def say_unreadable(error: Exception) -> None:
    """Log a frame that was left out, in one line without its contents."""
    logger.warning("A frame from Discord could not be read: {}", type(error).__name__)

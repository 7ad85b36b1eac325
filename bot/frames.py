"""Frames: what Discord's gateway sends, read so that no single frame ends the process.

discord.py ends the client, and with it the process, on anything that its reading of a frame raises.
"""

import zlib
from typing import Any, Final

import discord
from aiohttp import ClientError
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure
from loguru import logger

# How a connection's own end is said; discord.py connects again.
_ENDS: Final = (
    ReconnectWebSocket, WebSocketClosure, discord.ConnectionClosed, ClientError, OSError,
)  # fmt: skip


class SturdyWebSocket(DiscordWebSocket):
    """A connection that leaves out a frame that cannot be read."""

    async def received_message(self, msg: Any, /) -> None:
        """Read a frame; a compressed stream that broke is begun again by a new connection."""
        try:
            await super().received_message(msg)
        except _ENDS:
            raise
        except zlib.error as error:
            logger.warning("The stream from Discord broke; connecting again")
            await self.close()
            raise ReconnectWebSocket(self.shard_id) from error
        except Exception as error:  # noqa: BLE001  # an edge that reports
            logger.warning("A frame from Discord could not be read: {}", type(error).__name__)


def read_frames_sturdily() -> None:
    """Let every shard that connects from now on read its frames so."""
    setattr(discord.shard, "DiscordWebSocket", SturdyWebSocket)  # noqa: B010  # no class of ours

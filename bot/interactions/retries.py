"""Requests to Discord that are made again when a connection breaks."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord
import stamina
from aiohttp import ClientError

T = TypeVar("T")

_ALREADY_ACKNOWLEDGED = 40060


async def call_discord(request: Callable[[], Awaitable[T]]) -> T | None:
    """Make a request to Discord; a connection that broke is tried again at once.

    discord.py does not do that on Linux. When the first try got through after all, Discord
    says that the interaction was acknowledged before, which is what was wanted.
    """
    async for attempt in stamina.retry_context(
        on=_is_broken_connection, attempts=4, timeout=2.5, wait_initial=0.05, wait_max=0.5
    ):
        with attempt:
            try:
                return await request()
            except discord.HTTPException as error:
                if error.code != _ALREADY_ACKNOWLEDGED:
                    raise
            except discord.InteractionResponded:
                pass
    return None


def _is_broken_connection(error: Exception) -> bool:
    return isinstance(error, ClientError | OSError) and not isinstance(error, TimeoutError)

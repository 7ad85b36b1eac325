"""The copies of the chain's heads that the bot itself left in the audit channel."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Literal

import discord
from aiohttp import ClientError
from loguru import logger

from bot.domain.anchors import Anchor
from bot.views.audit.day_lines import newest_line, read_day_lines

# A month of a busy guild has more; older days are compared by `tallyman audit verify --anchor`.
MAX_MESSAGES: Final = 500
ENOUGH_DAYS: Final = 10
_MESSAGES_AT_ONCE: Final = 100
_READ_SECONDS: Final = 10.0

Trouble = Literal["", "no_channel", "forbidden", "unreachable"]


@dataclass(frozen=True, slots=True)
class Copies:
    """What the newest messages of the audit channel say, and what kept them from being read."""

    anchors: tuple[Anchor, ...] = ()
    newest_line: int | None = None
    trouble: Trouble = ""

    def find_lost(self, first_waiting: int) -> int | None:
        """Return a record whose line left the books and is not in the channel."""
        if self.newest_line is None or self.newest_line >= first_waiting - 1:
            return None
        return self.newest_line + 1


async def read_copies(client: discord.Client, guild_id: int, channel_id: int | None) -> Copies:
    """Read the bot's own newest messages in the audit channel, a bounded number of them."""
    if channel_id is None:
        return Copies(trouble="no_channel")
    anchors: list[Anchor] = []
    newest: int | None = None
    try:
        async with asyncio.timeout(_READ_SECONDS):
            async for text in _own_messages(client, channel_id):
                anchors += read_day_lines(guild_id, text)
                newest = max(filter(None, (newest, newest_line(text))), default=None)
                if len(anchors) >= ENOUGH_DAYS:
                    break
    except (discord.Forbidden, discord.NotFound):
        return Copies(trouble="forbidden")
    except (discord.HTTPException, ClientError, OSError, TimeoutError) as error:
        logger.info("The audit channel could not be read: {}", type(error).__name__)
        return Copies(tuple(anchors), newest, "unreachable")
    return Copies(tuple(anchors), newest)


async def _own_messages(client: discord.Client, channel_id: int) -> AsyncIterator[str]:
    """Yield the texts of the bot's newest messages in a channel, the newest first.

    As Discord sends them: its library's message objects refer to each other in circles, and five
    verifications held 30 MiB of them until they were collected.
    """
    before: int | None = None
    for _ in range(MAX_MESSAGES // _MESSAGES_AT_ONCE):
        messages = await client.http.logs_from(channel_id, _MESSAGES_AT_ONCE, before=before)
        for message in messages:
            if client.user is not None and int(message["author"]["id"]) == client.user.id:
                yield message["content"]
        if len(messages) < _MESSAGES_AT_ONCE:
            return
        before = int(messages[-1]["id"])

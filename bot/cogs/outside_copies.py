"""The copies of the chain's heads that the bot itself left in the audit channel."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import discord
from aiohttp import ClientError
from loguru import logger

from bot.domain.anchors import Anchor
from bot.views.audit.day_lines import newest_line, read_day_lines

# A month of a busy guild has more: of what is older, pages are drawn by lot, so that no one knows
# which days are compared. All are by `tallyman audit verify --anchor`.
MAX_MESSAGES: Final = 500
_DRAWN_PAGES: Final = 2
_MESSAGES_AT_ONCE: Final = 100
_READ_SECONDS: Final = 15.0

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
    except (discord.Forbidden, discord.NotFound):
        return Copies(trouble="forbidden")
    except (discord.HTTPException, ClientError, OSError, TimeoutError) as error:
        logger.info("The audit channel could not be read: {}", type(error).__name__)
        return Copies(tuple(anchors), newest, "unreachable")
    return Copies(tuple(anchors), newest)


async def _own_messages(client: discord.Client, channel_id: int) -> AsyncIterator[str]:
    """Yield the texts of the bot's newest messages in a channel, and of some older ones.

    As Discord sends them: its library's message objects refer to each other in circles, and five
    verifications held 30 MiB of them until they were collected.
    """
    before: int | None = None
    for _ in range(MAX_MESSAGES // _MESSAGES_AT_ONCE):
        messages = await client.http.logs_from(channel_id, _MESSAGES_AT_ONCE, before=before)
        for text in _own(client, messages):
            yield text
        if len(messages) < _MESSAGES_AT_ONCE:
            return
        before = int(messages[-1]["id"])
    for _ in range(_DRAWN_PAGES):
        # The id of a channel or message is the time at which it was made.
        drawn = channel_id + secrets.randbelow(max(1, (before or channel_id) - channel_id)) + 1
        messages = await client.http.logs_from(channel_id, _MESSAGES_AT_ONCE, before=drawn)
        for text in _own(client, messages):
            yield text


def _own(client: discord.Client, messages: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (
        each["content"]
        for each in messages
        if client.user is not None and int(each["author"]["id"]) == client.user.id
    )

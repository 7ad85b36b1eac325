"""Clock: Discord's time is asked for where nothing else has brought it for a while."""

from collections.abc import Callable
from typing import Final

import aiohttp
import discord
from loguru import logger

from bot.jobs.loop import Job
from bot.pacing.discord_clock import DiscordClock

# A machine that was paused by its host does not know how long: its steady clock stood still.
_OFTEN_SECONDS: Final = 300.0
# Of a clock that is wrong it is made sure, as people are refused for it.
_WRONG_SECONDS: Final = 25.0


class ClockJob(Job):
    """Lets Discord say its time; the answer is noted where all of them pass by."""

    interval_seconds = 30.0

    def __init__(
        self, client: discord.Client, clock: DiscordClock, find_wrong: Callable[[], object]
    ) -> None:
        super().__init__()
        self._client = client
        self._clock = clock
        self._find_wrong = find_wrong

    async def run_once(self) -> None:
        """Ask unless an answer came lately."""
        is_right = self._find_wrong() is None
        if self._clock.is_fresh(_OFTEN_SECONDS if is_right else _WRONG_SECONDS):
            return
        try:
            await self._client.http.get_bot_gateway()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            logger.debug("Discord does not say its time: {}", type(error).__name__)

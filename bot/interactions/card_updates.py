"""Cards during a decision: greyed after half a second, and always redrawn afterwards."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import discord
from aiohttp import ClientError
from loguru import logger

from bot.database.delivery.approval_messages import ApprovalCards
from bot.database.service import DatabaseService
from bot.errors import Unavailable
from bot.interactions.clients import Interaction
from bot.locales import SOURCE_LOCALE, use_locale
from bot.views.approvals import deciding

_SHOWN_AFTER_SECONDS = 0.5
# Longer than any decision takes: if the process dies meanwhile, the next one draws the card.
_GIVEN_UP = timedelta(seconds=20)


class Cards:
    """Greys cards and queues their redrawing; `on_redraw` callbacks wake the job that draws."""

    def __init__(self, db: DatabaseService) -> None:
        self.messages = ApprovalCards(db)
        self.on_redraw: list[Callable[[int], None]] = []

    @asynccontextmanager
    async def deciding(
        self, interaction: Interaction, noun: str, subject_id: int
    ) -> AsyncIterator[None]:
        """Grey the pressed card while the code inside takes more than a moment."""
        message, guild_id = interaction.message, interaction.guild_id
        if message is None or guild_id is None or message.flags.ephemeral:
            yield
            return
        is_over = asyncio.Event()
        greying = asyncio.create_task(
            self._grey_later(message, guild_id, noun, subject_id, is_over)
        )
        try:
            yield
        finally:
            is_over.set()
            # Not cancelled: a request on its way would arrive after the card was redrawn.
            if await greying:
                await self.redraw(guild_id, noun, subject_id)

    async def redraw(self, guild_id: int, noun: str, subject_id: int) -> None:
        """Queue the redrawing of a card."""
        try:
            await self.messages.redraw(guild_id, noun, subject_id)
        except Unavailable:
            logger.warning("The database is away; the card is drawn again later")
        for wake in self.on_redraw:
            wake(guild_id)

    async def restore(self, interaction: Interaction, noun: str, subject_id: int) -> None:
        """Have a card posted again if its message was deleted."""
        guild_id = interaction.guild_id
        assert guild_id is not None
        found = await self.messages.find(guild_id, noun, subject_id)
        if found is None:
            return
        channel_id, message_id = found
        try:
            await interaction.client.http.get_message(channel_id, message_id)
        except discord.NotFound:
            await self.redraw(guild_id, noun, subject_id)
        except (discord.HTTPException, ClientError, OSError) as error:
            logger.info("A card could not be looked for: {}", type(error).__name__)

    async def _grey_later(
        self,
        message: discord.Message,
        guild_id: int,
        noun: str,
        subject_id: int,
        is_over: asyncio.Event,
    ) -> bool:
        """Grey the card unless it is over soon; return True if it has to be redrawn."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SHOWN_AFTER_SECONDS):
                await is_over.wait()
            return False
        try:
            # Noted first: whatever happens from here on, the card will be redrawn.
            await self.messages.redraw(guild_id, noun, subject_id, wait=_GIVEN_UP)
            # Not in the actor's language: everyone in the channel sees it for a moment, and the
            # redrawn card is in the guild's.
            with use_locale(SOURCE_LOCALE):
                greyed = deciding(message)
            await message.edit(**greyed)
        except (Unavailable, discord.HTTPException, ClientError, OSError) as error:
            logger.info("A card could not be greyed: {}", type(error).__name__)
        return True

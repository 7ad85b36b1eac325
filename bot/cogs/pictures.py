"""Pictures that people attach to a command."""

import discord
from aiohttp import ClientError

from bot.domain.pictures import MAX_UPLOAD_BYTES, Picture, UnusablePicture
from bot.interactions.clients import Interaction
from bot.interactions.retries import call_discord
from bot.threads import in_file_thread


async def read_picture(
    interaction: Interaction, attached: discord.Attachment | None
) -> Picture | None:
    """Return an attached picture as it is kept, or None; raises UnusablePicture, Unavailable."""
    if attached is None:
        return None
    if attached.size > MAX_UPLOAD_BYTES:
        raise UnusablePicture("too_large")
    async with interaction.client.desk.db.reads.in_file_line(interaction.guild_id or 0):
        try:
            content = await call_discord(attached.read)
        except (discord.HTTPException, ClientError, OSError) as error:
            raise UnusablePicture("gone") from error
        if content is None or len(content) > MAX_UPLOAD_BYTES:
            raise UnusablePicture("too_large")
        from bot.reports.pictures import make_picture  # noqa: PLC0415  # Pillow, once it is needed

        return await in_file_thread(make_picture, content)

"""Pictures that people attach to a command."""

import discord

from bot.cogs.files import download, file_line
from bot.domain.pictures import MAX_UPLOAD_BYTES, Picture, UnusablePicture
from bot.interactions.clients import Interaction
from bot.threads import in_file_thread


async def read_picture(
    interaction: Interaction, attached: discord.Attachment | None
) -> Picture | None:
    """Return an attached picture as it is kept, or None; raises UnusablePicture, Unavailable."""
    if attached is None:
        return None
    async with file_line(interaction):
        content = await download(attached, MAX_UPLOAD_BYTES, UnusablePicture)
        from bot.reports.pictures import make_picture  # noqa: PLC0415  # Pillow, once it is needed

        return await in_file_thread(make_picture, content)

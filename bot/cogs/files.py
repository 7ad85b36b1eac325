"""Files that people attach to a command."""

import discord
from aiohttp import ClientError

from bot.domain.sheets import MAX_FILE_BYTES, UnreadableSheet
from bot.interactions.retries import call_discord


async def read_file(file: discord.Attachment) -> bytes:
    """Return what an attached file contains; raises UnreadableSheet."""
    if file.size > MAX_FILE_BYTES:
        raise UnreadableSheet("too_large")
    try:
        content = await call_discord(file.read)
    except (discord.HTTPException, ClientError, OSError) as error:
        raise UnreadableSheet("gone") from error
    if content is None or len(content) > MAX_FILE_BYTES:
        raise UnreadableSheet("too_large")
    return content

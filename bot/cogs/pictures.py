"""Pictures that people attach to a command."""

import asyncio

import discord
from aiohttp import ClientError

from bot.domain.pictures import MAX_UPLOAD_BYTES, Picture, UnusablePicture
from bot.interactions.retries import call_discord


async def read_picture(attached: discord.Attachment | None) -> Picture | None:
    """Return an attached picture as it is kept, or None; raises UnusablePicture."""
    if attached is None:
        return None
    if attached.size > MAX_UPLOAD_BYTES:
        raise UnusablePicture("too_large")
    try:
        content = await call_discord(attached.read)
    except (discord.HTTPException, ClientError, OSError) as error:
        raise UnusablePicture("gone") from error
    if content is None or len(content) > MAX_UPLOAD_BYTES:
        raise UnusablePicture("too_large")
    from bot.reports.pictures import make_picture  # noqa: PLC0415  # Pillow, once it is needed

    return await asyncio.to_thread(make_picture, content)

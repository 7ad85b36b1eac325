"""The files of invoices that people attach to a command."""

import base64
import hashlib

import discord
from aiohttp import ClientError

from bot.domain.invoice_files import (
    MAX_FILE_BYTES,
    KeptFile,
    UnusableFile,
    clean_file_name,
    media_type_of,
)
from bot.interactions.clients import Interaction
from bot.interactions.retries import call_discord


async def read_invoice_file(
    interaction: Interaction, attached: discord.Attachment | None
) -> KeptFile | None:
    """Return an attached file as it is kept, or None; raises UnusableFile, Unavailable."""
    if attached is None:
        return None
    if attached.size > MAX_FILE_BYTES:
        raise UnusableFile("too_large")
    try:
        async with interaction.client.desk.db.reads.in_file_line(interaction.guild_id or 0):
            content = await call_discord(attached.read)
    except (discord.HTTPException, ClientError, OSError) as error:
        raise UnusableFile("gone") from error
    media_type = media_type_of(content or b"")
    return KeptFile(
        name=clean_file_name(attached.filename, media_type),
        media_type=media_type,
        content=base64.b64encode(content or b"").decode(),
        content_hash=hashlib.sha256(content or b"").hexdigest(),
    )

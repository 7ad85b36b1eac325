"""The files of invoices that people attach to a command."""

import base64
import hashlib

import discord

from bot.cogs.files import download, file_line
from bot.domain.invoice_files import (
    MAX_FILE_BYTES,
    KeptFile,
    UnusableFile,
    clean_file_name,
    media_type_of,
)
from bot.interactions.clients import Interaction


async def read_invoice_file(
    interaction: Interaction, attached: discord.Attachment | None
) -> KeptFile | None:
    """Return an attached file as it is kept, or None; raises UnusableFile, Unavailable."""
    if attached is None:
        return None
    async with file_line(interaction):
        content = await download(attached, MAX_FILE_BYTES, UnusableFile)
    media_type = media_type_of(content)
    return KeptFile(
        name=clean_file_name(attached.filename, media_type),
        media_type=media_type,
        content=base64.b64encode(content).decode(),
        content_hash=hashlib.sha256(content).hexdigest(),
    )

"""Files that people attach to a command."""

from typing import Any

import discord
from aiohttp import ClientError

from bot.domain.sheets import MAX_FILE_BYTES, UnreadableSheet
from bot.interactions.clients import Interaction
from bot.interactions.retries import call_discord


def file_of_form(interaction: Interaction) -> discord.Attachment | None:
    """Return the file that was put into a form, None if there is none."""
    data: Any = interaction.data or {}
    attached = list(data.get("resolved", {}).get("attachments", {}).values())
    return discord.Attachment(data=attached[0], state=interaction._state) if attached else None  # noqa: SLF001  # as discord.py makes it of an option


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

"""Files that people attach to a command."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import discord
from aiohttp import ClientError

from bot.domain.sheets import MAX_FILE_BYTES, UnreadableSheet
from bot.errors import TallymanError
from bot.interactions.clients import Interaction
from bot.interactions.retries import call_discord


def file_of_form(interaction: Interaction) -> discord.Attachment | None:
    """Return the file that was put into a form, None if there is none."""
    data: Any = interaction.data or {}
    attached = list(data.get("resolved", {}).get("attachments", {}).values())
    return discord.Attachment(data=attached[0], state=interaction._state) if attached else None  # noqa: SLF001  # as discord.py makes it of an option


def file_line(interaction: Interaction) -> AbstractAsyncContextManager[None]:
    """Wait for the guild's place among those that send files; raises Unavailable."""
    return interaction.client.desk.db.reads.in_file_line(interaction.guild_id or 0)


async def read_file(file: discord.Attachment) -> bytes:
    """Return what an attached sheet contains; raises UnreadableSheet."""
    return await download(file, MAX_FILE_BYTES, UnreadableSheet)


async def download(
    file: discord.Attachment, limit: int, refusal: Callable[[str], TallymanError]
) -> bytes:
    """Return what an attached file contains; raises the refusal: it is too_large, or gone."""
    if file.size > limit:
        raise refusal("too_large")
    try:
        content = await call_discord(file.read)
    except (discord.HTTPException, ClientError, OSError) as error:
        raise refusal("gone") from error
    if content is None or len(content) > limit:
        raise refusal("too_large")
    return content

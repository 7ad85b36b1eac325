"""The tokens of promised answers, encrypted: with a live one any user of the machine could post."""

import asyncio
from typing import Any

from bot.database.encrypted_columns import MARK, place_of
from bot.database.encryption import Encryption
from bot.database.models import PendingAnswer
from bot.database.models.base import table_of
from bot.errors import KeyMissing, KeyUnreadable


class Tokens:
    """Encrypts tokens for the rows that keep them, and decrypts those of any process."""

    def __init__(self, encryption: Encryption) -> None:
        self._encryption = encryption
        self._loading: asyncio.Future[Any] | None = None

    async def encrypt(self, token: str, guild_id: int, key: str) -> str:
        """Return a token as its row keeps it."""
        if not self._encryption.is_loaded:
            await self._load()
        return self._encryption.encrypt(token, _place_of(guild_id, key))

    def decrypt(self, kept: str, guild_id: int, key: str) -> str:
        """Return the token again, empty if its key is not known here."""
        if not kept.startswith(f"{MARK}."):
            return kept  # of a program before this one; it lives for fifteen minutes
        try:
            return self._encryption.decrypt(kept, _place_of(guild_id, key))
        except (KeyMissing, KeyUnreadable):
            return ""

    async def _load(self) -> None:
        """Load once, beside the loop, what takes a tenth of a second; who waits keeps its turn."""
        if self._loading is None or self._loading.done():
            loading = asyncio.to_thread(lambda: self._encryption.ciphers)
            self._loading = asyncio.ensure_future(loading)
        await asyncio.shield(self._loading)


def _place_of(guild_id: int, key: str) -> str:
    return place_of(table_of(PendingAnswer), "token", (guild_id, key))

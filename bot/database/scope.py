"""What a controller works on: one guild's rows, on one connection, within one transaction."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.encryption import Encryption
from bot.database.signing import Signing


class Scope:
    """A guild's rows on one connection; reading scopes hand out no ids and take no changes."""

    __slots__ = (
        "_last_id",
        "connection",
        "encryption",
        "guild_id",
        "has_changed_rights",
        "has_changes",
        "is_writable",
        "now",
        "record",
        "signing",
    )

    def __init__(
        self,
        connection: AsyncConnection,
        guild_id: int,
        now: datetime,
        encryption: Encryption,
        *,
        record: int,
        last_id: int | None = None,
        signing: Signing | None = None,
    ) -> None:
        self.connection = connection
        self.guild_id = guild_id
        self.now = now
        self.encryption = encryption
        # What a unit signs with; nothing is signed while reading.
        self.signing = signing
        # The number of the record being written; in a reading scope, of the last one.
        self.record = record
        self.is_writable = last_id is not None
        self.has_changes = False
        self.has_changed_rights = False
        self._last_id = last_id or 0

    @property
    def last_id(self) -> int:
        """The last id handed out, to be written back to the book."""
        return self._last_id

    def next_id(self) -> int:
        """Hand out the guild's next small id."""
        self.mark_changed()
        self._last_id += 1
        return self._last_id

    def mark_changed(self, *, affects_rights: bool = False) -> None:
        """Note that rows change, so that the unit cannot be committed without a record.

        When rights change with them, every process computes rights again from then on.
        """
        if not self.is_writable:
            raise RuntimeError("a reading scope changes nothing; use DatabaseService.run")
        self.has_changes = True
        self.has_changed_rights |= affects_rights

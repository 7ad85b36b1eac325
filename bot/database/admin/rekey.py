"""Rekeying: every encrypted value is re-encrypted under the newest key, while bots go on working.

No operation, for nothing readable changes; but a guild's rows are changed under its
book's lock, as by any other writer, so no bot waits for two rows in the wrong order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.encrypted_columns import EncryptedColumn, list_encrypted_columns, place_of
from bot.database.encryption import Encryption
from bot.database.models import Book
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.domain.contacts import UNREADABLE
from bot.errors import KeyMissing

_BATCH_ROWS: Final = 200
_MAX_ROUNDS: Final = 5

_book = table_of(Book).c
_LOCK = select(_book.guild_id).where(_book.guild_id == bindparam("guild_id")).with_for_update()


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """How many values were re-encrypted, and how many are under an older key all the same."""

    encrypted: int
    left: int


async def rekey(
    db: DatabaseService, encryption: Encryption, *, is_giving_up: bool = False
) -> Rekeyed:
    """Encrypt every value under the newest key; raises KeyMissing if a value's own is not known.

    Giving up, such a value is replaced by one that says it is unreadable, for good. Keys in a file
    change as a whole: a new one is made first and the old one dropped at last. With DATA_KEY, the
    operator does both. May be broken off and run again.
    """

    async def add_key(_connection: AsyncConnection) -> None:
        if is_giving_up:
            encryption.make_key()
        encryption.add_key()

    # On SQLite the transaction holds the file, so no other process changes keys meanwhile.
    await db.maintenance.write(add_key)
    encrypted = 0
    for _ in range(_MAX_ROUNDS):
        again = 0
        for what in list_encrypted_columns():
            again += await _rekey_column(db, encryption, what, is_giving_up=is_giving_up)
        encrypted += again
        if not again:
            break
    return Rekeyed(encrypted=encrypted, left=await _finish(db, encryption))


async def _rekey_column(
    db: DatabaseService, encryption: Encryption, what: EncryptedColumn, *, is_giving_up: bool
) -> int:
    prefix = encryption.ciphers.newest_prefix

    async def find_guilds(connection: AsyncConnection) -> Sequence[int]:
        guild_id = what.table.c.guild_id
        stale = select(guild_id).where(what.is_stale(prefix)).distinct().order_by(guild_id)
        return (await connection.execute(stale)).scalars().all()

    encrypted = 0
    for guild_id in await db.maintenance.write(find_guilds):
        after: tuple[Any, ...] | None = None
        while True:
            batch = _Batch(encryption, what, guild_id, after, is_giving_up)
            await db.maintenance.write(batch.run)
            encrypted += batch.encrypted
            after = batch.last
            if after is None:
                break
    return encrypted


@dataclass(slots=True)
class _Batch:
    """Some rows of a guild, in the order of their keys; `last` is where the next batch begins."""

    encryption: Encryption
    what: EncryptedColumn
    guild_id: int
    after: tuple[Any, ...] | None
    is_giving_up: bool
    encrypted: int = 0
    last: tuple[Any, ...] | None = None

    async def run(self, connection: AsyncConnection) -> None:
        """Re-encrypt the rows, each only if it was not changed since it was read."""
        await connection.execute(_LOCK, {"guild_id": self.guild_id})
        ciphers, what = self.encryption.ciphers, self.what
        rows = (await connection.execute(self._stale(ciphers.newest_prefix))).all()
        set_encrypted = self._update()
        for *key, old in rows:
            place = place_of(what.table, what.column, (self.guild_id, *key))
            values = {f"key_{number}": part for number, part in enumerate(key)}
            values |= {"old": old, "new": ciphers.encrypt(self._decrypt(old, place), place)}
            self.encrypted += (await connection.execute(set_encrypted, values)).rowcount
        if len(rows) == _BATCH_ROWS:
            self.last = tuple(rows[-1][:-1])

    def _decrypt(self, old: str, place: str) -> str:
        try:
            return self.encryption.decrypt(old, place)
        except KeyMissing:
            if not self.is_giving_up:
                raise
            return UNREADABLE

    def _stale(self, prefix: str) -> Any:
        what = self.what
        stale = select(*what.key, what.value).where(
            what.table.c.guild_id == self.guild_id, what.is_stale(prefix)
        )
        if self.after is not None:
            stale = stale.where(tuple_(*what.key) > self.after)
        return stale.order_by(*what.key).limit(_BATCH_ROWS)

    def _update(self) -> Any:
        what = self.what
        matches = [column == bindparam(f"key_{n}") for n, column in enumerate(what.key)]
        return (
            update(what.table)
            .where(what.table.c.guild_id == self.guild_id, *matches)
            .where(what.value == bindparam("old"))
            .values({what.column: bindparam("new")})
        )


async def _finish(db: DatabaseService, encryption: Encryption) -> int:
    """Drop the old key of a file if nothing needs it; returns how many values do."""

    async def finish(connection: AsyncConnection) -> int:
        prefix, left = encryption.ciphers.newest_prefix, 0
        for what in list_encrypted_columns():
            count = select(func.count()).select_from(what.table).where(what.is_stale(prefix))
            left += (await connection.execute(count)).scalar_one()
        if not left:
            # The next encryption begins after this transaction, and sees the new file.
            encryption.keep_newest_key()
        return left

    return await db.maintenance.write(finish)

"""Words of an import's new items, inserted while its preview is read: most of what it takes.

They are of ids that the book has handed out and that no row has yet, so that nothing is found by
them. The ids are kept with the preview, one for each new item in the order of the file, and words
of them exist only while it is open: its unit takes them over, and whatever else ends it deletes
them. More than one process may insert them at once, and goes on where one has died.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, LargeBinary, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.book_head import BookHead
from bot.database.controllers.words import MadeWords, delete_words, insert_words
from bot.database.models import Book, ImportPreview, SearchWord
from bot.database.models.base import table_of
from bot.database.service import DatabaseService
from bot.database.snapshots import LOCK_HEAD
from bot.database.statements import Prepared
from bot.domain.imports.content import IDS_BYTES, find_ids, with_ids

_book, _preview, _word = table_of(Book), table_of(ImportPreview), table_of(SearchWord)
_HERE: Final = (_preview.c.guild_id == bindparam("g"), _preview.c.token == bindparam("t"))
# The beginning of a preview's content, where the ids are.
BEGINNING: Final = func.substr(_preview.c.content, 1, IDS_BYTES, type_=LargeBinary)
_LOCK_BEGINNING: Final = (
    select(BEGINNING)
    .where(*_HERE, _preview.c.applied_record.is_(None))
    .with_for_update(read=True)  # several at once, while nothing ends the preview
)
_CONTENT: Final = select(_preview.c.content).where(*_HERE, _preview.c.applied_record.is_(None))
_KEEP: Final = update(_preview).where(*_HERE).values(content=bindparam("kept"))
_HAND_OUT: Final = (
    update(_book)
    .where(_book.c.guild_id == bindparam("g"))
    .values(last_id=_book.c.last_id + bindparam("count", type_=BigInteger))
    .returning(_book.c.last_id)
)
# The unit that takes the words over is durable, and all that was committed before it with it.
_UNHURRIED: Final = text("SET LOCAL synchronous_commit = off")
_ITEM: Final = "item"
_WORDED: Final = Prepared(
    select(_word.c.subject_id)
    .where(
        _word.c.guild_id == bindparam("g"),
        _word.c.noun == bindparam("noun"),
        _word.c.subject_id >= bindparam("first", type_=BigInteger),
        _word.c.subject_id <= bindparam("last", type_=BigInteger),
    )
    .distinct()
)


async def lock_book(connection: AsyncConnection, guild_id: int) -> BookHead:
    """Wait for a unit of the guild that may be taking the words of a preview over."""
    heads = await LOCK_HEAD.fetch(connection, {"guild_id": guild_id})
    return BookHead(*heads[0]) if heads else BookHead.of_nothing(guild_id)


async def delete_kept(
    connection: AsyncConnection, guild_id: int, beginnings: Sequence[bytes]
) -> None:
    """Delete the words of the ids that ended previews kept."""
    for beginning in beginnings:
        ids = find_ids(beginning)
        if ids:
            await delete_words(connection, {"guild_id": guild_id, "noun": _ITEM}, ids)


class ImportWords:
    """The words of the new items of one preview."""

    def __init__(self, db: DatabaseService, guild_id: int, token: str) -> None:
        self._db = db
        self._guild_id = guild_id
        self._here: dict[str, Any] = {"g": guild_id, "t": token}

    async def keep_ids(self, count: int) -> range | None:
        """Return the ids that the preview keeps for its new items; None if the preview is gone.

        The first who asks has them handed out.
        """

        async def work(connection: AsyncConnection) -> range | None:
            await lock_book(connection, self._guild_id)
            content = await connection.scalar(_CONTENT, self._here)
            if content is None:
                return None
            kept = find_ids(content)
            if kept is not None and len(kept) == count:
                return kept
            await delete_kept(connection, self._guild_id, [content])
            handed = {"g": self._guild_id, "count": count}
            last = (await connection.execute(_HAND_OUT, handed)).scalar_one()
            ids = range(last - count + 1, last + 1)
            await connection.execute(_KEEP, self._here | {"kept": with_ids(content, ids)})
            return ids

        return await self._db.maintenance.write(work)

    async def find_missing(self, ids: range) -> list[int]:
        """Return the ids whose words are not there yet."""
        of = {"g": self._guild_id, "noun": _ITEM, "first": ids[0], "last": ids[-1]}

        async def work(connection: AsyncConnection) -> list[int]:
            worded = {row[0] for row in await _WORDED.fetch(connection, of)}
            return [each for each in ids if each not in worded]

        return await self._db.maintenance.read(work)

    async def insert(self, ids: range, rows: Sequence[tuple[int, MadeWords]]) -> bool:
        """Insert words of some of these ids; returns whether the preview still keeps them."""

        async def work(connection: AsyncConnection) -> bool:
            if connection.dialect.name == "postgresql":
                await connection.execute(_UNHURRIED)
            beginning = await connection.scalar(_LOCK_BEGINNING, self._here)
            if beginning is None or find_ids(beginning) != ids:
                return False
            of = {"guild_id": self._guild_id, "noun": _ITEM}
            await insert_words(connection, of, [(number, False, made) for number, made in rows])
            return True

        return await self._db.maintenance.write(work)

"""Words: what a search finds rows by, written with the rows so that no caller has to remember."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeAlias, TypeVar

import orjson
from sqlalchemy import Table, bindparam, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.controllers.base import BaseController
from bot.database.controllers.shapes import Shape
from bot.database.models import SearchWord
from bot.database.models.base import NounRow, table_of
from bot.database.statements import Prepared, change_together, is_among
from bot.domain.words import parts_of, words_of

FoundT = TypeVar("FoundT", bound=NounRow)

_words: Table = table_of(SearchWord)
# Of thousands of words, binding each takes several times what SQLite does with it.
_INSERT_JSON = Prepared(
    text(
        "INSERT INTO search_word (guild_id, noun, is_archived, word, subject_id) "
        "SELECT :guild_id, :noun, json_extract(value, '$[0]'), json_extract(value, '$[1]'), "
        "json_extract(value, '$[2]') FROM json_each(:rows) WHERE true ON CONFLICT DO NOTHING"
    )
)
# Many words have an end that another word brought.
_INSERT_PARTS_JSON = Prepared(
    text(
        "INSERT OR IGNORE INTO search_part (guild_id, noun, part, word) "
        "SELECT :guild_id, :noun, json_extract(value, '$[0]'), json_extract(value, '$[1]') "
        "FROM json_each(:rows)"
    )
)
# One statement for the words of some rows: run once a row, the 300 words of 50 items take twice as
# long as the rest of their unit. More of them hold the loop up while they are encoded.
_ROWS_AT_ONCE: Final = 10
_INSERT_ARRAYS = Prepared(
    text(
        "WITH ends AS ("
        "INSERT INTO search_part (guild_id, noun, part, word) "
        "SELECT :guild_id, :noun, part, word FROM unnest("
        "CAST(:parts AS text[]), CAST(:parted AS text[])) AS p (part, word) "
        "ON CONFLICT DO NOTHING) "
        "INSERT INTO search_word (guild_id, noun, is_archived, word, subject_id) "
        "SELECT :guild_id, :noun, is_archived, word, subject_id FROM unnest("
        "CAST(:archived AS boolean[]), CAST(:words AS text[]), CAST(:subject_ids AS bigint[])"
        ") AS w (is_archived, word, subject_id) ON CONFLICT DO NOTHING"
    )
)
_DELETE = Prepared(
    delete(_words).where(
        _words.c.guild_id == bindparam("guild_id"),
        _words.c.noun == bindparam("noun"),
        is_among(_words.c.subject_id, "subject_ids"),
    )
)


class MadeWords(NamedTuple):
    """What some texts are found by: words, and ends of words with the word of each."""

    words: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]


WordedRows: TypeAlias = Sequence[tuple[int, bool, MadeWords]]


def make_words(texts: Sequence[str], *, has_parts: bool = True) -> MadeWords:
    """Make what some texts are found by."""
    return MadeWords(words_of(*texts), tuple(parts_of(*texts)) if has_parts else ())


async def insert_words(
    connection: AsyncConnection,
    of: dict[str, Any],
    rows: WordedRows,
) -> None:
    """Insert the words of rows (id, whether archived, words) of a guild's noun.

    Those that are there already stay: an import may insert the same words as its preview at once.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    at_once = max(1, len(rows)) if is_sqlite else _ROWS_AT_ONCE
    for start in range(0, len(rows), at_once):
        await _insert(connection, of, rows[start : start + at_once])


async def _insert(connection: AsyncConnection, of: dict[str, Any], rows: WordedRows) -> None:
    words = [
        (is_archived, word, number) for number, is_archived, made in rows for word in made.words
    ]
    if not words:
        return
    parts = sorted({part for *_, made in rows for part in made.parts})
    if connection.dialect.name == "sqlite":
        together = of | {"rows": orjson.dumps(words).decode()}
        ends = of | {"rows": orjson.dumps(parts).decode()}
        await change_together(
            connection, [(_INSERT_JSON, [together]), (_INSERT_PARTS_JSON, [ends])]
        )
        return
    arrays = {
        "archived": [is_archived for is_archived, _, _ in words],
        "words": [word for _, word, _ in words],
        "subject_ids": [subject_id for _, _, subject_id in words],
        "parts": [part for part, _ in parts],
        "parted": [word for _, word in parts],
    }
    await _INSERT_ARRAYS.fetch(connection, of | arrays)


async def delete_words(connection: AsyncConnection, of: dict[str, Any], ids: Sequence[int]) -> None:
    """Delete the words of some rows of a guild's noun."""
    await _DELETE.fetch(connection, of | {"subject_ids": list(ids)})


class WordedController(BaseController[FoundT], Generic[FoundT]):
    """A table whose rows have words of some of their columns kept beside them."""

    searched: ClassVar[tuple[str, ...]]  # columns whose words find a row, the best first
    # Whether the middle of a word finds a row: the ends of words outlive the names they are of.
    has_parts: ClassVar[bool] = True
    _indexed: ClassVar[frozenset[str]]
    # Words and ends of words that were made ahead for some texts: of thousands of rows they take
    # longer than the rest of the unit, which has its guild wait.
    made_ahead: Mapping[tuple[str, ...], "MadeWords"] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if hasattr(cls, "searched"):
            cls._indexed = frozenset({*cls.searched, "archived_at"})

    async def create(self, **values: Any) -> FoundT:
        """Insert a row and the words by which it is found; see BaseController."""
        row = await super().create(**values)
        await self._insert_words([row])
        return row

    async def bulk_create(self, rows: Sequence[Mapping[str, Any]]) -> list[FoundT]:
        """Insert many rows and their words in two round trips."""
        created = await super().bulk_create(rows)
        await self._insert_words(created)
        return created

    async def insert_worded(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert any number of rows whose words were inserted ahead of the unit."""
        await self._pour_rows(rows)

    async def update_by_id(self, *key: int | str, **values: Any) -> FoundT:
        """Change a row, and its words if what they are made of changes."""
        row = await super().update_by_id(*key, **values)
        if not self._indexed.isdisjoint(values):
            await self._replace_words([row])
        return row

    async def bulk_update(
        self, changes: Sequence[tuple[tuple[int | str, ...], Mapping[str, Any]]]
    ) -> None:
        """Change many rows, and their words if what they are made of changes."""
        await super().bulk_update(changes)
        if changes and not self._indexed.isdisjoint(changes[0][1]):
            rows = await self.get_many([int(key[0]) for key, _ in changes])
            await self._replace_words(list(rows.values()))

    async def _delete(self, shape: Shape, equals: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        keys = await super()._delete(shape, equals)
        await self.delete_words([key[0] for key in keys])
        return keys

    async def _replace_words(self, rows: Sequence[FoundT]) -> None:
        await self.delete_words([self._id(row) for row in rows])
        await self._insert_words(rows)

    async def _insert_words(self, rows: Iterable[FoundT]) -> None:
        made = [(self._id(row), self._is_archived(row), self._make(row)) for row in rows]
        await insert_words(self._scope.connection, self._in_guild({"noun": self.noun}), made)

    async def delete_words(self, ids: Sequence[int]) -> None:
        """Delete the words of rows, also of some that are not there."""
        if ids:
            await delete_words(self._scope.connection, self._in_guild({"noun": self.noun}), ids)

    def _id(self, row: FoundT) -> int:
        return int(getattr(row, self._key[0]))

    def _make(self, row: FoundT) -> "MadeWords":
        texts = tuple(getattr(row, column) for column in self.searched)
        return self.made_ahead.get(texts) or make_words(texts, has_parts=self.has_parts)

    @staticmethod
    def _is_archived(row: FoundT) -> bool:
        return getattr(row, "archived_at", None) is not None

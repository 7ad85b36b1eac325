"""Search by words: what autocomplete and `/find` guess from, in under a millisecond a million."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, NoReturn, TypeVar

from sqlalchemy import Table, bindparam, delete, insert, select

from bot.database.controllers.base import NULL, BaseController, Page
from bot.database.models import SearchWord
from bot.database.models.base import NumberedRow, table_of
from bot.domain.names import MAX_REFERENCE, clean_text, key_of, words_of
from bot.domain.places import LAST_RESERVED_ID
from bot.domain.stock import Reference
from bot.errors import InvalidValue, NotFound

FoundT = TypeVar("FoundT", bound=NumberedRow)

MAX_MATCHES = 25
_WINDOW = 200
_ALIKE_WINDOW = 80
_LAST_CHARACTER = "\U0010ffff"
_ALIKE = 0.55
_MAX_TOKENS = 3

_words: Table = table_of(SearchWord)
_INSERT = insert(_words)
_DELETE = delete(_words).where(
    _words.c.guild_id == bindparam("guild_id"),
    _words.c.noun == bindparam("noun"),
    _words.c.subject_id == bindparam("subject_id"),
)


class SearchableController(BaseController[FoundT], Generic[FoundT]):
    """A table whose rows are found by the words of some of its columns."""

    searched: ClassVar[tuple[str, ...]]  # columns whose words find a row, the best first

    async def require_reference(self, reference: Reference) -> FoundT:
        """Return the row that a person or a button named; raises NotFound with likely ones."""
        if isinstance(reference, int):
            row = await self.get_by_id(reference) if reference > LAST_RESERVED_ID else None
        else:
            typed = clean_text(reference, field=self.noun, limit=MAX_REFERENCE, required=True)
            row = await self.find_by_name(typed)
        if row is None:
            await self.refuse_unknown(reference)
        return row

    async def refuse_unknown(self, reference: Reference) -> NoReturn:
        """Raise NotFound, with what may have been meant by what was typed."""
        if isinstance(reference, int):
            raise NotFound(self.noun)
        alike = await self.search(reference)
        names = tuple(getattr(other, self.searched[0]) for other in alike[:3])
        raise NotFound(self.noun, wanted=reference.strip(), suggestions=names)

    async def find_by_name(self, typed: str) -> FoundT | None:
        """Return the row that was typed exactly, by any searched column, the best first."""
        key = key_of(typed)
        for column in self.searched:
            row = await self.find_one(**{f"{column}_key": key})
            if row is not None:
                return row
        return None

    async def search(self, typed: str, *, is_archived: bool = False) -> list[FoundT]:
        """Return at most 25 rows that the person may mean, the likeliest first.

        Words are matched by prefix; when that finds nothing, likeness is judged within a
        bounded window of rows that begin alike, never over all.
        """
        try:
            key = key_of(clean_text(typed, field=self.noun, limit=MAX_REFERENCE))
        except InvalidValue:
            return []
        tokens = key.split()
        if not tokens:
            return await self._first(is_archived=is_archived)
        found = await self._beginning(key, is_archived=is_archived)
        longest = max(tokens, key=len)
        if len(tokens) > 1 and len(found) < MAX_MATCHES:
            window = await self._beginning(longest, is_archived=is_archived)
            known = {row.id for row in found}
            found += [r for r in window if r.id not in known and _has_all(self._texts(r), tokens)]
        if not found:
            window = await self._beginning(
                longest[:2], is_archived=is_archived, window=_ALIKE_WINDOW
            )
            window += await self._beginning(
                longest[:1], is_archived=is_archived, window=_ALIKE_WINDOW
            )
            return self._alike(key, list({row.id: row for row in window}.values()))
        return sorted(found, key=lambda row: self._rank(row, key))[:MAX_MATCHES]

    async def paginate_found(
        self, typed: str, *, after: int | None = None, before: int | None = None, limit: int = 10
    ) -> Page[FoundT]:
        """Return a page of the rows in use, by the first searched column.

        Only rows with words that begin like each word typed, the first three; the cursor is
        a row's id, as in `paginate`.
        """
        tokens = key_of(typed).split()[:_MAX_TOKENS]
        backwards, cursor = before is not None, before if before is not None else after
        statement = self._statement(
            ("found", len(tokens), backwards, cursor is None),
            lambda: self._build_found(len(tokens), backwards=backwards, first=cursor is None),
        )
        values: dict[str, Any] = {
            "noun": self.noun,
            "cursor": cursor,
            "limit": limit + 1,
            "last_reserved": LAST_RESERVED_ID,
        }
        for number, token in enumerate(tokens):
            values |= {f"first{number}": token, f"last{number}": token + _LAST_CHARACTER}
        rows = await self._rows(statement, values)
        return self._page_of(rows, limit, backwards=backwards, first=cursor is None)

    def _build_found(self, tokens: int, *, backwards: bool, first: bool) -> Any:
        columns = self._table.c
        order_by = f"{self.searched[0]}_key"
        statement = self._page(
            ("archived_at" + NULL,), order_by, backwards=backwards, first=first
        ).where(columns.id > bindparam("last_reserved"))
        for number in range(tokens):
            statement = statement.where(
                columns.id.in_(
                    select(_words.c.subject_id).where(
                        _words.c.guild_id == bindparam("guild_id"),
                        _words.c.noun == bindparam("noun"),
                        _words.c.is_archived.is_(False),
                        _words.c.word >= bindparam(f"first{number}"),
                        _words.c.word < bindparam(f"last{number}"),
                    )
                )
            )
        return statement

    async def index(self, row: FoundT, *, is_new: bool = False) -> None:
        """Note the words by which a new, renamed, archived or restored row is found."""
        here = {"guild_id": row.guild_id, "noun": self.noun, "subject_id": row.id}
        if not is_new:
            await self._change(_DELETE, here)
        await self._change(_INSERT, self._words(row))

    async def bulk_index(self, rows: Iterable[FoundT]) -> None:
        """Note the words of many new rows in one round trip."""
        words = [word for row in rows for word in self._words(row)]
        if words:
            await self._change(_INSERT, words)

    def _words(self, row: FoundT) -> list[dict[str, Any]]:
        return [
            {
                "guild_id": row.guild_id,
                "noun": self.noun,
                "is_archived": getattr(row, "archived_at", None) is not None,
                "word": word,
                "subject_id": row.id,
            }
            for word in words_of(*(getattr(row, column) for column in self.searched))
        ]

    def _texts(self, row: FoundT) -> list[str]:
        return [getattr(row, f"{column}_key") for column in self.searched]

    def _rank(self, row: FoundT, key: str) -> tuple[int, str]:
        texts = self._texts(row)
        for place, text in enumerate(texts):
            if text == key:
                return place, text
        for place, text in enumerate(texts):
            if text.startswith(key):
                return len(texts) + place, text
        return 2 * len(texts), texts[0]

    def _alike(self, key: str, window: Sequence[FoundT]) -> list[FoundT]:
        # One matcher for all: it keeps what it knows of `key`, and gives bounds for little.
        matcher = difflib.SequenceMatcher(b=key, autojunk=False)

        def likeness(row: FoundT) -> float:
            best = 0.0
            for word in {word for text in self._texts(row) for word in (text, *text.split())}:
                matcher.set_seq1(word)
                floor = max(best, _ALIKE)
                if matcher.real_quick_ratio() > floor and matcher.quick_ratio() > floor:
                    best = max(best, matcher.ratio())
            return best

        judged = sorted(((likeness(row), row.id, row) for row in window), reverse=True)
        return [row for alike, _, row in judged if alike > _ALIKE][:MAX_MATCHES]

    async def _first(self, *, is_archived: bool) -> list[FoundT]:
        statement = self._statement(
            ("first", is_archived), lambda: self._build_first(is_archived=is_archived)
        )
        return await self._rows(statement, {"last_reserved": LAST_RESERVED_ID})

    def _build_first(self, *, is_archived: bool) -> Any:
        columns = self._table.c
        statement = (
            self._where(())
            .where(columns.id > bindparam("last_reserved"))
            .order_by(columns[f"{self.searched[0]}_key"])
            .limit(MAX_MATCHES)
        )
        if "archived_at" not in columns:
            return statement
        archived_at = columns.archived_at
        return statement.where(archived_at.is_not(None) if is_archived else archived_at.is_(None))

    async def _beginning(
        self, prefix: str, *, is_archived: bool, window: int = _WINDOW
    ) -> list[FoundT]:
        statement = self._statement("beginning", self._build_beginning)
        values = {
            "noun": self.noun,
            "is_archived": is_archived,
            "first": prefix,
            "last": prefix + _LAST_CHARACTER,
            "window": window,
        }
        rows = await self._rows(statement, values)
        return list({row.id: row for row in rows}.values())

    def _build_beginning(self) -> Any:
        hits = (
            select(_words.c.subject_id, _words.c.word)
            .where(
                _words.c.guild_id == bindparam("guild_id"),
                _words.c.noun == bindparam("noun"),
                _words.c.is_archived == bindparam("is_archived"),
                _words.c.word >= bindparam("first"),
                _words.c.word < bindparam("last"),
            )
            .order_by(_words.c.word)
            .limit(bindparam("window"))
            .subquery()
        )
        return (
            select(self._table)
            .join(hits, self._table.c.id == hits.c.subject_id)
            .where(self._table.c.guild_id == bindparam("guild_id"))
            .order_by(hits.c.word)
        )

    async def _rows(self, statement: Any, values: dict[str, Any]) -> list[FoundT]:
        result = await self._scope.connection.execute(statement, self._in_guild(values))
        return [self._load(self._open(dict(row._mapping))) for row in result]


def _has_all(texts: Sequence[str], tokens: Sequence[str]) -> bool:
    words = words_of(*texts)
    return all(any(word.startswith(token) for word in words) for token in tokens)

"""Search by words: what autocomplete and `/find` guess from, in under a millisecond a million."""

import difflib
from collections.abc import Sequence
from typing import Any, Generic, NoReturn

from sqlalchemy import ColumnElement, Select, Table, bindparam, select

from bot.database.controllers.base import Narrowing, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.shapes import Shape
from bot.database.controllers.words import FoundT, WordedController
from bot.database.models import SearchWord
from bot.database.models.base import table_of
from bot.domain.names import MAX_REFERENCE, clean_text, key_of, words_of
from bot.domain.stock import Reference
from bot.domain.virtual_locations import LAST_RESERVED_ID
from bot.errors import Candidate, InvalidValue, NotFound

MAX_MATCHES = 25
_WINDOW = 200
_ALIKE_WINDOW = 80
_LAST_CHARACTER = "\U0010ffff"
_ALIKE = 0.55
_MAX_TOKENS = 3

_words: Table = table_of(SearchWord)


class SearchableController(WordedController[FoundT], Generic[FoundT]):
    """A table whose rows are found by the words of some of its columns."""

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
        guesses = tuple(
            Candidate(self.noun, other.id, getattr(other, self.searched[0])) for other in alike[:3]
        )
        raise NotFound(self.noun, wanted=reference.strip(), suggestions=guesses)

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
        self,
        typed: str,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[FoundT]:
        """Return a page of the rows in use, by the first searched column.

        Only rows with words that begin like each word typed, the first three; the cursor is
        a row's id, as in `paginate`.
        """
        tokens = key_of(typed).split()[:_MAX_TOKENS]
        values: dict[str, Any] = {"noun": self.noun, "last_reserved": LAST_RESERVED_ID}
        for number, token in enumerate(tokens):
            values |= {f"first{number}": token, f"last{number}": token + _LAST_CHARACTER}
        count = len(tokens)
        narrowing = Narrowing(("found", count), lambda: self._is_found(count), values)
        order = f"{self.searched[0]}_key"
        return await self._paginate(
            narrowing, {"archived_at": None}, (after, before), limit=limit, order_by=order
        )

    def _is_found(self, tokens: int) -> list[ColumnElement[bool]]:
        row_id = self._table.c.id
        having_word = select(_words.c.subject_id).where(
            _words.c.guild_id == bindparam("guild_id"),
            _words.c.noun == bindparam("noun"),
            _words.c.is_archived.is_(False),
        )
        return [
            row_id > bindparam("last_reserved"),
            *(
                row_id.in_(
                    having_word.where(
                        _words.c.word >= bindparam(f"first{number}"),
                        _words.c.word < bindparam(f"last{number}"),
                    )
                )
                for number in range(tokens)
            ),
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
        statement = self._prepared(
            ("first", is_archived), lambda: self._build_first(is_archived=is_archived)
        )
        return await self._rows(statement, {"last_reserved": LAST_RESERVED_ID})

    def _build_first(self, *, is_archived: bool) -> Select[Any]:
        columns = self._table.c
        statement = (
            self._select(Shape())
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
        statement = self._prepared("beginning", self._build_beginning)
        values = {
            "noun": self.noun,
            "is_archived": is_archived,
            "first": prefix,
            "last": prefix + _LAST_CHARACTER,
            "window": window,
        }
        rows = await self._rows(statement, values)
        return list({row.id: row for row in rows}.values())

    def _build_beginning(self) -> Select[Any]:
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


def _has_all(texts: Sequence[str], tokens: Sequence[str]) -> bool:
    words = words_of(*texts)
    return all(any(word.startswith(token) for word in words) for token in tokens)

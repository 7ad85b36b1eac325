"""Candidates: the bounded windows of rows among which a search looks."""

import difflib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, Generic

from bot.database.controllers.search_statements import (
    MAX_CANDIDATES,
    MAX_COMPARED,
    MAX_HITS,
    MAX_PROBED,
    WINDOW,
    build_beginning,
    build_first,
    build_having_all,
    build_hits,
    build_inside,
    build_named_from,
    build_shared,
    build_sizes,
    range_of,
)
from bot.database.controllers.words import FoundT, WordedController
from bot.domain.names import key_of
from bot.domain.virtual_locations import LAST_RESERVED_ID
from bot.domain.words import Wanted, fold_key, least_part

MAX_MATCHES: Final = 25
_ALIKE_WINDOW: Final = 80
_ALIKE: Final = 0.55


class CandidateController(WordedController[FoundT], Generic[FoundT]):
    """A table whose rows are looked up by what was typed, each look within a window.

    No window grows with the table, so a search takes milliseconds with a million rows.
    """

    listed_by: ClassVar[str]  # the key column that a list is ordered by, unique in a guild

    async def find_exact(self, typed: str) -> list[FoundT]:
        """Return the rows that were typed exactly, by the first searched column that fits."""
        key = key_of(typed)
        for column in self.searched:
            rows = await self.find_all(**{f"{column}_key": key}, limit=MAX_CANDIDATES)
            if rows:
                return rows
        return []

    def _keys_of(self, row: FoundT) -> list[str]:
        """Return the keys by which a row is found, the best first."""
        return [getattr(row, f"{column}_key") for column in self.searched]

    async def _find_candidates(self, wanted: Wanted, *, is_archived: bool) -> list[FoundT]:
        found = await self._find_folded(wanted, is_archived=is_archived)
        written = wanted.as_written
        if written.folded != wanted.folded:
            found |= await self._find_folded(written, is_archived=is_archived)
        steady = wanted.steady_part
        if steady and len(found) < MAX_MATCHES:
            # Rows of before know their letters as they were written alone.
            for rows in (
                await self._beginning(steady, is_archived=is_archived),
                await self._inside(steady, is_archived=is_archived),
            ):
                found |= {self._id(row): row for row in rows}
        return list(found.values())

    async def _find_folded(self, wanted: Wanted, *, is_archived: bool) -> dict[int, FoundT]:
        found: dict[int, FoundT] = {}

        def add(rows: Sequence[FoundT]) -> None:
            found.update({self._id(row): row for row in rows})

        first = await self._beginning(wanted.folded, is_archived=is_archived)
        add(first)
        if len(first) == WINDOW:
            # So many words begin like this that what is named so may not be among them.
            add(await self._named_from(wanted.key, is_archived=is_archived))
        if wanted.squeezed not in {"", wanted.folded}:
            add(await self._beginning(wanted.squeezed, is_archived=is_archived))
        if len(wanted.tokens) > 1 and len(first) <= MAX_MATCHES:
            # What has the words somewhere comes behind what begins so, of which there is enough.
            add(await self._having_all(wanted, is_archived=is_archived))
        elif wanted.tokens and len(found) < MAX_MATCHES:
            add(await self._inside(wanted.tokens[0][0], is_archived=is_archived))
        if not wanted.tokens:
            add([r for r in await self.find_exact(wanted.key) if is_archived_row(r) == is_archived])
        return found

    def _rank(self, wanted: Wanted, rows: Sequence[FoundT]) -> tuple[list[FoundT], dict[int, int]]:
        ranked = []
        for row in rows:
            keys = self._keys_of(row)
            rank = wanted.rank(keys)
            if rank is not None:
                # `hall rack` is the rack in the hall before it is a bin in that rack.
                is_inside = not wanted.names(keys[0])
                ranked.append((rank, is_inside, keys[0], self._id(row), row))
        ranked.sort(key=lambda each: each[:4])
        return [row for *_, row in ranked], {row_id: rank for rank, _, _, row_id, _ in ranked}

    async def _first(self, *, is_archived: bool) -> list[FoundT]:
        statement = self._prepared(
            ("first", is_archived),
            lambda: build_first(self._table, self._key[0], self.listed_by, is_archived=is_archived),
        )
        values = {"last_reserved": LAST_RESERVED_ID, "window": WINDOW}
        return await self._rows(statement, values)

    async def _beginning(
        self, prefix: str, *, is_archived: bool, window: int = WINDOW
    ) -> list[FoundT]:
        statement = self._prepared("beginning", lambda: build_beginning(self._table, self._key[0]))
        values = self._search_values(is_archived=is_archived) | range_of(prefix)
        rows = await self._rows(statement, values | {"window": window})
        return list({self._id(row): row for row in rows}.values())

    async def _named_from(self, key: str, *, is_archived: bool) -> list[FoundT]:
        column = f"{self.searched[0]}_key"
        statement = self._prepared(
            ("named from", is_archived),
            lambda: build_named_from(self._table, column, is_archived=is_archived),
        )
        rows = await self._rows(statement, range_of(key) | {"window": MAX_MATCHES})
        for other in self.searched[1:]:
            named = await self.find_all(**{f"{other}_key": key}, limit=MAX_CANDIDATES)
            rows += [row for row in named if is_archived_row(row) == is_archived]
        return rows

    async def _inside(self, token: str, *, is_archived: bool) -> list[FoundT]:
        if len(token) < least_part(token):
            return []
        statement = self._prepared("inside", lambda: build_inside(self._table, self._key[0]))
        values = self._search_values(is_archived=is_archived) | range_of(token)
        return await self._rows(statement, values | {"window": WINDOW})

    async def _having_all(self, wanted: Wanted, *, is_archived: bool) -> list[FoundT]:
        """Find rows with every token: those that the rarer tokens have in common.

        A token with more hits than are looked at narrows nothing: `_rank` judges by it. Where all
        are so common, a bounded number of rows with the first is probed for the others.
        """
        common = self._search_values(is_archived=is_archived)
        least = min(3, max(len(token) for token, _ in wanted.tokens))
        tokens = [token for token, _ in wanted.tokens if len(token) >= least]
        narrowed: set[int] | None = None
        is_open = len(tokens) < len(wanted.tokens)
        for token in tokens:
            is_long = len(token) >= least_part(token)
            statement = self._prepared(("hits", is_long), partial(build_hits, has_parts=is_long))
            hits = await self._scalars(statement, common | range_of(token) | {"window": MAX_HITS})
            if len(hits) < MAX_HITS:
                narrowed = set(hits) if narrowed is None else narrowed.intersection(hits)
                if not narrowed:
                    return []
            else:
                is_open = True
        if narrowed is None:
            narrowed = set(await self._share([token for token, _ in wanted.tokens], common))
            is_open = False
        # Rows that met every token need no more judging than fit a window.
        wanted_rows = MAX_HITS if is_open else WINDOW
        return list((await self.get_many(sorted(narrowed)[:wanted_rows])).values())

    async def _share(self, tokens: Sequence[str], common: Mapping[str, Any]) -> list[int]:
        """Return the ids of some rows with all of these tokens, each of which many rows have.

        All of them if one token is rare enough, otherwise those that the first rows of each share:
        to look for a row's other words takes twenty times what reading one more id does. Words
        whose first rows are of different kinds share none, so then some rows of each are probed.
        """
        ids = await self._shared(tokens, common, MAX_COMPARED)
        if len(ids) > MAX_MATCHES:
            return ids
        statement = self._prepared(("sizes", len(tokens)), lambda: build_sizes(len(tokens)))
        values = {**common, **_ranges_of(tokens), "read": MAX_COMPARED}
        (sizes,) = await statement.fetch(self._scope.connection, self._in_guild(values))
        if max(sizes) < MAX_COMPARED:
            return ids
        size, rarest = min(zip(sizes, tokens, strict=True))
        if size < MAX_COMPARED:
            return await self._probe(rarest, tokens, common, MAX_COMPARED)
        ids = await self._shared(tokens, common, 2 * MAX_COMPARED)
        for token in () if ids else tokens:
            ids += await self._probe(token, tokens, common, MAX_PROBED)
        return ids

    async def _shared(
        self, tokens: Sequence[str], common: Mapping[str, Any], read: int
    ) -> list[int]:
        count = len(tokens)
        statement = self._prepared(("shared", count), lambda: build_shared(count))
        values = {**common, **_ranges_of(tokens), "read": read, "window": WINDOW}
        return await self._scalars(statement, values)

    async def _probe(
        self, first: str, tokens: Sequence[str], common: Mapping[str, Any], read: int
    ) -> list[int]:
        """Return the ids of rows with all tokens, of so many that have the first."""
        count = len(tokens)
        statement = self._prepared(("having all", count), lambda: build_having_all(count))
        ordered = sorted(tokens, key=lambda token: token != first)
        values = {**common, **_ranges_of(ordered), "read": read, "window": WINDOW}
        return await self._scalars(statement, values)

    async def _find_alike(self, wanted: Wanted, *, is_archived: bool) -> list[FoundT]:
        longest = max((token for token, _ in wanted.tokens), key=len)
        window: dict[int, FoundT] = {}
        for length in dict.fromkeys((len(longest) // 2 + 1, 2, 1)):
            rows = await self._beginning(
                longest[:length], is_archived=is_archived, window=_ALIKE_WINDOW
            )
            new = [row for row in rows if self._id(row) not in window]
            window |= {self._id(row): row for row in new}
            if alike := self._alike(wanted.folded, new):
                return alike
        return []

    def _alike(self, folded: str, window: Sequence[FoundT]) -> list[FoundT]:
        # One matcher for all: it keeps what it knows of the text, and gives bounds for little.
        matcher = difflib.SequenceMatcher(b=folded, autojunk=False)

        def likeness(row: FoundT) -> float:
            best = 0.0
            texts = [fold_key(key) for key in self._keys_of(row)]
            for word in {word for text in texts for word in (text, *text.split())}:
                matcher.set_seq1(word)
                floor = max(best, _ALIKE)
                if matcher.real_quick_ratio() > floor and matcher.quick_ratio() > floor:
                    best = max(best, matcher.ratio())
            return best

        judged = sorted(((likeness(row), self._id(row), row) for row in window), reverse=True)
        return [row for alike, _, row in judged if alike > _ALIKE][:MAX_MATCHES]

    def _search_values(self, *, is_archived: bool) -> dict[str, Any]:
        return {"noun": self.noun, "is_archived": is_archived}


def _ranges_of(tokens: Sequence[str]) -> dict[str, str]:
    ranges: dict[str, str] = {}
    for number, token in enumerate(tokens):
        ranges |= range_of(token, str(number))
    return ranges


def is_archived_row(row: Any) -> bool:
    """Whether a row of any noun is archived."""
    return getattr(row, "archived_at", None) is not None

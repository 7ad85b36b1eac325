"""Search by words: what autocomplete and `/find` guess from, in milliseconds a million rows."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Final, Generic, NoReturn

from bot.database.controllers.base import Narrowing, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.search_statements import (
    MAX_CANDIDATES,
    MAX_HITS,
    MAX_PROBED,
    WINDOW,
    build_beginning,
    build_first,
    build_having_all,
    build_hits,
    build_inside,
    build_named_from,
    is_found,
    range_of,
)
from bot.database.controllers.words import FoundT, WordedController
from bot.domain.names import MAX_REFERENCE, clean_text, key_of
from bot.domain.stock import Reference
from bot.domain.virtual_locations import LAST_RESERVED_ID
from bot.domain.words import Wanted, fold_key, least_part
from bot.errors import Ambiguous, Candidate, InvalidValue, NotFound

MAX_MATCHES: Final = 25
_MAX_SUGGESTED: Final = 10
_ALIKE_WINDOW: Final = 80
_ALIKE: Final = 0.55
_MAX_TOKENS: Final = 3


@dataclass(frozen=True, slots=True)
class Matches(Generic[FoundT]):
    """Rows that may be meant, the likeliest first, with how well each matches (0 is exact).

    Guesses resemble what was typed and do not match it.
    """

    rows: list[FoundT] = field(default_factory=list)
    ranks: dict[int, int] = field(default_factory=dict)
    is_guess: bool = False


class SearchableController(WordedController[FoundT], Generic[FoundT]):
    """A table whose rows are found by the words of some of its columns."""

    listed_by: ClassVar[str]  # the key column that a list is ordered by, unique in a guild

    async def require_reference(self, reference: Reference, *, is_archived: bool = False) -> FoundT:
        """Return the row that a person or a button named.

        Of several with the name it is the only one in use (or archived, if that is looked for).
        Raises Ambiguous, and NotFound with likely ones.
        """
        row = None
        if isinstance(reference, int):
            if reference > LAST_RESERVED_ID:
                row = await self.get_by_id(reference)
        else:
            typed = clean_text(reference, field=self.noun, limit=MAX_REFERENCE, required=True)
            row = await self.find_by_name(typed, is_archived=is_archived)
        if row is None:
            await self.refuse_unknown(reference)
        return row

    async def refuse_unknown(self, reference: Reference) -> NoReturn:
        """Raise NotFound, with what may have been meant by what was typed."""
        if isinstance(reference, int):
            raise NotFound(self.noun)
        alike = await self.search(reference)
        guesses = await self._describe([self._candidate(row) for row in alike[:_MAX_SUGGESTED]])
        raise NotFound(self.noun, wanted=reference.strip(), suggestions=guesses)

    async def find_by_name(self, typed: str, *, is_archived: bool = False) -> FoundT | None:
        """Return the row that was typed exactly, None if there is none; raises Ambiguous."""
        found = await self.find_exact(typed)
        wanted = [row for row in found if _is_archived(row) == is_archived] or found
        if len(wanted) > 1:
            candidates = await self._describe([self._candidate(r) for r in wanted[:MAX_MATCHES]])
            raise Ambiguous(self.noun, typed.strip(), candidates, len(wanted) > MAX_MATCHES)
        return wanted[0] if wanted else None

    async def find_exact(self, typed: str) -> list[FoundT]:
        """Return the rows that were typed exactly, by the first searched column that fits."""
        key = key_of(typed)
        for column in self.searched:
            rows = await self.find_all(**{f"{column}_key": key}, limit=MAX_CANDIDATES)
            if rows:
                return rows
        return []

    async def search(self, typed: str, *, is_archived: bool = False) -> list[FoundT]:
        """Return at most 25 rows that the person may mean, the likeliest first."""
        return (await self.match(typed, is_archived=is_archived)).rows[:MAX_MATCHES]

    async def match(self, typed: str, *, is_archived: bool = False) -> Matches[FoundT]:
        """Return the rows that match what was typed, or else guesses at it.

        Exact ones come first, then those that begin so, that have the words, that have it in the
        middle of a word. Likeness is judged within windows of rows that begin alike, never over
        all, and only where nothing matches.
        """
        try:
            clean = clean_text(typed, field=self.noun, limit=MAX_REFERENCE)
        except InvalidValue:
            return Matches()
        wanted = Wanted.read(clean)
        if not wanted.key:
            return Matches(await self._first(is_archived=is_archived))
        rows = await self._find_candidates(wanted, is_archived=is_archived)
        found = Matches(*self._rank(wanted, rows))
        former = None if 0 in found.ranks.values() else await self._find_former(wanted.key)
        if former is not None and _is_archived(former) == is_archived:
            others = [row for row in found.rows if self._id(row) != self._id(former)]
            found = Matches([former, *others], found.ranks | {self._id(former): 0})
        if found.rows or not wanted.tokens:
            return found
        return Matches(await self._find_alike(wanted, is_archived=is_archived), is_guess=True)

    async def paginate_found(
        self,
        typed: str,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[FoundT]:
        """Return a page of the rows in use that match each word typed, the first three.

        The order is `listed_by`; the cursor is a row's id, as in `paginate`.
        """
        tokens = [token for token, _ in Wanted.read(typed).tokens][:_MAX_TOKENS]
        values: dict[str, Any] = {"noun": self.noun, "last_reserved": LAST_RESERVED_ID}
        for number, token in enumerate(tokens):
            values |= range_of(token, str(number))
        inside = tuple(len(token) >= least_part(token) for token in tokens)
        narrowing = Narrowing(
            ("found", inside), lambda: is_found(self._table, self._key[0], inside), values
        )
        return await self._paginate(
            narrowing, {"archived_at": None}, (after, before), limit=limit, order_by=self.listed_by
        )

    # What differs from noun to noun

    def _candidate(self, row: FoundT) -> Candidate:
        label = getattr(row, self.searched[0])
        return Candidate(self.noun, self._id(row), label, is_archived=_is_archived(row))

    async def _describe(self, candidates: list[Candidate]) -> tuple[Candidate, ...]:
        """Add what helps to choose."""
        return tuple(candidates)

    def _keys_of(self, row: FoundT) -> list[str]:
        """Return the keys by which a row is found, the best first."""
        return [getattr(row, f"{column}_key") for column in self.searched]

    async def _find_former(self, key: str) -> FoundT | None:
        """Return the row that had a name before which no other has now."""
        del key
        return None

    # Finding candidates

    async def _find_candidates(self, wanted: Wanted, *, is_archived: bool) -> list[FoundT]:
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
        if len(wanted.tokens) > 1:
            add(await self._having_all(wanted, is_archived=is_archived))
        elif wanted.tokens and len(found) < MAX_MATCHES:
            add(await self._inside(wanted.tokens[0][0], is_archived=is_archived))
        if not wanted.tokens:
            add([r for r in await self.find_exact(wanted.key) if _is_archived(r) == is_archived])
        return list(found.values())

    def _rank(self, wanted: Wanted, rows: Sequence[FoundT]) -> tuple[list[FoundT], dict[int, int]]:
        ranked = []
        for row in rows:
            keys = self._keys_of(row)
            rank = wanted.rank(keys)
            if rank is not None:
                ranked.append((rank, keys[0], self._id(row), row))
        ranked.sort(key=lambda each: each[:3])
        return [row for *_, row in ranked], {row_id: rank for rank, _, row_id, _ in ranked}

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
            rows += [row for row in named if _is_archived(row) == is_archived]
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
            else:
                is_open = True
        if narrowed is None:
            count = len(tokens)
            statement = self._prepared(("having all", count), lambda: build_having_all(count))
            values = {**common, "probed": MAX_PROBED, "window": WINDOW}
            for number, token in enumerate(tokens):
                values |= range_of(token, str(number))
            narrowed = set(await self._scalars(statement, values))
        # Rows that met every token need no more judging than fit a window.
        wanted_rows = MAX_HITS if is_open else WINDOW
        return list((await self.get_many(sorted(narrowed)[:wanted_rows])).values())

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


def _is_archived(row: Any) -> bool:
    return getattr(row, "archived_at", None) is not None

"""Search by words: what autocomplete and `/find` guess from, in milliseconds a million rows."""

from dataclasses import dataclass, field
from typing import Any, Final, Generic, NoReturn

from bot.database.controllers.base import Narrowing, Page
from bot.database.controllers.candidates import MAX_MATCHES, CandidateController, is_archived_row
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.search_statements import is_found, range_of
from bot.database.controllers.subjects import SubjectController
from bot.database.controllers.words import FoundT
from bot.domain.names import MAX_REFERENCE, clean_text
from bot.domain.stock import Reference
from bot.domain.virtual_locations import LAST_RESERVED_ID
from bot.domain.words import Wanted, least_part
from bot.errors import Ambiguous, Candidate, InvalidValue, NotFound

_MAX_SUGGESTED: Final = 10
_MAX_TOKENS: Final = 3


@dataclass(frozen=True, slots=True)
class Matches(Generic[FoundT]):
    """Rows that may be meant, the likeliest first, with how well each matches (0 is exact).

    Guesses resemble what was typed and do not match it.
    """

    rows: list[FoundT] = field(default_factory=list)
    ranks: dict[int, int] = field(default_factory=dict)
    is_guess: bool = False


class SearchableController(CandidateController[FoundT], SubjectController[FoundT], Generic[FoundT]):
    """A table whose rows are found by the words of some of its columns."""

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
        wanted = [row for row in found if is_archived_row(row) == is_archived] or found
        if len(wanted) > 1:
            candidates = await self._describe([self._candidate(r) for r in wanted[:MAX_MATCHES]])
            raise Ambiguous(self.noun, typed.strip(), candidates, len(wanted) > MAX_MATCHES)
        return wanted[0] if wanted else None

    async def search(self, typed: str, *, is_archived: bool = False) -> list[FoundT]:
        """Return at most 25 rows that the person may mean, the likeliest first."""
        return (await self.match(typed, is_archived=is_archived)).rows[:MAX_MATCHES]

    async def match(
        self, typed: str, *, is_archived: bool = False, with_guesses: bool = True
    ) -> Matches[FoundT]:
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
        if former is not None and is_archived_row(former) == is_archived:
            others = [row for row in found.rows if self._id(row) != self._id(former)]
            found = Matches([former, *others], found.ranks | {self._id(former): 0})
        if found.rows or not wanted.tokens or not with_guesses:
            return found
        led = [] if is_archived else await self._find_led(wanted.key)
        alike = await self._find_alike(wanted, is_archived=is_archived)
        guesses = {self._id(row): row for row in [*led, *alike]}
        return Matches(list(guesses.values()), is_guess=True)

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
        wanted = Wanted.read(typed).as_written
        tokens = [token for token, _ in wanted.tokens][:_MAX_TOKENS]
        if not tokens and wanted.folded:
            tokens = [wanted.folded]  # signs alone narrow as well: a SKU may be one
        values: dict[str, Any] = {"noun": self.noun, "last_reserved": LAST_RESERVED_ID}
        for number, token in enumerate(tokens):
            values |= range_of(token, str(number))
        inside = tuple(bool(wanted.tokens) and len(token) >= least_part(token) for token in tokens)
        narrowing = Narrowing(
            ("found", inside), lambda: is_found(self._table, self._key[0], inside), values
        )
        return await self._paginate(
            narrowing, {"archived_at": None}, (after, before), limit=limit, order_by=self.listed_by
        )

    # What differs from noun to noun

    async def _find_led(self, key: str) -> list[FoundT]:
        """Return rows in use to which something leads that begins as was typed."""
        del key
        return []

    def _candidate(self, row: FoundT) -> Candidate:
        label = getattr(row, self.searched[0])
        return Candidate(self.noun, self._id(row), label, is_archived=is_archived_row(row))

    async def _describe(self, candidates: list[Candidate]) -> tuple[Candidate, ...]:
        """Add what helps to choose."""
        return tuple(candidates)

    async def _find_former(self, key: str) -> FoundT | None:
        """Return the row that had a name before which no other has now."""
        del key
        return None

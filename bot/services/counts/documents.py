"""Counts as documents that are decided about: what their pages and their cards show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.database.models import StockCount
from bot.database.unit import Books
from bot.domain.counts import COUNTED, OPEN, SKIPPED
from bot.domain.documents import COUNT
from bot.domain.lanes import REQUESTS
from bot.services.approvals.kinds import Subject
from bot.services.documents.kinds import DocumentType, declare_document


@dataclass(frozen=True, slots=True, kw_only=True)
class CountFacts:
    """A count's location, how far it has come, and who counted."""

    location: str
    open: int
    counted: int
    skipped: int
    differing: int
    counters: tuple[int, ...]


async def describe_count(books: Books, count: StockCount) -> CountFacts:
    """Return what the page and the card of a count show."""
    location = await books.locations.require(count.location_id)
    progress = await books.count_lines.progress_of(count.id)
    lines = {state: each.lines for state, each in progress.items()}
    return CountFacts(
        location=location.path,
        open=lines.get(OPEN, 0),
        counted=lines.get(COUNTED, 0),
        skipped=lines.get(SKIPPED, 0),
        differing=progress[COUNTED].differing if COUNTED in progress else 0,
        counters=await books.count_lines.list_counters(count.id),
    )


async def name_counts(books: Books, counts: Sequence[StockCount]) -> Mapping[int, str]:
    """Return the locations of counts, by the counts' ids."""
    found = await books.locations.get_many([count.location_id for count in counts])
    return {count.id: found[count.location_id].path for count in counts}


async def subject_of(books: Books, count_id: int) -> Subject:
    """Return a count as what is decided about; raises NotFound."""
    count = await books.stock_counts.require(count_id)
    facts = await describe_count(books, count)
    numbers = {
        "location": facts.location,
        "counted lines": str(facts.counted),
        "skipped lines": str(facts.skipped),
        "differences": str(facts.differing),
    }
    return Subject(
        noun=COUNT.noun,
        id=count.id,
        label=COUNT.label(count.number),
        facts=tuple((name, value) for name, value in numbers.items() if value != "0"),
    )


COUNT_TYPE = DocumentType(
    kind=COUNT,
    documents=lambda books: books.stock_counts,
    lines=lambda books: books.count_lines,
    view="count.perform",
    purpose=REQUESTS,
    describe=describe_count,
    title=name_counts,
    workers=("count.perform",),
)
COUNTS = declare_document(COUNT_TYPE)

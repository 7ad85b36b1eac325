"""Skipping lines of a count: they stay as the books have them, and can still be counted."""

from dataclasses import dataclass
from typing import Final

from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change, join_first
from bot.domain.counts import OPEN, SKIP, SKIPPED, NothingEntered, NothingLeft
from bot.domain.documents import COUNT
from bot.services.approvals.deciding import revise
from bot.services.counts.deciding import COUNT_KIND
from bot.services.counts.documents import subject_of
from bot.services.counts.entering import CountsEntered, require_counting
from bot.services.counts.lines import NamedLine, name_lines
from bot.services.documents.changing import DocumentChange

_MAX_NAMED: Final = 5
# As many as a menu shows.
_MENU_LINES: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOpenLines:
    """Ask which lines could be skipped."""

    count_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLinesListed:
    """The next lines that are neither counted nor skipped."""

    count_id: int
    label: str
    lines: tuple[NamedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipLines:
    """Leave lines as the books have them."""

    count_id: int
    lines: tuple[int, ...]


@query(permission="count.perform")
async def list_open_lines(books: Books, request: ListOpenLines) -> OpenLinesListed:
    """List the next lines that could be skipped."""
    count = await require_counting(books, request.count_id)
    lines = await books.count_lines.list_of(count.id, state=OPEN, limit=_MENU_LINES)
    label = COUNT.label(count.number)
    if not lines:
        raise NothingLeft(label, is_barred=False)
    named = await name_lines(books, lines)
    return OpenLinesListed(count_id=count.id, label=label, lines=tuple(named))


@operation("count.skip", permission="count.perform")
async def skip_lines(uow: UnitOfWork, request: SkipLines) -> CountsEntered:
    """Leave open lines as the books have them; they can still be counted."""
    count = await require_counting(uow, request.count_id, SKIP)
    known = await uow.count_lines.get_lines(count.id, request.lines)
    lines = [line for line in known.values() if line.state == OPEN]
    if not lines:
        raise NothingEntered(COUNT.label(count.number), count.id)
    subject = await subject_of(uow, count.id)
    named = await name_lines(uow, lines)
    said = join_first([each.sku for each in named], _MAX_NAMED)
    changed = await revise(
        uow,
        COUNT_KIND,
        subject,
        SKIP,
        [Change("lines", "", said)],
        rows=DocumentChange(lines={line.line: {"state": SKIPPED} for line in lines}),
    )
    return CountsEntered(
        record=changed.record,
        count_id=count.id,
        version=count.version,
        label=subject.label,
        lines=tuple(named),
        left=await uow.count_lines.count(count_id=count.id, state=OPEN),
        is_skipped=True,
    )

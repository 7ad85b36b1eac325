"""Entering what was counted: each line against the level at that moment, under the book's lock.

A form knows up to which record its user had seen the books. Lines that another user counted or
skipped since, or whose stock was moved, are asked again: no one can tell whether the counting was
before or after that.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.database.controllers.stock_counts import Countable
from bot.database.models import CountLine, StockCount
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import Step
from bot.domain.changes import Change
from bot.domain.conversions import Measured
from bot.domain.counts import (
    COUNTED,
    ENTER,
    LINES_AT_ONCE,
    OPEN,
    SKIPPED,
    AskedAgain,
    NothingEntered,
    NothingLeft,
)
from bot.domain.documents import COUNT
from bot.domain.quantities import ZERO, AmbiguousQuantity, format_quantity, read_count
from bot.domain.stock import BY_SERIAL, LineReference, StockLine
from bot.domain.units import NotWhole, WrongUnit
from bot.domain.virtual_locations import VirtualLocation
from bot.errors import IllegalStep, RuleBroken, StaleControl
from bot.services.approvals.deciding import revise
from bot.services.counts.deciding import COUNT_KIND
from bot.services.counts.documents import subject_of
from bot.services.counts.lines import NamedLine, name_lines
from bot.services.documents.changing import DocumentChange
from bot.services.measuring import measure


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareEntry:
    """Ask for the next lines to count, or for lines that are counted once more."""

    count_id: int
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPrepared:
    """Lines to count, as of a record; what is expected there unless the count is blind."""

    count_id: int
    label: str
    record: int
    lines: tuple[NamedLine, ...]
    expected: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterCounts:
    """What was counted, as it was typed, by line; `seen` is the record of the form."""

    count_id: int
    seen: int
    typed: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsEntered:
    """The lines that were taken, those that are asked again, and how many are left."""

    record: int
    count_id: int
    version: int
    label: str
    lines: tuple[NamedLine, ...]
    left: int
    again: tuple[AskedAgain, ...] = ()
    is_skipped: bool = False


@query(permission="count.perform", is_shown=False)
async def prepare_entry(books: Books, request: PrepareEntry) -> EntryPrepared:
    """Return what a form asks for: five lines at most, those skipped when no others are left."""
    count = await require_counting(books, request.count_id)
    label, user_id = COUNT.label(count.number), books.actor.user_id
    if request.lines:
        known = await books.count_lines.get_lines(count.id, request.lines)
        lines = [known[number] for number in request.lines if number in known]
        lines = [line for line in lines if user_id not in line.barred_ids][:LINES_AT_ONCE]
    else:
        lines = await books.count_lines.list_open(count.id, OPEN, user_id, LINES_AT_ONCE)
        if not lines and not await books.count_lines.exists(count_id=count.id, state=OPEN):
            lines = await books.count_lines.list_open(count.id, SKIPPED, user_id, LINES_AT_ONCE)
    if not lines:
        is_barred = await books.count_lines.exists(count_id=count.id, state=OPEN)
        raise NothingLeft(label, is_barred)
    return EntryPrepared(
        count_id=count.id,
        label=label,
        record=books.head.last_record,
        lines=tuple(await name_lines(books, lines)),
        expected={} if count.is_blind else await _read_levels(books, lines),
    )


@operation("count.enter", permission="count.perform")
async def enter_counts(uow: UnitOfWork, request: EnterCounts) -> CountsEntered:
    """Keep what was counted of each line beside what the books have there now."""
    count = await require_counting(uow, request.count_id)
    require_seen(uow, request.seen)
    wanted = dict(request.typed)
    known = await uow.count_lines.get_lines(count.id, list(wanted))
    lines = [known[number] for number in wanted if number in known]
    taken, again = await _take(uow, lines, wanted, request.seen)
    if not taken:
        raise NothingEntered(COUNT.label(count.number), count.id, tuple(again))
    named = await name_lines(uow, [line for line in lines if line.line in taken])
    said = say_counted((each.sku, taken[each.number]["counted"], each.unit) for each in named)
    subject = await subject_of(uow, count.id)
    changed = await revise(
        uow,
        COUNT_KIND,
        subject,
        ENTER,
        [Change("counted", "", said)],
        rows=DocumentChange(lines=taken),
    )
    return CountsEntered(
        record=changed.record,
        count_id=count.id,
        version=count.version,
        label=subject.label,
        lines=tuple(await name_lines(uow, await _read_again(uow, count, list(taken)))),
        left=await uow.count_lines.count(count_id=count.id, state=OPEN),
        again=tuple(again),
    )


def counted_now(uow: UnitOfWork, stock: StockLine, counted: Decimal) -> dict[str, Any]:
    """Return the columns of a line that is counted, beside what the books have there now."""
    return {
        "state": COUNTED,
        "counted": counted,
        "expected": stock.target.level or ZERO,
        "counted_by": uow.actor.user_id,
        "counted_at": uow.now,
    }


def say_counted(counted: Iterable[tuple[str, Decimal, str]]) -> str:
    """Write what was counted of which items as a record says it."""
    return ", ".join(f"{sku} {format_quantity(quantity)} {unit}" for sku, quantity, unit in counted)


def require_seen(uow: UnitOfWork, seen: int) -> None:
    """Raise StaleControl for a form of the future, which would never be asked again."""
    if seen > uow.head.last_record:
        raise StaleControl


async def require_counting(books: Books, count_id: int, step: Step = ENTER) -> StockCount:
    """Return a count that is under way; raises NotFound, IllegalStep."""
    count = await books.stock_counts.require(count_id)
    if count.status not in step.leads:
        raise IllegalStep(COUNT.noun, COUNT.label(count.number), count.status, step.past)
    return count


async def _take(
    uow: UnitOfWork, lines: Sequence[CountLine], typed: Mapping[int, str], seen: int
) -> tuple[dict[int, dict[str, Any]], list[AskedAgain]]:
    """Return the columns of the lines that can be taken, and the others to be asked again."""
    stock = await _read_stock(uow, lines)
    moved = await uow.count_lines.list_moved([line.item_id for line in lines], seen)
    taken: dict[int, dict[str, Any]] = {}
    again = []
    for line in lines:
        measured: Measured | None = None
        reason = _find_obstacle(uow, line, moved, seen)
        if not reason:
            measured, reason = await _measure(uow, stock[line.line], typed[line.line])
        if measured is None:
            again.append(_ask_again(line, stock[line.line], reason, typed[line.line]))
        else:
            taken[line.line] = counted_now(uow, stock[line.line], measured.quantity)
    return taken, again


async def _read_stock(books: Books, lines: Sequence[CountLine]) -> dict[int, StockLine]:
    references = [
        LineReference(line.item_id, VirtualLocation.GAIN, line.location_id, line.lot_id)
        for line in lines
    ]
    found = await books.stock.lines(references) if references else []
    return {line.line: stock for line, stock in zip(lines, found, strict=True)}


async def _read_levels(books: Books, lines: Sequence[CountLine]) -> dict[int, Decimal]:
    stock = await _read_stock(books, lines)
    return {number: line.target.level or ZERO for number, line in stock.items()}


async def _read_again(books: Books, count: StockCount, numbers: list[int]) -> list[CountLine]:
    known = await books.count_lines.get_lines(count.id, numbers)
    return [known[number] for number in numbers]


def _find_obstacle(books: Books, line: CountLine, moved: Container[Countable], seen: int) -> str:
    if books.actor.user_id in line.barred_ids:
        return "barred"
    if line.changed_record > seen:
        return "counted"
    here = Countable(line.item_id, line.location_id, line.lot_id)
    return "moved" if here in moved else ""


async def _measure(books: Books, stock: StockLine, typed: str) -> tuple[Measured | None, str]:
    try:
        read = read_count(typed)
        measured = await measure(books, stock.item, read, field="counted", allow_zero=True)
    except WrongUnit:
        return None, "unit"
    except NotWhole:
        return None, "whole"
    except AmbiguousQuantity:
        return None, "ambiguous"
    except RuleBroken:
        return None, "unreadable"
    is_several = stock.item.tracking == BY_SERIAL and measured.quantity > 1
    return (None, "serial") if is_several else (measured, "")


def _ask_again(line: CountLine, stock: StockLine, reason: str, typed: str) -> AskedAgain:
    return AskedAgain(
        line=line.line,
        sku=stock.item.sku,
        location=stock.target.name,
        reason=reason,
        typed=typed[:40],
        unit=stock.item.unit,
        by=line.counted_by,
    )

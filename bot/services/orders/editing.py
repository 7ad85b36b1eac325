"""Changing an order: its lines, when it is promised for, its note.

Whatever was decided was about the lines of before: the order is pending again, or released again
where its total needs no approval.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.database.models import PurchaseOrder
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import Step
from bot.domain.changes import Change
from bot.domain.documents import ORDER
from bot.domain.money import Money
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.order_files import OrderFile
from bot.domain.orders import APPROVED, EDIT, PENDING, RELEASE, read_promised
from bot.domain.stock import Reference
from bot.errors import NothingToDo
from bot.services.approvals.deciding import revise
from bot.services.availability import read_today
from bot.services.documents.changing import DocumentChange
from bot.services.orders.approving import (
    ORDER_KIND,
    needs_approval,
    require_approved_supplier,
    subject_of,
)
from bot.services.orders.documents import (
    OrderedLine,
    describe_order,
    read_ordered,
    total_of,
    wanted_of,
)
from bot.services.orders.making import (
    OrderKept,
    read_kept,
    read_wanted_lines,
    say_lines,
    say_of_file,
    to_row,
)
from bot.services.orders.pricing import Wanted, fill_prices
from bot.services.orders.steps import require_current
from bot.services.orders.writing import shows_price, write_as_of_now


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOrder:
    """Let the lines of an order be these; `version` is the one that the actor saw.

    What is None stays as it is.
    """

    order_id: int
    version: int
    lines: str | None
    file: OrderFile | None = None
    promised_on: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareOrderLines:
    """Ask for the form that changes an order."""

    order: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPrepared:
    """An order as its form is filled in, as of a version of it."""

    order_id: int
    label: str
    version: int
    currency: str
    lines: tuple[OrderedLine, ...]
    promised_on: date | None
    note: str


@query(permission="order.create", is_shown=False)
async def prepare_order_lines(books: Books, request: PrepareOrderLines) -> OrderPrepared:
    """Return what the form is filled with; raises NotFound, IllegalStep, SupplierNotApproved."""
    order = await books.orders.require_reference(request.order)
    ORDER.require_step("edit", order.number, order.status)
    await require_approved_supplier(books, order.supplier_id)
    facts = await describe_order(books, order)
    return OrderPrepared(
        order_id=order.id,
        label=ORDER.label(order.number),
        version=order.version,
        currency=order.currency,
        lines=tuple(await write_as_of_now(books, facts.lines, order.currency)),
        promised_on=order.promised_on,
        note=order.note,
    )


@operation("order.edit", permission="order.create")
async def edit_order(uow: UnitOfWork, request: EditOrder) -> OrderKept:
    """Change an order that is not sent yet; raises NothingToDo, LinesRefused, PricesMissing."""
    order = await uow.orders.require(request.order_id)
    await require_current(uow, order, EDIT, request.version)
    await require_approved_supplier(uow, order.supplier_id)
    today = await read_today(uow)
    before = await read_ordered(uow, order)
    if request.lines is None and request.file is None:
        wanted = wanted_of(before)
    else:
        typed = await read_wanted_lines(uow, request.lines or "", request.file, order.currency)
        written = await write_as_of_now(uow, before, order.currency)
        sees_prices = uow.rights.holds("price.view")
        hidden = [
            line
            for line, shown in zip(before, written, strict=True)
            if not (sees_prices and shows_price(shown))
        ]
        typed = list(_with_known_prices(typed, hidden))
        wanted = await fill_prices(
            uow, order.supplier_id, order.currency, typed, today, rate=order.rate
        )
    values = _read_values(order, request, today)
    kept = await change_lines(uow, order, before, wanted, values)
    return say_of_file(kept, request.file, wanted, order.currency)


async def change_lines(
    uow: UnitOfWork,
    order: PurchaseOrder,
    before: Sequence[OrderedLine],
    wanted: Sequence[Wanted],
    values: dict[str, Any],
) -> OrderKept:
    """Let an order have these lines and columns; raises NothingToDo if it has."""
    change = _compare(before, wanted, values)
    if not (change.values or change.lines or change.added or change.removed):
        raise NothingToDo(ORDER.noun, ORDER.label(order.number))
    step = await _step_of(uow, order, wanted)
    subject = await subject_of(uow, order.id)
    changes = _list_changes(order, before, wanted, values)
    changed = await revise(uow, ORDER_KIND, subject, step, changes, rows=change)
    supplier = await uow.suppliers.require(order.supplier_id)
    after = await uow.orders.require(order.id)
    return await read_kept(uow, after, supplier, changed.record, is_new=False)


async def _step_of(uow: UnitOfWork, order: PurchaseOrder, wanted: Sequence[Wanted]) -> Step:
    if order.status not in {PENDING, APPROVED}:
        return EDIT
    return EDIT if await needs_approval(uow, order, wanted) else RELEASE


def _read_values(order: PurchaseOrder, request: EditOrder, today: date) -> dict[str, Any]:
    """Return the columns of the order that change."""
    values: dict[str, Any] = {}
    if request.note is not None:
        values["note"] = clean_text(request.note, field="note", limit=MAX_NOTE)
    if request.promised_on is not None:
        typed = request.promised_on.strip()
        is_same = order.promised_on is not None and typed == order.promised_on.isoformat()
        # A day that has passed meanwhile is still what was promised.
        values["promised_on"] = order.promised_on if is_same else read_promised(typed, today)
    return {name: value for name, value in values.items() if value != getattr(order, name)}


def _with_known_prices(typed: Sequence[Wanted], hidden: Iterable[OrderedLine]) -> Iterator[Wanted]:
    """Keep the prices that the form did not show, or could not write, each for one line."""
    known = defaultdict[tuple[int, Decimal], list[OrderedLine]](list)
    for line in hidden:
        if line.unit_price is not None:
            known[line.item_id, line.quantity].append(line)
    for wanted in typed:
        held = known[wanted.item_id, wanted.quantity]
        if wanted.unit_price is None and held:
            kept = held.pop(0)
            yield replace(wanted, unit=kept.unit, factor=kept.factor, unit_price=kept.unit_price)
        else:
            yield wanted


def _compare(
    before: Sequence[OrderedLine], wanted: Sequence[Wanted], values: dict[str, Any]
) -> DocumentChange:
    """Return the rows to change: a line keeps its number while its item stays in the order."""
    left: dict[int, list[OrderedLine]] = {}
    for line in before:
        left.setdefault(line.item_id, []).append(line)
    lines, added = {}, []
    for each in wanted:
        same = left.get(each.item_id)
        row = to_row(each)
        if not same:
            added.append(row)
            continue
        known = same.pop(0)
        del row["item_id"]
        differing = {name: value for name, value in row.items() if value != getattr(known, name)}
        if differing:
            lines[known.number] = differing
    removed = [line.number for same in left.values() for line in same]
    return DocumentChange(values=values, lines=lines, added=added, removed=removed)


def _list_changes(
    order: PurchaseOrder,
    before: Sequence[OrderedLine],
    wanted: Sequence[Wanted],
    values: dict[str, Any],
) -> list[Change]:
    sides = [
        (say_lines(lines, order.currency), _total(total_of(lines, order.currency)))
        for lines in (before, wanted)
    ]
    changes = [
        Change(name, *pair)
        for name, pair in zip(("lines", "total"), zip(*sides, strict=True), strict=True)
    ]
    if "promised_on" in values:
        changes.append(Change("promised for", _day(order.promised_on), _day(values["promised_on"])))
    if "note" in values:
        changes.append(Change("note", order.note, values["note"]))
    return [change for change in changes if change.before != change.after]


def _total(total: Money | None) -> str:
    return "" if total is None else str(total)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""

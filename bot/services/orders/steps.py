"""The steps of an order that change none of its lines: submit, send, cancel, close."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.database.models import PurchaseOrder
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import Step
from bot.domain.changes import Change, Changed
from bot.domain.documents import ORDER
from bot.domain.orders import CANCEL, CLOSE, RELEASE, SEND, SUBMIT
from bot.domain.quantities import format_quantity
from bot.domain.stock import Reference
from bot.errors import IllegalStep
from bot.services.approvals.deciding import overtaken_by, revise
from bot.services.availability import read_today
from bot.services.documents.changing import DocumentChange
from bot.services.orders.approving import (
    ORDER_KIND,
    needs_approval,
    require_approved_supplier,
    subject_of,
)
from bot.services.orders.documents import OrderedLine, read_ordered, total_of, wanted_of
from bot.services.orders.pricing import Wanted, fill_prices


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOrder:
    """Submit, send, cancel or close an order; `version` is the one that the actor saw, if any."""

    order: Reference
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSent:
    """An order that was marked as sent; its PDF is made when the answer is shown."""

    record: int
    order_id: int
    label: str
    supplier: str
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelAsked:
    """An order that the actor may cancel, as it is now."""

    order_id: int
    label: str
    supplier: str
    version: int


@operation("order.submit", permission="order.create")
async def submit_order(uow: UnitOfWork, request: StepOrder) -> Changed:
    """Ask for a decision, or approve by itself what needs none; raises PricesMissing."""
    order = await _require(uow, request, SUBMIT)
    await require_approved_supplier(uow, order.supplier_id)
    lines = await read_ordered(uow, order)
    wanted = await _fill(uow, order, lines)
    step = SUBMIT if await needs_approval(uow, order, wanted) else RELEASE
    priced = {
        line.number: {
            "unit": after.unit,
            "factor": after.factor,
            "unit_price": after.unit_price,
        }
        for line, after in zip(lines, wanted, strict=True)
        if line.unit_price is None
    }
    return await _take(uow, order, step, [_total(order, wanted)], DocumentChange(lines=priced))


@operation("order.send", permission="order.create")
async def send_order(uow: UnitOfWork, request: StepOrder) -> OrderSent:
    """Mark an approved order as sent to its supplier."""
    order = await _require(uow, request, SEND)
    await require_approved_supplier(uow, order.supplier_id)
    changed = await _take(uow, order, SEND)
    return OrderSent(
        record=changed.record,
        order_id=order.id,
        label=changed.subject,
        supplier=(await uow.suppliers.require(order.supplier_id)).name,
        lines=len(await uow.order_lines.list_of(order.id)),
    )


@query(permission="order.create")
async def ask_to_cancel_order(books: Books, request: StepOrder) -> OrderCancelAsked:
    """Ask once more before an order is cancelled: that cannot be undone."""
    order = await books.orders.require_reference(request.order)
    ORDER.require_step("cancel", order.number, order.status)
    return OrderCancelAsked(
        order_id=order.id,
        label=ORDER.label(order.number),
        supplier=(await books.suppliers.require(order.supplier_id)).name,
        version=order.version,
    )


@operation("order.cancel", permission="order.create")
async def cancel_order(uow: UnitOfWork, request: StepOrder) -> Changed:
    """Cancel an order of which nothing was received."""
    order = await _require(uow, request, CANCEL)
    return await _take(uow, order, CANCEL)


@operation("order.close", permission="order.create")
async def close_order(uow: UnitOfWork, request: StepOrder) -> Changed:
    """Close an order: what is left of it is not coming any more."""
    order = await _require(uow, request, CLOSE)
    left = [line for line in await read_ordered(uow, order) if line.left]
    said = ", ".join(
        f"{line.sku} {format_quantity(line.left)} {line.item_unit}" for line in left[:_MAX_SAID]
    )
    return await _take(uow, order, CLOSE, [Change("not coming", "", said)] if said else [])


_MAX_SAID = 10


async def require_current(
    books: Books, order: PurchaseOrder, step: Step, version: int | None
) -> None:
    """Raise Overtaken, naming the user who was quicker, or IllegalStep."""
    if version is not None and version != order.version:
        raise await overtaken_by(books, ORDER.noun, order.id, order.status)
    if order.status not in step.leads:
        raise IllegalStep(ORDER.noun, ORDER.label(order.number), order.status, step.past)


async def _require(uow: UnitOfWork, request: StepOrder, step: Step) -> PurchaseOrder:
    order = await uow.orders.require_reference(request.order)
    await require_current(uow, order, step, request.version)
    return order


async def _take(
    uow: UnitOfWork,
    order: PurchaseOrder,
    step: Step,
    changes: Sequence[Change] = (),
    rows: DocumentChange | None = None,
) -> Changed:
    subject = await subject_of(uow, order.id)
    return await revise(uow, ORDER_KIND, subject, step, changes, rows=rows)


async def _fill(
    uow: UnitOfWork, order: PurchaseOrder, lines: Sequence[OrderedLine]
) -> list[Wanted]:
    """Give lines that have no price yet what the supplier's list says by now."""
    today = await read_today(uow)
    return await fill_prices(
        uow, order.supplier_id, order.currency, wanted_of(lines), today, rate=order.rate
    )


def _total(order: PurchaseOrder, lines: Sequence[Wanted]) -> Change:
    return Change("total", "", str(total_of(lines, order.currency)))

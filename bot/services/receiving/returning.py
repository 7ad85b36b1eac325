"""Taking a delivery back: its goods leave again, and the order waits for them as before."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from bot.database.models import AuditEvent, PurchaseOrder
from bot.database.unit import UnitOfWork
from bot.domain.approvals import Step
from bot.domain.changes import Change
from bot.domain.lanes import DOCUMENT, channel_lane
from bot.domain.orders import RESET, RETURN, RETURN_SURPLUS
from bot.domain.quantities import ZERO
from bot.domain.receiving import (
    parse_received,
    read_received,
    received_field,
    write_received,
)
from bot.domain.record_detail import RecordDetail
from bot.domain.stock import NotReversible
from bot.services.approvals.deciding import step_back
from bot.services.approvals.kinds import Subject
from bot.services.documents.changing import DocumentChange, apply_change
from bot.services.orders.documents import ORDER_TYPE
from bot.services.receiving.lines import AwaitedLine, read_awaited
from bot.services.receiving.preparing import DELIVERED
from bot.services.reversing import Restored, restores

RETURNED: Final = "order.returned"
# What is owed for goods: those of an invoice that agreed with what came in.
_OWED: Final = frozenset({"matched", "part_paid", "paid"})


@restores(DELIVERED)
async def give_back(uow: UnitOfWork, event: AuditEvent) -> Restored:
    """Take from an order's lines what a record delivered; raises NotReversible.

    What an invoice was matched with stays: it would bill what never came.
    """
    order, record = await uow.orders.require(event.subject_id or 0), event.record
    if order.status not in RETURN.leads:
        raise NotReversible(record, "order_over")
    delivered = _read_delivered(event)
    lines = await read_awaited(uow, order.id)
    after = {
        line.number: line.received - delivered[line.number]
        for line in lines
        if line.number in delivered
    }
    await _require_unbilled(uow, order, record, after)
    label = uow.orders.label_of(order)
    subject = Subject(noun=ORDER_TYPE.noun, id=order.id, label=label)
    step, said = await step_back(uow, subject, _step_of(lines, after))
    values: dict[str, Any] = {"status": step.status, "version": step.version}
    change = DocumentChange(
        lines={number: {"received": quantity} for number, quantity in after.items()}
    )
    contents = await apply_change(uow, ORDER_TYPE, order, values, change)
    uow.notify(channel_lane(ORDER_TYPE.purpose), DOCUMENT)
    changes = [_change(line, after[line.number]) for line in lines if line.number in after]
    return Restored(RETURNED, (*said, *changes), subject=label, contents=contents)


def _step_of(lines: Sequence[AwaitedLine], after: Mapping[int, Decimal]) -> Step:
    """Return what an order does whose lines have so much of what came in left."""
    left = [(line.quantity, after.get(line.number, line.received)) for line in lines]
    if all(received >= ordered for ordered, received in left):
        return RETURN_SURPLUS
    return RETURN if any(received for _, received in left) else RESET


def _read_delivered(event: AuditEvent) -> dict[int, Decimal]:
    """Return how much of which line a record delivered."""
    found = {}
    for change in RecordDetail.load(event.detail).changes:
        number = read_received(change.field)
        if number is not None:
            found[number] = parse_received(change.after) - parse_received(change.before)
    return found


async def _require_unbilled(
    uow: UnitOfWork, order: PurchaseOrder, record: int, after: dict[int, Decimal]
) -> None:
    for number, left in after.items():
        billed = await uow.invoice_lines.find_all(order_id=order.id, order_line=number)
        invoices = await uow.invoices.get_many([line.invoice_id for line in billed])
        owed = [line for line in billed if invoices[line.invoice_id].status in _OWED]
        if sum((line.quantity for line in owed), ZERO) > left:
            raise NotReversible(record, "billed")


def _change(line: AwaitedLine, after: Decimal) -> Change:
    was = write_received(line.received, line.sku, line.unit)
    now = write_received(after, line.sku, line.unit) if after else ""
    return Change(received_field(line.number), was, now)

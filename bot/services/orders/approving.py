"""Deciding about orders: what the card shows, who may approve, and what needs no approval."""

from collections.abc import Sequence
from typing import Final

from bot.database.models import PurchaseOrder
from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import APPROVE, REJECT, Step
from bot.domain.approvals import APPROVED as APPROVED_SUPPLIER
from bot.domain.documents import ORDER
from bot.domain.line_amounts import add_up
from bot.domain.orders import (
    DELIVER,
    ORDER_STATUSES,
    PricesMissing,
    SupplierNotApproved,
    convert_total,
    is_released,
)
from bot.services.approvals.declared import declare
from bot.services.approvals.kinds import (
    ApprovalKind,
    ApprovalPermissions,
    CarriedOut,
    Decision,
    Subject,
)
from bot.services.documents.decided import keeps
from bot.services.orders.documents import (
    ORDER_TYPE,
    OrderedLine,
    OrderFacts,
    OrderPrinted,
    describe_order,
    read_printed,
)
from bot.services.orders.pricing import Wanted


async def subject_of(books: Books, order_id: int) -> Subject:
    """Return an order as what is decided about; raises NotFound."""
    order = await books.orders.require(order_id)
    return to_subject(await read_printed(books, order, await describe_order(books, order)))


def to_subject(whole: OrderPrinted) -> Subject:
    """Return an order as its card shows it: its facts, and the whole of it."""
    order, facts = whole.order, whole.facts
    said = {
        "supplier": facts.supplier,
        "lines": str(len(facts.lines)),
        "total": "" if facts.total is None else str(facts.total),
        "in books": _in_books(facts),
        "promised for": order.promised_on.isoformat() if order.promised_on else "",
        "note": order.note,
    }
    return Subject(
        noun=ORDER.noun,
        id=order.id,
        label=whole.label,
        facts=tuple((name, value) for name, value in said.items() if value),
        whole=whole,
    )


def _in_books(facts: OrderFacts) -> str:
    """Write the total in the guild's currency, where the order is in another one."""
    if facts.in_books is None or facts.total is None:
        return ""
    return "" if facts.in_books.currency == facts.total.currency else str(facts.in_books)


async def _approve(uow: UnitOfWork, subject: Subject, step: Step) -> CarriedOut:
    """Look once more at the supplier, who may be suspended meanwhile."""
    order = await uow.orders.require(subject.id)
    await require_approved_supplier(uow, order.supplier_id)
    return CarriedOut(step=step)


ORDER_KIND: Final = ApprovalKind(
    noun=ORDER.noun,
    permissions=ApprovalPermissions(
        view="order.view", propose="order.create", approve="order.approve"
    ),
    describe=subject_of,
    table=ORDER_STATUSES,
    decisions=(
        Decision(verb="approve", step=APPROVE, carry_out=_approve),
        Decision(verb="reject", step=REJECT),
    ),
    keep=keeps(ORDER_TYPE),
    restored=frozenset({DELIVER.past}),
    ways_back={
        **dict.fromkeys(("opened", "submitted", "approved", "released", "sent"), "order cancel"),
        **dict.fromkeys(("edited", "rejected"), "order lines"),
        **dict.fromkeys(("closed", "cancelled"), "order new"),
        "returned": "receive",
    },
    shows_changes=False,
)
ORDER_APPROVALS: Final = declare(ORDER_KIND)
approve_order = ORDER_APPROVALS.decisions["approve"]
reject_order = ORDER_APPROVALS.decisions["reject"]


async def require_approved_supplier(books: Books, supplier_id: int) -> None:
    """Raise SupplierNotApproved unless it can be ordered from at this moment."""
    approval = await books.approvals.require("supplier", supplier_id)
    if approval.status != APPROVED_SUPPLIER:
        supplier = await books.suppliers.require(supplier_id)
        raise SupplierNotApproved(supplier.name, approval.status)


async def needs_approval(
    books: Books, order: PurchaseOrder, lines: Sequence[OrderedLine | Wanted]
) -> bool:
    """Whether someone has to approve lines of an order; raises PricesMissing.

    Four eyes look at a rate: who wrote it would say by it that their own order needs no approval.
    """
    unpriced = tuple(
        (number, line.sku) for number, line in enumerate(lines, start=1) if line.unit_price is None
    )
    if unpriced:
        raise PricesMissing(ORDER.label(order.number), unpriced)
    total = add_up(lines, order.currency)
    guild = await books.guilds.require()
    is_by_rate = order.currency != guild.currency
    if is_by_rate and books.actor.user_id == order.made_by:
        return True
    limit = guild.order_approval_above
    return not is_released(convert_total(total, order.rate, guild.currency), limit)

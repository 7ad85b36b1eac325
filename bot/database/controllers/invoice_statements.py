"""What the match of bills asks the database: each statement is built once."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)

from bot.database.columns import KeyList
from bot.database.models import Invoice, InvoiceLine, OrderLine, Payment, PurchaseOrder
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_invoice, _billed = table_of(Invoice), table_of(InvoiceLine)
_order, _ordered = table_of(PurchaseOrder), table_of(OrderLine)
_payment = table_of(Payment)


_billed_of_line = (
    select(func.coalesce(func.sum(_billed.c.quantity), literal_column("0")))
    .select_from(_billed)
    .join(
        _invoice,
        and_(_invoice.c.guild_id == _billed.c.guild_id, _invoice.c.id == _billed.c.invoice_id),
    )
    .where(
        _billed.c.guild_id == _guild_id,
        _billed.c.order_id == _ordered.c.order_id,
        _billed.c.order_line == _ordered.c.line,
        _billed.c.invoice_id != bindparam("invoice_id"),
        _invoice.c.status != literal_column("'void'"),
    )
    .scalar_subquery()
)


def _select_ordered() -> Select[Any]:
    """Select the lines of a supplier's orders in a currency that were sent, the oldest first."""
    return (
        select(
            _ordered.c.order_id,
            _order.c.number,
            _ordered.c.line,
            _ordered.c.item_id,
            _ordered.c.quantity,
            _ordered.c.received,
            _ordered.c.unit,
            _ordered.c.factor,
            _ordered.c.unit_price,
        )
        .select_from(_order)
        .join(
            _ordered,
            and_(
                _ordered.c.guild_id == _order.c.guild_id,
                _ordered.c.order_id == _order.c.id,
            ),
        )
        .where(
            _order.c.guild_id == _guild_id,
            _order.c.supplier_id == bindparam("supplier_id"),
            _order.c.currency == bindparam("currency"),
            is_among(_order.c.status, "statuses", KeyList()),
        )
        .order_by(_order.c.number, _ordered.c.line)
        .limit(bindparam("limit"))
    )


ORDERED = Prepared(_select_ordered().where(is_among(_ordered.c.item_id, "item_ids")))
OF_ORDERS = Prepared(_select_ordered().where(is_among(_ordered.c.order_id, "order_ids")))
UNBILLED = Prepared(_select_ordered().where(_ordered.c.received > _billed_of_line))

BILLED = Prepared(
    select(
        _billed.c.order_id,
        _billed.c.order_line,
        _invoice.c.status,
        func.sum(_billed.c.quantity),
    )
    .select_from(_billed)
    .join(
        _invoice,
        and_(_invoice.c.guild_id == _billed.c.guild_id, _invoice.c.id == _billed.c.invoice_id),
    )
    .where(
        _billed.c.guild_id == _guild_id,
        is_among(_billed.c.order_id, "order_ids"),
        _billed.c.invoice_id != bindparam("invoice_id"),
    )
    .group_by(_billed.c.order_id, _billed.c.order_line, _invoice.c.status)
)

PAYMENT_SUMS = Prepared(
    select(_payment.c.invoice_id, _payment.c.status, func.sum(_payment.c.amount))
    .where(_payment.c.guild_id == _guild_id, is_among(_payment.c.invoice_id, "invoice_ids"))
    .group_by(_payment.c.invoice_id, _payment.c.status)
)

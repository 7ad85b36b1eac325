"""Purchase orders and their lines, and what was paid for items before."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    type_coerce,
)

from bot.database.columns import Quantity
from bot.database.controllers.documents import DocumentController, LineController
from bot.database.controllers.shapes import Shape
from bot.database.models import Item, OrderLine, PurchaseOrder
from bot.database.models.base import table_of
from bot.database.statements import is_among
from bot.domain.documents import ORDER

# Beyond every id that a book hands out.
BEYOND: Final = 2**62

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_order, _line, _item = table_of(PurchaseOrder), table_of(OrderLine), table_of(Item)
# What these orders cost was agreed with the supplier. The list is written out, so that each
# statement has one plan.
_ORDERED: Final = ("sent", "partial", "received", "closed")
_COMING: Final = ("sent", "partial")
_DRAFTED: Final = ("draft", "rejected")
_UNSENT: Final = (*_DRAFTED, "pending", "approved")


class PaidBefore(NamedTuple):
    """What was last paid for one `unit` of an item, which is `factor` of its own."""

    item_id: int
    supplier_id: int
    unit: str
    factor: Decimal
    unit_price: Decimal
    currency: str
    order_id: int


class OnOrder(NamedTuple):
    """What open orders still bring of an item, and what is in orders that were not sent yet."""

    item_id: int
    coming: Decimal
    approved: Decimal
    pending: Decimal
    drafted: Decimal

    @property
    def total(self) -> Decimal:
        """Return what is ordered or is to be."""
        return self.coming + self.approved + self.pending + self.drafted


class OrderController(DocumentController[PurchaseOrder]):
    """What is ordered from suppliers."""

    model = PurchaseOrder
    kind = ORDER
    subject_code = "o"
    noun = "order"
    permission = "order.view"

    async def list_late(self, today: date, limit: int) -> list[PurchaseOrder]:
        """List orders still awaited that were promised for a day before today, the oldest first."""
        shape = Shape.of({"status": ""})
        day = _order.c.promised_on
        statement = self._prepared(
            "late",
            lambda: (
                self._select(shape)
                .where(day < bindparam("today", type_=day.type))
                .order_by(day, _order.c.number)
                .limit(bindparam("limit"))
            ),
        )
        found: list[PurchaseOrder] = []
        for status in _COMING:
            values = shape.bind(self._scope.guild_id, {"status": status})
            found += await self._rows(statement, {**values, "today": today, "limit": limit})
        return sorted(found, key=lambda each: (each.promised_on or today, each.number))[:limit]

    async def list_rated(self, limit: int) -> list[PurchaseOrder]:
        """List orders with a rate that goods may still come in of, the oldest first."""
        shape = Shape.of({"status": ""})
        statement = self._prepared(
            "rated",
            lambda: (
                self._select(shape)
                .where(_order.c.rate.is_not(None))
                .order_by(_order.c.number)
                .limit(bindparam("limit"))
            ),
        )
        found: list[PurchaseOrder] = []
        for status in (*_UNSENT, *_COMING):
            values = shape.bind(self._scope.guild_id, {"status": status})
            found += await self._rows(statement, {**values, "limit": limit})
        return sorted(found, key=lambda each: each.number)[:limit]


class OrderLineController(LineController):
    """The items of orders, and how much of each came in."""

    model = OrderLine
    document_key = "order_id"
    noun = "order line"
    permission = "order.view"

    async def list_paid(
        self,
        item_ids: Sequence[int],
        currency: str | None = None,
        *,
        supplier_id: int | None = None,
        before: int = BEYOND,
    ) -> dict[int, PaidBefore]:
        """Return what was last paid for items, by item; in one currency, to one supplier, or any.

        Only orders made before another one count: it is not compared with itself.
        """
        narrowed = {"currency": currency, "supplier_id": supplier_id}
        given = {name: value for name, value in narrowed.items() if value is not None}
        statement = self._prepared(("paid", *given), lambda: _build_paid(tuple(given)))
        values = {"item_ids": list(item_ids), "before": before, **given}
        found = await self._fetch(PaidBefore, statement, values)
        return {each.item_id: each for each in found}

    async def list_on_order(self, item_ids: Sequence[int]) -> dict[int, OnOrder]:
        """Return what is on order of items, by item: sent and not received, or not sent yet."""
        statement = self._prepared("on order", _build_on_order)
        found = await self._fetch(OnOrder, statement, {"item_ids": list(item_ids)})
        return {each.item_id: each for each in found}


def _literals(statuses: Sequence[str]) -> list[Any]:
    return [literal_column(f"'{status}'") for status in statuses]


def _build_paid(narrowed: Sequence[str]) -> Select[Any]:
    """Find each item's newest order, probing its lines from the end, and what it cost there."""
    last_line, last_order = _line.alias("last_line"), _order.alias("last_order")
    newest = (
        select(last_line.c.order_id)
        .join(
            last_order,
            and_(
                last_order.c.guild_id == last_line.c.guild_id,
                last_order.c.id == last_line.c.order_id,
            ),
        )
        .where(
            last_line.c.guild_id == _guild_id,
            last_line.c.item_id == _item.c.id,
            last_line.c.order_id < bindparam("before", type_=BigInteger),
            last_line.c.unit_price.is_not(None),
            last_order.c.status.in_(_literals(_ORDERED)),
            *(last_order.c[name] == bindparam(name) for name in narrowed),
        )
        .order_by(last_line.c.order_id.desc())
        .limit(literal_column("1"))
    )
    return (
        select(
            _item.c.id,
            _order.c.supplier_id,
            _line.c.unit,
            _line.c.factor,
            _line.c.unit_price,
            _order.c.currency,
            _order.c.id.label("order_id"),
        )
        .select_from(_item)
        .join(
            _line,
            and_(
                _line.c.guild_id == _guild_id,
                _line.c.item_id == _item.c.id,
                _line.c.order_id == newest.correlate(_item).scalar_subquery(),
            ),
        )
        .join(_order, and_(_order.c.guild_id == _guild_id, _order.c.id == _line.c.order_id))
        .where(_item.c.guild_id == _guild_id, is_among(_item.c.id, "item_ids"))
        .where(_line.c.unit_price.is_not(None))
        .order_by(_line.c.line)
    )


def _build_on_order() -> Select[Any]:
    left = _line.c.quantity - _line.c.received
    is_coming = _order.c.status.in_(_literals(_COMING)) & (_line.c.received < _line.c.quantity)
    is_unsent = [
        _order.c.status.in_(_literals(each)) for each in (("approved",), ("pending",), _DRAFTED)
    ]
    return (
        select(
            _line.c.item_id,
            *(
                type_coerce(func.sum(case((is_so, left), else_=literal_column("0"))), Quantity())
                for is_so in (is_coming, *is_unsent)
            ),
        )
        .select_from(_line)
        .join(
            _order,
            and_(_order.c.guild_id == _line.c.guild_id, _order.c.id == _line.c.order_id),
        )
        .where(
            _line.c.guild_id == _guild_id,
            is_among(_line.c.item_id, "item_ids"),
            _order.c.status.in_(_literals((*_COMING, *_UNSENT))),
        )
        .group_by(_line.c.item_id)
    )

"""Orders as documents: what their pages, their cards and their lists show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.database.models import Approval, OrderLine, PurchaseOrder
from bot.database.unit import Books
from bot.domain.documents import ORDER
from bot.domain.lanes import REQUESTS
from bot.domain.line_amounts import add_up
from bot.domain.money import Money
from bot.domain.orders import PENDING, PriceMarks, convert_total
from bot.domain.stock import Reference
from bot.services.availability import read_today
from bot.services.documents.kinds import DocumentType, declare_document
from bot.services.orders.pricing import Wanted, mark_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """A line of an order with its item's names of now; without a price for those who see none.

    An item that was merged since is what it is now.
    """

    number: int
    item_id: int
    sku: str
    name: str
    item_unit: str
    quantity: Decimal
    received: Decimal
    unit: str
    """Of which the price is one; empty for the item's own."""
    factor: Decimal
    unit_price: Decimal | None
    marks: PriceMarks | None = None

    @property
    def left(self) -> Decimal:
        """What has not come in yet, at least nothing."""
        return max(self.quantity - self.received, Decimal("0.000"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order's supplier, lines and total; `shows_prices` to those who may see them.

    `in_books` is the total in the guild's currency, by the order's rate.
    """

    supplier: str
    supplier_status: str
    currency: str
    lines: tuple[OrderedLine, ...]
    shows_prices: bool
    total: Money | None = None
    in_books: Money | None = None
    approval: Approval | None = None
    may_decide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPrinted:
    """All that is printed of an order, and in which language: that of the guild."""

    order: PurchaseOrder
    label: str
    facts: OrderFacts
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """An order in a list: how many lines it has, how many came in, and what it costs."""

    supplier: str
    lines: int
    received: int
    total: Money | None = None


def wanted_of(lines: Iterable[OrderedLine]) -> list[Wanted]:
    """Return the lines of an order as what is wanted."""
    return [
        Wanted(
            item_id=line.item_id,
            sku=line.sku,
            item_unit=line.item_unit,
            quantity=line.quantity,
            unit=line.unit,
            factor=line.factor,
            unit_price=line.unit_price,
        )
        for line in lines
    ]


async def read_ordered(books: Books, order: PurchaseOrder) -> tuple[OrderedLine, ...]:
    """Return the lines of an order with the items of now, marks and prices included."""
    rows = await books.order_lines.list_of(order.id)
    items = await books.items.get_current([row.item_id for row in rows])
    wanted = [
        Wanted(
            item_id=items[row.item_id].id,
            sku=items[row.item_id].sku,
            item_unit=items[row.item_id].unit,
            quantity=row.quantity,
            unit=row.unit,
            factor=row.factor,
            unit_price=row.unit_price,
        )
        for row in rows
    ]
    today = await read_today(books)
    marks = await mark_lines(
        books, order.supplier_id, order.currency, wanted, today, before=order.id
    )
    return tuple(
        OrderedLine(
            number=row.line,
            item_id=item.id,
            sku=item.sku,
            name=item.name,
            item_unit=item.unit,
            quantity=row.quantity,
            received=row.received,
            unit=row.unit,
            factor=row.factor,
            unit_price=row.unit_price,
            marks=marked,
        )
        for row, marked in zip(rows, marks, strict=True)
        for item in [items[row.item_id]]
    )


async def describe_order(books: Books, order: PurchaseOrder) -> OrderFacts:
    """Return what the page and the card of an order show; prices to those with price.view."""
    supplier = await books.suppliers.require(order.supplier_id)
    status = (await books.approvals.require("supplier", supplier.id)).status
    approval, may_decide = None, False
    if order.status == PENDING:
        approval = await books.approvals.require(ORDER.noun, order.id)
        may_decide = (
            books.rights.holds("order.approve") and books.actor.user_id not in approval.touched_by
        )
    facts = OrderFacts(
        supplier=supplier.name,
        supplier_status=status,
        currency=order.currency,
        lines=await read_ordered(books, order),
        shows_prices=books.rights.holds("price.view"),
        approval=approval,
        may_decide=may_decide,
    )
    if not facts.shows_prices:
        bare = tuple(replace(line, unit_price=None, marks=None) for line in facts.lines)
        return replace(facts, lines=bare)
    total = total_of(facts.lines, order.currency)
    currency = (await books.guilds.require()).currency
    in_books = None if total is None else convert_total(total, order.rate, currency)
    return replace(facts, total=total, in_books=in_books)


async def read_printed(books: Books, order: PurchaseOrder, facts: OrderFacts) -> OrderPrinted:
    """Return an order as it is printed, and as its card shows it."""
    language = (await books.guilds.require()).language
    return OrderPrinted(
        order=order, label=ORDER.label(order.number), facts=facts, language=language
    )


def total_of(lines: Sequence[OrderLine | OrderedLine | Wanted], currency: str) -> Money | None:
    """Return what lines cost together, None while a price is missing."""
    if any(line.unit_price is None for line in lines):
        return None
    return add_up(lines, currency)


async def name_orders(books: Books, orders: Sequence[PurchaseOrder]) -> Mapping[int, str]:
    """Return the suppliers of orders, by the orders' ids."""
    found = await books.suppliers.get_many(sorted({order.supplier_id for order in orders}))
    return {order.id: found[order.supplier_id].name for order in orders}


async def find_supplier(books: Books, supplier: Reference) -> tuple[str, int]:
    """Return by what orders are narrowed to those from a supplier."""
    return "supplier_id", (await books.suppliers.require_reference(supplier)).id


async def sum_up_orders(
    books: Books, orders: Sequence[PurchaseOrder]
) -> Mapping[int, OrderSummary]:
    """Return what a list says of orders, by their ids, in two statements however many they are."""
    names = await name_orders(books, orders)
    lines: dict[int, list[OrderLine]] = {order.id: [] for order in orders}
    for line in await books.order_lines.list_of_many(sorted(lines)):
        lines[line.order_id].append(line)
    shows_prices = books.rights.holds("price.view")
    return {
        order.id: OrderSummary(
            supplier=names[order.id],
            lines=len(lines[order.id]),
            received=sum(line.received >= line.quantity for line in lines[order.id]),
            total=total_of(lines[order.id], order.currency) if shows_prices else None,
        )
        for order in orders
    }


ORDER_TYPE: Final = DocumentType(
    kind=ORDER,
    documents=lambda books: books.orders,
    lines=lambda books: books.order_lines,
    view="order.view",
    purpose=REQUESTS,
    describe=describe_order,
    title=name_orders,
    sum_up=sum_up_orders,
    narrow=find_supplier,
    workers=("order.receive",),
)
ORDERS: Final = declare_document(ORDER_TYPE)

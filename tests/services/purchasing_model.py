"""Purchasing as plain Python: what a guild's books must say, without a database or the program."""

from dataclasses import dataclass, field
from fractions import Fraction

AGREED = {"matched", "part_paid", "paid"}
PAYABLE = {"matched", "part_paid"}
LIVE = {"pending", "approved", "paid"}


@dataclass
class OrderLine:
    sku: str
    ordered: int
    price: int
    received: int = 0


@dataclass
class Order:
    label: str
    lines: list[OrderLine]
    status: str = "draft"
    touched: set[int] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(line.ordered * line.price for line in self.lines)

    @property
    def is_sent(self) -> bool:
        return self.status in {"sent", "partial", "received", "closed"}

    def find(self, sku: str) -> OrderLine | None:
        return next((line for line in self.lines if line.sku == sku), None)


@dataclass
class BilledLine:
    order: int
    sku: str
    quantity: int
    price: int


@dataclass
class Bill:
    key: str
    total: int
    currency: str
    status: str = "received"
    lines: list[BilledLine] = field(default_factory=list)


@dataclass
class Payment:
    bill: int
    amount: int
    asked_by: int
    status: str = "pending"
    approved_by: int = 0


@dataclass
class Purchasing:
    """The books of one supplier; every `may_...` says whether the program has to do it."""

    over_percent: int
    tolerance_percent: int
    free_up_to: int
    supplier: str = "approved"
    list_prices: dict[str, int] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    bills: dict[int, Bill] = field(default_factory=dict)
    payments: dict[int, Payment] = field(default_factory=dict)
    deliveries: dict[int, tuple[int, str, int]] = field(default_factory=dict)

    def may_deliver(self, order: Order, sku: str, quantity: int) -> bool:
        line = order.find(sku)
        if order.status not in {"sent", "partial"} or line is None:
            return False
        limit = Fraction(line.ordered) * (100 + self.over_percent) / 100
        return line.received + quantity <= limit

    def deliver(self, order: Order, sku: str, quantity: int) -> None:
        line = order.find(sku)
        assert line is not None
        line.received += quantity
        self._settle(order)

    def may_return(self, record: int) -> bool:
        order_id, sku, quantity = self.deliveries[record]
        order = self.orders[order_id]
        line = order.find(sku)
        assert line is not None
        left = line.received - quantity
        owed = self.billed(order_id, sku, AGREED)
        return order.status in {"partial", "received"} and owed <= left

    def give_back(self, record: int) -> None:
        order_id, sku, quantity = self.deliveries.pop(record)
        line = self.orders[order_id].find(sku)
        assert line is not None
        line.received -= quantity
        self._settle(self.orders[order_id])

    def _settle(self, order: Order) -> None:
        if all(line.received >= line.ordered for line in order.lines):
            order.status = "received"
        else:
            order.status = "partial" if any(line.received for line in order.lines) else "sent"

    def billed(
        self, order_id: int, sku: str, statuses: set[str], without: int | None = None
    ) -> int:
        return sum(
            line.quantity
            for bill_id, bill in self.bills.items()
            if bill.status in statuses and bill_id != without
            for line in bill.lines
            if (line.order, line.sku) == (order_id, sku)
        )

    def may_match(self, bill_id: int) -> bool:
        bill = self.bills[bill_id]
        if bill.status not in {"received", "disputed"} or not bill.lines:
            return False
        share = Fraction(self.tolerance_percent, 100)
        for line in bill.lines:
            asked = self.orders[line.order].find(line.sku)
            assert asked is not None
            if abs(line.price - asked.price) > asked.price * share:
                return False
            others = self.billed(line.order, line.sku, AGREED, bill_id)
            own = sum(
                each.quantity
                for each in bill.lines
                if (each.order, each.sku) == (line.order, line.sku)
            )
            if own > max(0, asked.received - others) * (1 + share):
                return False
        return sum(line.quantity * line.price for line in bill.lines) == bill.total

    def paid(self, bill_id: int, *statuses: str) -> int:
        return sum(
            each.amount
            for each in self.payments.values()
            if each.bill == bill_id and each.status in (statuses or LIVE)
        )

    def open(self, bill_id: int) -> int:
        return self.bills[bill_id].total - self.paid(bill_id)

    def is_payable(self, bill_id: int) -> bool:
        return self.bills[bill_id].status in PAYABLE and self.supplier == "approved"

    def settle_bill(self, bill_id: int) -> None:
        paid = self.paid(bill_id, "paid")
        is_all = paid == self.bills[bill_id].total
        status = ("paid" if is_all else "part_paid") if paid else "matched"
        self.bills[bill_id].status = status

    def check(self) -> None:
        """Check what must hold of any purchasing."""
        over, share = Fraction(self.over_percent, 100), Fraction(self.tolerance_percent, 100)
        for order_id, order in self.orders.items():
            for line in order.lines:
                assert line.received <= line.ordered * (1 + over)
                owed = self.billed(order_id, line.sku, AGREED)
                assert owed <= line.received * (1 + share)
        for bill_id, bill in self.bills.items():
            assert self.paid(bill_id) <= bill.total
            if bill.status in AGREED:
                value = sum(line.quantity * line.price for line in bill.lines)
                assert value == bill.total
        for payment in self.payments.values():
            assert payment.approved_by != payment.asked_by

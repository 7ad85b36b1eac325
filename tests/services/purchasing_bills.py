"""What is tried with bills."""

import hypothesis.strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

import bot.services.receiving.returning  # noqa: F401  # what it declares
from bot.database.models import Invoice
from bot.services.invoices.adding import AddInvoice, add_invoice
from bot.services.invoices.editing import EditInvoiceLines, edit_invoice_lines
from bot.services.invoices.matching import (
    DisputeInvoice,
    MatchInvoice,
    dispute_invoice,
    match_invoice,
)
from bot.services.reversing import ReverseRecord, reverse_record
from tests.services.purchasing_guild import MANY, Guild, few, skus, with_some
from tests.services.purchasing_model import (
    AGREED,
    Bill,
    BilledLine,
)


class Bills(Guild):
    """Bills: entered, with honest lines and with others, matched, disputed, made void."""

    @precondition(lambda self: len(self.model.bills) < MANY)
    @rule(key=st.sampled_from("abc"), total=few, is_foreign=st.booleans())
    def add_bill(self, key: str, total: int, is_foreign: bool) -> None:  # noqa: FBT001  # drawn
        self.enter_bill(key, total, "USD" if is_foreign else "EUR")

    @precondition(lambda self: any(map(self.came_in, self.model.orders)))
    @rule(data=st.data(), key=st.sampled_from("abcdef"))
    def bill_what_came(self, data: st.DataObject, key: str) -> None:
        """Enter an honest bill of what came in and no other bill asks for."""
        came = {order_id: self.came_in(order_id) for order_id in self.model.orders}
        _order_id, lines = self.choose(data, {key: each for key, each in came.items() if each})
        total = sum(line.quantity * line.price for line in lines)
        bill_id = self.enter_bill(key, total, "EUR")
        if bill_id is not None and self.write_lines(bill_id, lines):
            may = self.model.may_match(bill_id)
            request = MatchInvoice(invoice=bill_id)
            if self.attempt(match_invoice, request, self.warehouse.accountant, may) is not None:
                self.model.bills[bill_id].status = "matched"

    def came_in(self, order_id: int) -> list[BilledLine]:
        """Return what came in of an order and that no agreed bill asks for."""
        return [
            BilledLine(order_id, line.sku, left, line.price)
            for line in self.model.orders[order_id].lines
            if (left := line.received - self.model.billed(order_id, line.sku, AGREED)) > 0
        ]

    @with_some("bills", "orders")
    @rule(data=st.data())
    def edit_bill(self, data: st.DataObject) -> None:
        bill_id, _bill = self.choose(data, self.model.bills)
        lines = []
        for _ in range(data.draw(st.integers(1, 2))):
            order_id, _order = self.choose(data, self.model.orders)
            lines.append(BilledLine(order_id, data.draw(skus), data.draw(few), data.draw(few)))
        self.write_lines(bill_id, lines)

    @with_some("bills")
    @rule(data=st.data())
    def match(self, data: st.DataObject) -> None:
        bill_id, bill = self.choose(data, self.model.bills, self.model.may_match)
        request, may = MatchInvoice(invoice=bill_id), self.model.may_match(bill_id)
        if self.attempt(match_invoice, request, self.warehouse.accountant, may) is not None:
            bill.status = "matched"

    @with_some("bills")
    @rule(data=st.data())
    def dispute(self, data: st.DataObject) -> None:
        bill_id, bill = self.choose(data, self.model.bills)
        request = DisputeInvoice(invoice=bill_id, reason="wrong")
        may = bill.status in {"received", "matched"}
        if self.attempt(dispute_invoice, request, self.warehouse.accountant, may) is not None:
            bill.status = "disputed"

    @with_some("bills")
    @rule(data=st.data())
    def take_out(self, data: st.DataObject) -> None:
        bill_id, bill = self.choose(data, self.model.bills)
        may = bill.status in {"received", "matched", "disputed"} and not self.model.paid(bill_id)
        request = ReverseRecord(record=self.entered[bill_id])
        if self.attempt(reverse_record, request, self.warehouse.manager, may) is not None:
            bill.status = "void"

    def enter_bill(self, key: str, total: int, currency: str) -> int | None:
        """Enter a bill, whose number counts once unless it was made void."""
        request = AddInvoice(supplier="Acme", number=f"RE {key}", total=f"{total} {currency}")
        may = all(bill.status == "void" or bill.key != key for bill in self.model.bills.values())
        added = self.attempt(add_invoice, request, self.warehouse.accountant, may)
        if added is None:
            return None
        self.model.bills[added.invoice_id] = Bill(key, total, currency)
        self.entered[added.invoice_id] = added.record
        return int(added.invoice_id)

    def write_lines(self, bill_id: int, lines: list[BilledLine]) -> bool:
        """Enter the lines of a bill, each for an order."""
        bill, orders = self.model.bills[bill_id], self.model.orders
        typed = "; ".join(
            f"{line.sku} {line.quantity} {line.price} {orders[line.order].label}" for line in lines
        )
        version = self.version(Invoice, bill_id)
        request = EditInvoiceLines(invoice_id=bill_id, version=version, lines=typed)
        may = bill.status in {"received", "disputed", "matched"} and bill.lines != lines
        may = may and bill.currency == "EUR"
        may = may and all(
            orders[line.order].is_sent and orders[line.order].find(line.sku) for line in lines
        )
        if self.attempt(edit_invoice_lines, request, self.warehouse.accountant, may) is None:
            return False
        bill.lines = lines
        bill.status = "received" if bill.status == "matched" else bill.status
        return True

"""What is tried with orders, deliveries and the supplier."""

import hypothesis.strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

import bot.services.receiving.returning  # noqa: F401  # what it declares
from bot.database.models import PurchaseOrder
from bot.services.approvals.declared import DecideProposal
from bot.services.orders.approving import approve_order
from bot.services.orders.making import NewOrder, make_order
from bot.services.orders.steps import close_order, send_order, submit_order
from bot.services.prices.setting import SetPrice, set_price
from bot.services.receiving.delivering import DeliverOrder, deliver_order
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.suppliers import (
    ReinstateSupplier,
    SuspendSupplier,
    approve_supplier,
    reinstate_supplier,
    suspend_supplier,
)
from tests.services.purchasing_guild import MANY, Guild, few, people, skus, with_some
from tests.services.purchasing_model import (
    Order,
    OrderLine,
)


class Orders(Guild):
    """Prices, orders from a draft to its end, deliveries, and what the supplier is."""

    @precondition(lambda self: len(self.model.orders) == 1)
    @rule(sku=skus, price=few)
    def price(self, sku: str, price: int) -> None:
        request = SetPrice(supplier="Acme", item=sku, amount=str(price))
        is_new = self.model.list_prices.get(sku) != price
        self.attempt(set_price, request, self.person(1), is_new)
        self.model.list_prices[sku] = price

    @precondition(lambda self: len(self.model.orders) < MANY)
    @rule(data=st.data(), person=people)
    def order(self, data: st.DataObject, person: int) -> None:
        chosen = data.draw(st.lists(skus, min_size=1, max_size=2, unique=True))
        lines, typed = [], []
        for sku in chosen:
            quantity = data.draw(few)
            price = data.draw(st.none() | few)
            lines.append(OrderLine(sku, quantity, price or self.model.list_prices[sku]))
            typed.append(f"{sku} {quantity}" + (f" {price}" if price else ""))
        request = NewOrder(supplier="Acme", lines="; ".join(typed))
        may = self.model.supplier == "approved"
        made = self.attempt(make_order, request, self.person(person), may)
        if made is not None:
            order = Order(made.label, lines, touched={self.person(person).user_id})
            self.model.orders[made.order_id] = order

    @precondition(lambda self: self.model.supplier == "approved" and len(self.model.orders) < MANY)
    @rule(data=st.data())
    def buy(self, data: st.DataObject) -> None:
        """Order, approve and send without detours."""
        before = set(self.model.orders)
        self.order(data, 1)
        (order_id,) = set(self.model.orders) - before
        order = self.model.orders[order_id]
        if self.step(submit_order, order_id, 1, True):
            order.status = "approved"
        if order.total > self.model.free_up_to:
            request = DecideProposal(subject_id=order_id, version=2)
            self.attempt(approve_order, request, self.person(2), True)
        if self.step(send_order, order_id, 3, True):
            order.status = "sent"

    @with_some("orders")
    @rule(data=st.data(), person=people)
    def submit(self, data: st.DataObject, person: int) -> None:
        order_id, order = self.choose(data, self.model.orders, self.is_order("draft"))
        may = order.status == "draft" and self.model.supplier == "approved"
        if self.step(submit_order, order_id, person, may):
            is_free = order.total <= self.model.free_up_to
            order.status = "approved" if is_free else "pending"
            order.touched.add(self.person(person).user_id)

    @with_some("orders")
    @rule(data=st.data(), person=people)
    def decide_order(self, data: st.DataObject, person: int) -> None:
        order_id, order = self.choose(data, self.model.orders, self.is_order("pending"))
        actor = self.person(person)
        may = (
            order.status == "pending"
            and actor.user_id not in order.touched
            and self.model.supplier == "approved"
        )
        version = self.version(PurchaseOrder, order_id)
        request = DecideProposal(subject_id=order_id, version=version)
        if self.attempt(approve_order, request, actor, may) is not None:
            order.status, order.touched = "approved", set()

    @with_some("orders")
    @rule(data=st.data(), person=people)
    def send(self, data: st.DataObject, person: int) -> None:
        order_id, order = self.choose(data, self.model.orders, self.is_order("approved"))
        may = order.status == "approved" and self.model.supplier == "approved"
        if self.step(send_order, order_id, person, may):
            order.status = "sent"

    @with_some("orders")
    @rule(data=st.data(), person=people)
    def close(self, data: st.DataObject, person: int) -> None:
        order_id, order = self.choose(data, self.model.orders, self.is_order("partial", "received"))
        if self.step(close_order, order_id, person, order.status in {"partial", "received"}):
            order.status = "closed"

    # Receipts

    @with_some("orders")
    @rule(data=st.data(), quantity=few, is_all=st.booleans())
    def deliver(self, data: st.DataObject, quantity: int, is_all: bool) -> None:  # noqa: FBT001  # drawn
        order_id, order = self.choose(data, self.model.orders, self.is_order("sent", "partial"))
        sku = data.draw(skus)
        if is_all:
            line = data.draw(st.sampled_from(order.lines))
            sku, quantity = line.sku, max(1, line.ordered - line.received)
        request = DeliverOrder(
            order_id=order_id,
            version=self.version(PurchaseOrder, order_id),
            lines=f"{sku} {quantity}",
            location="Dock",
        )
        may = self.model.may_deliver(order, sku, quantity)
        done = self.attempt(deliver_order, request, self.warehouse.employee, may)
        if done is not None:
            self.model.deliver(order, sku, quantity)
            self.model.deliveries[done.record] = (order_id, sku, quantity)

    @with_some("deliveries")
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        record, _delivery = self.choose(data, self.model.deliveries, self.model.may_return)
        request = ReverseRecord(record=record)
        may = self.model.may_return(record)
        if self.attempt(reverse_record, request, self.warehouse.manager, may) is not None:
            self.model.give_back(record)

    # The supplier

    @precondition(lambda self: self.model.supplier != "approved" or self.model.payments)
    @rule(is_decided=st.booleans())
    def change_supplier(self, is_decided: bool) -> None:  # noqa: FBT001  # drawn
        """Suspend the supplier, reinstate it, approve it: whatever comes next."""
        manager, model = self.warehouse.manager, self.model
        if model.supplier == "approved":
            if is_decided:
                self.attempt(
                    suspend_supplier, SuspendSupplier(supplier="Acme", reason="late"), manager, True
                )
                model.supplier = "suspended"
        elif model.supplier == "suspended":
            self.attempt(reinstate_supplier, ReinstateSupplier(supplier="Acme"), manager, True)
            model.supplier = "pending"
        else:
            request = DecideProposal(subject_id=self.supplier_id, version=self.supplier_version())
            self.attempt(approve_supplier, request, self.warehouse.admin, True)
            model.supplier = "approved"

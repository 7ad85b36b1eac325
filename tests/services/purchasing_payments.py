"""What is tried with payments."""

import hypothesis.strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

import bot.services.receiving.returning  # noqa: F401  # what it declares
from bot.database.models import Payment
from bot.services.approvals.declared import DecideProposal
from bot.services.payments.deciding import PAYMENT_APPROVALS, RequestPayment, request_payment
from bot.services.payments.recording import (
    RecordPayment,
    ReversePayment,
    record_payment,
    reverse_payment,
)
from tests.services.purchasing_guild import Guild, people, with_some
from tests.services.purchasing_model import Payment as Paid


class Payments(Guild):
    """Payments: asked for, decided, recorded, reversed."""

    @with_some("bills")
    @rule(data=st.data(), person=people, amount=st.none() | st.integers(1, 6))
    def ask(self, data: st.DataObject, person: int, amount: int | None) -> None:
        bill_id, bill = self.choose(data, self.model.bills, self.model.is_payable)
        typed = "" if amount is None else f"{amount} {data.draw(st.sampled_from(('EUR', 'USD')))}"
        left = self.model.open(bill_id)
        wanted = left if amount is None else amount
        may = self.model.is_payable(bill_id) and 0 < wanted <= left
        may = may and (not typed or typed.endswith(bill.currency))
        request = RequestPayment(invoice=bill_id, amount=typed)
        asked = self.attempt(request_payment, request, self.person(person), may)
        if asked is not None:
            user_id = self.person(person).user_id
            self.model.payments[asked.subject_id] = Paid(bill_id, wanted, user_id)

    @with_some("payments")
    @rule(data=st.data(), person=people, is_rejected=st.integers(0, 3).map(lambda n: n == 0))
    def decide_payment(self, data: st.DataObject, person: int, is_rejected: bool) -> None:  # noqa: FBT001  # drawn
        payment_id, payment = self.choose(data, self.model.payments, self.is_payment("pending"))
        actor = self.person(person)
        may = payment.status == "pending" and actor.user_id != payment.asked_by
        may = may and (is_rejected or self.model.is_payable(payment.bill))
        version = self.version(Payment, payment_id)
        request = DecideProposal(subject_id=payment_id, version=version, reason="why")
        decision = PAYMENT_APPROVALS.decisions["reject" if is_rejected else "approve"]
        if self.attempt(decision, request, actor, may) is not None:
            payment.status = "rejected" if is_rejected else "approved"
            payment.approved_by = 0 if is_rejected else actor.user_id

    @precondition(lambda self: any(map(self.can_be_paid, self.model.bills)))
    @rule(data=st.data(), amount=st.none() | st.integers(1, 6))
    def pay(self, data: st.DataObject, amount: int | None) -> None:
        """Ask, approve and record without detours."""
        bills = {key: bill for key, bill in self.model.bills.items() if self.can_be_paid(key)}
        bill_id, _bill = self.choose(data, bills)
        left = self.model.open(bill_id)
        amount = left if amount is None else min(amount, left)
        request = RequestPayment(invoice=bill_id, amount=str(amount))
        asked = self.attempt(request_payment, request, self.person(1), True)
        approval = DecideProposal(subject_id=asked.subject_id, version=1)
        approve = PAYMENT_APPROVALS.decisions["approve"]
        self.attempt(approve, approval, self.person(2), True)
        recording = RecordPayment(payment=asked.subject_id, reference="SEPA")
        self.attempt(record_payment, recording, self.person(1), True)
        people = self.person(1).user_id, self.person(2).user_id
        self.model.payments[asked.subject_id] = Paid(bill_id, amount, people[0], "paid", people[1])
        self.model.settle_bill(bill_id)

    def can_be_paid(self, bill_id: int) -> bool:
        """Whether something of a bill is open and may be paid."""
        return self.model.is_payable(bill_id) and self.model.open(bill_id) > 0

    @with_some("payments")
    @rule(data=st.data())
    def record(self, data: st.DataObject) -> None:
        payment_id, payment = self.choose(data, self.model.payments, self.is_payment("approved"))
        may = payment.status == "approved" and self.model.is_payable(payment.bill)
        request = RecordPayment(payment=payment_id, reference="SEPA")
        if self.attempt(record_payment, request, self.warehouse.accountant, may) is not None:
            payment.status = "paid"
            self.model.settle_bill(payment.bill)

    @with_some("payments")
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        payment_id, payment = self.choose(data, self.model.payments, self.is_payment("paid"))
        request = ReversePayment(payment=payment_id, reason="came back")
        may = payment.status == "paid"
        if self.attempt(reverse_payment, request, self.warehouse.accountant, may) is not None:
            payment.status = "reversed"
            self.model.settle_bill(payment.bill)

"""The states of invoices and payments: what can be done in each, and nothing else."""

import itertools

import pytest

from bot.domain.approvals import Effect, Round
from bot.domain.documents import INVOICE, PAYMENT
from bot.domain.payments import PAYMENT_STATUSES

ANN, BOB = 1, 2
# Written a second time, by hand: by which steps one status leads to another.
INVOICE_PAIRS = {
    ("received", "received"): {"edit"},
    ("disputed", "disputed"): {"edit"},
    ("matched", "received"): {"edit"},
    ("received", "matched"): {"match"},
    ("disputed", "matched"): {"match"},
    ("received", "disputed"): {"dispute"},
    ("matched", "disputed"): {"dispute"},
    ("matched", "part_paid"): {"pay"},
    ("part_paid", "part_paid"): {"pay", "owe"},
    ("matched", "paid"): {"settle"},
    ("part_paid", "paid"): {"settle"},
    ("paid", "part_paid"): {"owe"},
    ("part_paid", "matched"): {"reopen"},
    ("paid", "matched"): {"reopen"},
    ("received", "void"): {"void"},
    ("matched", "void"): {"void"},
    ("disputed", "void"): {"void"},
}
PAYMENT_PAIRS = {
    ("pending", "approved"): {"approved"},
    ("pending", "rejected"): {"rejected"},
    ("approved", "paid"): {"recorded"},
    ("paid", "reversed"): {"reversed"},
}


@pytest.mark.parametrize("pair", list(itertools.product(INVOICE.statuses, repeat=2)))
def test_a_bill_goes_from_a_status_to_another_by_these_steps_alone(pair: tuple[str, str]) -> None:
    before, after = pair
    steps = {step for step in INVOICE.steps if INVOICE.lead(step, before) == after}
    assert steps == INVOICE_PAIRS.get(pair, set())


@pytest.mark.parametrize("pair", list(itertools.product(PAYMENT.statuses, repeat=2)))
def test_a_payment_goes_from_a_status_to_another_by_these_steps_alone(
    pair: tuple[str, str],
) -> None:
    before, after = pair
    state = Round(status=before, version=3, touched_by=frozenset({ANN}), agreed_by=frozenset())
    steps = set()
    for step in PAYMENT_STATUSES.steps:
        taken = state.take(step, BOB)
        if taken is not None and taken.status == after:
            steps.add(step.past)
            assert taken.version == 4
    assert steps == PAYMENT_PAIRS.get(pair, set())


def test_no_step_but_an_approval_leads_to_what_may_be_paid() -> None:
    assert PAYMENT_STATUSES.statuses == PAYMENT.statuses
    assert PAYMENT_STATUSES.is_opener_barred
    ways = {
        step.effect
        for step in PAYMENT_STATUSES.steps
        for status, to in step.leads.items()
        if to == "approved" != status
    }
    assert ways == {Effect.APPROVE}

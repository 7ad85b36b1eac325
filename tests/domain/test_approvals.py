"""The states of a proposal: what can be done in each, and nothing else."""

import itertools

import pytest

from bot.domain import approvals, suppliers
from bot.domain.approvals import APPROVE, APPROVED, PENDING, REJECT, REJECTED, RESUBMIT, Round
from bot.domain.suppliers import REINSTATE, STATUSES, SUSPEND, SUSPENDED

ANN, BOB, CARL, DORA = range(1, 5)

# Written a second time, by hand: where each step leads from each state, in the table's order:
# edit, annotate, approve, reject, resubmit, suspend, reinstate.
EXPECTED = {
    PENDING: [PENDING, PENDING, APPROVED, REJECTED, None, None, None],
    APPROVED: [PENDING, APPROVED, None, None, None, SUSPENDED, None],
    REJECTED: [REJECTED, REJECTED, None, None, PENDING, None, None],
    SUSPENDED: [SUSPENDED, SUSPENDED, None, None, None, None, PENDING],
}


def round_of(status: str = PENDING, *touched_by: int, agreed_by: tuple[int, ...] = ()) -> Round:
    return Round(
        status=status,
        version=7,
        touched_by=frozenset(touched_by),
        agreed_by=frozenset(agreed_by),
    )


@pytest.mark.parametrize(("status", "index"), list(itertools.product(EXPECTED, range(7))))
def test_each_step_of_a_supplier_leads_where_it_should(status: str, index: int) -> None:
    after = round_of(status).take(STATUSES.steps[index], ANN)
    assert (after and after.status) == EXPECTED[status][index]


def test_the_statuses_are_those_that_the_steps_join() -> None:
    assert STATUSES.statuses == (PENDING, APPROVED, REJECTED, SUSPENDED)
    assert approvals.StatusTable().statuses == (PENDING, APPROVED, REJECTED)


def test_nothing_is_approved_except_by_an_approval_of_something_pending() -> None:
    ways = {
        (status, step.past)
        for step in STATUSES.steps
        for status, to in step.leads.items()
        if to == APPROVED != status or step.is_decision
    }
    assert ways == {(PENDING, "approved"), (PENDING, "rejected")}


@pytest.mark.parametrize("step", [approvals.EDIT, approvals.ANNOTATE])
def test_an_actor_who_edits_is_remembered_and_ends_what_was_agreed(step: approvals.Step) -> None:
    after = round_of(PENDING, ANN, agreed_by=(BOB,)).take(step, CARL, agreements=2)
    assert after is not None
    assert after.touched_by == {ANN, CARL}
    assert after.agreed_by == frozenset()
    assert after.version == 8


def test_an_approval_alone_empties_who_touched_it() -> None:
    approved = round_of(PENDING, ANN).take(APPROVE, BOB)
    rejected = round_of(PENDING, ANN).take(REJECT, BOB)
    assert approved is not None
    assert rejected is not None
    assert approved.touched_by == frozenset()
    assert rejected.touched_by == {ANN}
    resubmitted = rejected.take(RESUBMIT, CARL)
    assert resubmitted is not None
    assert resubmitted.touched_by == {ANN, CARL}


def test_a_suspension_touches_nothing_and_a_reinstatement_does() -> None:
    suspended = round_of(APPROVED).take(SUSPEND, ANN)
    assert suspended is not None
    assert suspended.touched_by == frozenset()
    reinstated = suspended.take(REINSTATE, BOB)
    assert reinstated is not None
    assert reinstated.status == PENDING
    assert reinstated.touched_by == {BOB}


def test_the_last_of_the_needed_approvals_counts() -> None:
    first = round_of(PENDING, ANN).take(APPROVE, BOB, agreements=3)
    assert first == round_of(PENDING, ANN, agreed_by=(BOB,))
    second = first.take(APPROVE, CARL, agreements=3)
    assert second == round_of(PENDING, ANN, agreed_by=(BOB, CARL))
    third = second.take(APPROVE, DORA, agreements=3)
    assert third is not None
    assert (third.status, third.version) == (APPROVED, 8)
    assert third.agreed_by == {BOB, CARL, DORA}


def test_the_same_actor_twice_is_not_two_approvals() -> None:
    first = round_of(PENDING, ANN).take(APPROVE, BOB, agreements=2)
    assert first is not None
    second = first.take(APPROVE, BOB, agreements=2)
    assert second is not None
    assert second.status == PENDING


def test_a_rejection_ends_what_was_agreed() -> None:
    after = round_of(PENDING, ANN, agreed_by=(BOB,)).take(REJECT, CARL, agreements=2)
    assert after is not None
    assert (after.status, after.agreed_by) == (REJECTED, frozenset())


def test_a_supplier_can_be_edited_when_suspended_and_stays_so() -> None:
    for step in (suppliers.EDIT, suppliers.ANNOTATE):
        after = round_of(SUSPENDED).take(step, ANN)
        assert after is not None
        assert after.status == SUSPENDED

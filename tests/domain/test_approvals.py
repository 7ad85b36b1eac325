"""The states of a proposal: what can be done in each, and nothing else."""

import itertools

import pytest

from bot.domain.approvals import DECISIONS, NEXT, Status, Step, next_status

PENDING, APPROVED, REJECTED, SUSPENDED = Status

# Written a second time, by hand: where each step leads from each state, in the order of Step.
EXPECTED = {
    PENDING: [PENDING, PENDING, APPROVED, REJECTED, None, None, None],
    APPROVED: [PENDING, APPROVED, None, None, None, SUSPENDED, None],
    REJECTED: [REJECTED, REJECTED, None, None, PENDING, None, None],
    SUSPENDED: [SUSPENDED, SUSPENDED, None, None, None, None, PENDING],
}


@pytest.mark.parametrize(("status", "step"), list(itertools.product(Status, Step)))
def test_each_step_leads_where_it_should_from_each_state(status: Status, step: Step) -> None:
    assert next_status(status, step) == EXPECTED[status][list(Step).index(step)]


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_a_pair_of_states_is_joined_by_the_steps_that_may_join_it(
    before: Status, after: Status
) -> None:
    joined = {step for step in Step if next_status(before, step) is after}
    allowed = {
        (PENDING, PENDING): {Step.EDIT, Step.ANNOTATE},
        (PENDING, APPROVED): {Step.APPROVE},
        (PENDING, REJECTED): {Step.REJECT},
        (APPROVED, PENDING): {Step.EDIT},
        (APPROVED, APPROVED): {Step.ANNOTATE},
        (APPROVED, SUSPENDED): {Step.SUSPEND},
        (REJECTED, PENDING): {Step.RESUBMIT},
        (REJECTED, REJECTED): {Step.EDIT, Step.ANNOTATE},
        (SUSPENDED, PENDING): {Step.REINSTATE},
        (SUSPENDED, SUSPENDED): {Step.EDIT, Step.ANNOTATE},
    }
    assert joined == allowed.get((before, after), set())


def test_only_what_is_pending_is_decided() -> None:
    assert {status for status, step in NEXT if step in DECISIONS} == {PENDING}


def test_nothing_becomes_approved_but_by_an_approval() -> None:
    ways = {(s, step) for (s, step), to in NEXT.items() if to is APPROVED and s is not APPROVED}
    assert ways == {(PENDING, Step.APPROVE)}

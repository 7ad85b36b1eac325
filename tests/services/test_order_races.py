"""A hundred clicks at one order: one counts, and the others learn who was first."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import AlreadyDecided, IllegalStep, Overtaken, TallymanError
from bot.services.approvals.declared import DecideProposal
from bot.services.orders.approving import approve_order, reject_order
from bot.services.orders.steps import StepOrder, cancel_order, submit_order
from tests.database.books import Warehouse, require_sound_books
from tests.services.buying import approve, order, order_of, submit


@pytest.mark.only_on("postgresql")
async def test_of_a_hundred_decisions_at_once_one_counts_and_the_others_learn_whose(
    warehouse: Warehouse,
) -> None:
    await warehouse.add_item("BOLT-8")
    await approve(warehouse)
    made = await order(warehouse, "BOLT-8 1 1")
    await submit(warehouse, made)
    decision = DecideProposal(subject_id=made.order_id, version=2, reason="no")
    step = StepOrder(order=made.order_id, version=2)
    clicks: list[tuple[Any, Any, Any]] = [
        (approve_order, decision, warehouse.manager),
        (reject_order, decision, warehouse.manager),
        (cancel_order, step, warehouse.buyer),
        (submit_order, step, warehouse.buyer),
    ]

    first: set[int] = set()

    async def click(number: int) -> str:
        operation, request, actor = clicks[number % len(clicks)]
        try:
            await warehouse.run(operation, request, replace(actor, user_id=5000 + number))
        except TallymanError as error:
            if isinstance(error, AlreadyDecided):
                first.add(error.decided_by)
            if isinstance(error, Overtaken):
                first.add(error.changed_by)
            return type(error).__name__
        first.add(5000 + number)
        return "won"

    came_out = Counter(await asyncio.gather(*map(click, range(100))))
    assert came_out["won"] == 1, came_out
    assert len(first) == 1
    # A submission that came before the winner found the order pending already.
    assert set(came_out) <= {"won", *(e.__name__ for e in (AlreadyDecided, Overtaken, IllegalStep))}
    row = await order_of(warehouse, made.order_id)
    assert (row.version, row.status) in {
        (3, "approved"),
        (3, "rejected"),
        (3, "cancelled"),
    }
    await require_sound_books(warehouse.db)

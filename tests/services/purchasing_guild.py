"""A guild's purchasing as a state machine sees it: ways to try things, and the model beside."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import hypothesis.strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
)

import bot.services.receiving.returning  # noqa: F401  # what it declares
from bot.database.models import Approval, Invoice, InvoiceLine, Payment, PurchaseOrder
from bot.database.models import OrderLine as OrderLineRow
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.errors import TallymanError
from bot.services.orders.steps import StepOrder
from bot.services.verification import verify_books
from tests.database.books import Warehouse, rows_of
from tests.services.purchasing_model import (
    Purchasing,
)

T = TypeVar("T")
FREE_UP_TO = 12
# So many orders and bills make a history; more would leave no time to pay any.
MANY = 4
SKUS = ("BOLT", "NUT")
few = st.integers(1, 4)
skus = st.sampled_from(SKUS)
# Who asks and decides: each number is a person with the roles of a manager and of an admin.
people = st.integers(1, 3)


def with_some(*names: str) -> Callable[[Any], Any]:
    """Try a rule only where there is something to try it with."""
    return precondition(lambda self: all(getattr(self.model, name) for name in names))


class Guild(RuleBasedStateMachine):
    """One guild with one supplier; a subclass tries things, and the model says what comes of it."""

    def __init__(
        self,
        run: Callable[[Any], Any],
        db: DatabaseService,
        guild_id: int,
        done: Counter[str],
    ) -> None:
        super().__init__()
        self._run, self._db, self._done = run, db, done
        self.warehouse = Warehouse(db, guild_id)
        self.model = Purchasing(0, 0, FREE_UP_TO)
        self.entered: dict[int, int] = {}
        self.supplier_id = 0

    def attempt(self, operation: Any, request: Any, actor: Actor, may: bool) -> Any:  # noqa: FBT001  # the claim
        """Run an operation, which is done if the model says so, and refused if it does not."""
        try:
            done = self._run(self.warehouse.run(operation, request, actor))
        except TallymanError as error:
            if may:
                raise AssertionError(f"{operation.name} was refused") from error
            return None
        assert may, f"{operation.name} was done"
        self._done[operation.name] += 1
        return done

    def step(self, operation: Any, order_id: int, person: int, may: bool) -> bool:  # noqa: FBT001  # the claim
        request = StepOrder(order=order_id)
        return self.attempt(operation, request, self.person(person), may) is not None

    def person(self, number: int) -> Actor:
        """Return someone who may do everything."""
        held = self.warehouse.manager.discord_role_ids | self.warehouse.admin.discord_role_ids
        return replace(self.warehouse.admin, user_id=7000 + number, discord_role_ids=held)

    def version(self, table: Any, row_id: int) -> int:
        """Return the version of a document that its user would see now."""
        rows = self._run(rows_of(self._db, table, self.warehouse.guild_id))
        return next(int(row.version) for row in rows if row.id == row_id)

    def supplier_version(self) -> int:
        """Return the version of the supplier that is to be decided about."""
        rows = self._run(rows_of(self._db, Approval, self.warehouse.guild_id))
        return next(
            int(row.version)
            for row in rows
            if (row.noun, row.subject_id) == ("supplier", self.supplier_id)
        )

    def choose(
        self, data: st.DataObject, things: dict[int, T], fits: Callable[[int], bool] = bool
    ) -> tuple[int, T]:
        """Draw one of some things: one that fits if there is any, now and then any other."""
        fitting = [key for key in things if fits(key)]
        is_sensible = bool(fitting) and data.draw(st.integers(0, 5)) > 0
        key = data.draw(st.sampled_from(fitting if is_sensible else list(things)))
        return key, things[key]

    def is_order(self, *statuses: str) -> Callable[[int], bool]:
        """Return whether orders have one of some statuses."""
        return lambda order_id: self.model.orders[order_id].status in statuses

    def is_payment(self, status: str) -> Callable[[int], bool]:
        """Return whether payments have a status."""
        return lambda payment_id: self.model.payments[payment_id].status == status

    async def compare(self) -> None:
        """Compare the rows with the model, and have the books verified."""
        guild_id, model = self.warehouse.guild_id, self.model

        async def rows(table: Any) -> list[Any]:
            return await rows_of(self._db, table, guild_id)

        assert {row.id: row.status for row in await rows(PurchaseOrder)} == {
            order_id: order.status for order_id, order in model.orders.items()
        }
        assert {(row.order_id, row.line): row.received for row in await rows(OrderLineRow)} == {
            (order_id, number): line.received
            for order_id, order in model.orders.items()
            for number, line in enumerate(order.lines, start=1)
        }
        assert {row.id: (row.status, row.total) for row in await rows(Invoice)} == {
            bill_id: (bill.status, bill.total) for bill_id, bill in model.bills.items()
        }
        billed = sorted((r.invoice_id, r.quantity, r.unit_price) for r in await rows(InvoiceLine))
        assert billed == sorted(
            (bill_id, line.quantity, line.price)
            for bill_id, bill in model.bills.items()
            for line in bill.lines
        )
        assert {row.id: (row.status, row.amount) for row in await rows(Payment)} == {
            payment_id: (each.status, each.amount) for payment_id, each in model.payments.items()
        }
        verified = await verify_books(self._db, self.warehouse.auditor)
        assert verified.findings == ()

"""Orders in tests: from an approved supplier, written by one sentence, taken a step at a time."""

from dataclasses import replace
from typing import Any

from bot.database.models import OrderLine, PurchaseOrder
from bot.domain.actors import Actor
from bot.domain.changes import Changed
from bot.services.approvals.declared import DecideProposal
from bot.services.orders.approving import approve_order
from bot.services.orders.editing import EditOrder, edit_order
from bot.services.orders.making import NewOrder, OrderKept, make_order
from bot.services.orders.steps import StepOrder, send_order, submit_order
from bot.services.suppliers import ProposeSupplier, approve_supplier, propose_supplier
from tests.database.books import Warehouse, rows_of


async def approve(warehouse: Warehouse, name: str = "Acme") -> int:
    """Propose and approve a supplier; return its id."""
    proposed = await warehouse.run(propose_supplier, ProposeSupplier(name=name))
    decision = DecideProposal(subject_id=proposed.subject_id, version=1)
    await warehouse.run(approve_supplier, decision, warehouse.manager)
    return proposed.subject_id


async def order(
    warehouse: Warehouse, lines: str, *, actor: Actor | None = None, **values: Any
) -> OrderKept:
    """Write an order, as the buyer unless said otherwise."""
    request = NewOrder(**{"supplier": "Acme", "lines": lines, **values})
    return await warehouse.run(make_order, request, actor or warehouse.buyer)


async def change(warehouse: Warehouse, made: OrderKept, lines: str, **values: Any) -> OrderKept:
    """Change the lines of an order as it is now."""
    row = await order_of(warehouse, made.order_id)
    request = EditOrder(order_id=row.id, version=row.version, lines=lines, **values)
    return await warehouse.run(edit_order, request, warehouse.buyer)


async def submit(warehouse: Warehouse, made: OrderKept) -> Changed:
    """Submit an order."""
    return await warehouse.run(submit_order, StepOrder(order=made.order_id), warehouse.buyer)


async def decide(warehouse: Warehouse, made: OrderKept, decision: Any = approve_order) -> Changed:
    """Decide about an order as it is now, as the manager."""
    row = await order_of(warehouse, made.order_id)
    request = DecideProposal(subject_id=row.id, version=row.version, reason="why")
    return await warehouse.run(decision, request, warehouse.manager)


async def send(warehouse: Warehouse, lines: str, **values: Any) -> OrderKept:
    """Write an order, have it approved, and send it."""
    made = await order(warehouse, lines, **values)
    await submit(warehouse, made)
    await decide(warehouse, made)
    await warehouse.run(send_order, StepOrder(order=made.order_id), warehouse.buyer)
    return replace(made, status="sent", version=4)


async def order_of(warehouse: Warehouse, order_id: int) -> Any:
    """Return an order's row."""
    rows = await rows_of(warehouse.db, PurchaseOrder, warehouse.guild_id)
    return next(row for row in rows if row.id == order_id)


async def lines_of(warehouse: Warehouse, order_id: int) -> list[Any]:
    """Return the rows of an order's lines."""
    rows = await rows_of(warehouse.db, OrderLine, warehouse.guild_id)
    return [row for row in rows if row.order_id == order_id]

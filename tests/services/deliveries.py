"""Orders that were sent, and what comes in of them."""

from collections.abc import Sequence

import bot.services.receiving.returning  # noqa: F401  # what it declares
from bot.database.models import OrderLine, PurchaseOrder
from bot.services.receiving.delivering import DeliverOrder, OrderDelivered, deliver_order
from bot.services.receiving.preparing import (
    DeliveryPrepared,
    PrepareDelivery,
    prepare_delivery,
)
from tests.database.books import Warehouse, rows_of
from tests.services import buying


async def send_order(
    warehouse: Warehouse,
    lines: Sequence[str],
    *,
    currency: str = "",
    rate: str = "",
) -> int:
    """Return the id of an order of these lines that was approved and sent to Acme."""
    typed = "\n".join(lines)
    made = await buying.send(warehouse, typed, currency=currency, rate=rate)
    return made.order_id


async def prepare(
    warehouse: Warehouse, order_id: int, location: str | None = None
) -> DeliveryPrepared:
    """Ask for the form of a delivery."""
    request = PrepareDelivery(order=order_id, location=location)
    return await warehouse.db.query(prepare_delivery, request, warehouse.employee)


async def deliver(
    warehouse: Warehouse,
    order_id: int,
    lines: str,
    location: str = "Dock",
    version: int | None = None,
) -> OrderDelivered:
    """Receive what lines say, as the employee, on a form of now or of a version."""
    if version is None:
        version = (await prepare(warehouse, order_id)).version
    request = DeliverOrder(order_id=order_id, version=version, lines=lines, location=location)
    return await warehouse.run(deliver_order, request)


async def look(warehouse: Warehouse, order_id: int) -> tuple[str, list[str]]:
    """Return an order's status, and how much of each line came in."""
    orders = await rows_of(warehouse.db, PurchaseOrder, warehouse.guild_id)
    status = next(row.status for row in orders if row.id == order_id)
    rows = await rows_of(warehouse.db, OrderLine, warehouse.guild_id)
    return status, [f"{row.received.normalize():f}" for row in rows if row.order_id == order_id]

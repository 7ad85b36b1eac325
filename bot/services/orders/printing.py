"""An order as it is printed: for those who see prices."""

from dataclasses import dataclass

from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.stock import Reference
from bot.services.orders.documents import OrderPrinted, describe_order, read_printed


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOrder:
    """Ask for an order to be printed."""

    order: Reference


@query(permission="price.view", is_shown=False)
async def print_order(books: Books, request: PrintOrder) -> OrderPrinted:
    """Read an order to be printed."""
    order = await books.orders.require_reference(request.order)
    return await read_printed(books, order, await describe_order(books, order))

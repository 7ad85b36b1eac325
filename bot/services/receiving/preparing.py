"""What the form of a delivery is filled with: the open lines, and where goods are received."""

from dataclasses import dataclass
from typing import Final

from bot.database.controllers.audit import FURTHEST
from bot.database.models import Location
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.stock import RECEIVING, Reference
from bot.domain.virtual_locations import is_virtual
from bot.errors import NotFound
from bot.services.receiving.lines import AwaitedLine, read_awaited, require_awaited

MAY_RECEIVE: Final = "order.receive"
DELIVERED: Final = "order.delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareDelivery:
    """Ask for the form of a delivery, perhaps at a location."""

    order: Reference
    location: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPrepared:
    """The lines of an order that are still to come, and where; nowhere if it has to be asked."""

    order_id: int
    label: str
    version: int
    lines: tuple[AwaitedLine, ...]
    location: str


@query(permission=MAY_RECEIVE, is_shown=False)
async def prepare_delivery(books: Books, request: PrepareDelivery) -> DeliveryPrepared:
    """Return what the form is filled with; raises NotFound, NothingAwaited."""
    order = await books.orders.require_reference(request.order)
    require_awaited(books, order)
    if request.location is None:
        location = await _guess_location(books)
    else:
        location = await require_location(books, request.location)
    return DeliveryPrepared(
        order_id=order.id,
        label=books.orders.label_of(order),
        version=order.version,
        lines=tuple(line for line in await read_awaited(books, order.id) if line.left),
        location="" if location is None else location.path,
    )


async def require_location(books: Books, reference: Reference) -> Location:
    """Return a location of the warehouse; raises NotFound, Ambiguous."""
    location = await books.locations.require_reference(reference)
    if is_virtual(location.id):
        raise NotFound("location", wanted=str(reference))
    return location


async def _guess_location(books: Books) -> Location | None:
    """Return the only location for receiving, else where goods were last received."""
    receiving = await books.locations.find_all(kind=RECEIVING, archived_at=None, limit=2)
    if len(receiving) == 1:
        return receiving[0]
    newest = await books.audit.search(above=-1, below=FURTHEST, limit=1, action=DELIVERED)
    if not newest:
        return None
    moves = await books.stock.moves_of_record(newest[0].record)
    last = await books.locations.get_by_id(moves[0].target_id)
    return None if last is None or last.archived_at is not None else last

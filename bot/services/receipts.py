"""Receipts: what a record was asked with, so that it can be asked again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.database.operations import OPERATIONS, Operation, query
from bot.database.unit import Books
from bot.domain.records import NotRepeatable
from bot.errors import StaleControl
from bot.services.stock import SET_LEVELS


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRequest:
    """Look up what a record was asked with, and whether `key` repeated it already.

    What set a level is repeated only by a person who was asked back and insists.
    """

    record: int
    key: str
    is_insisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFound:
    """The operation behind a record and its request, ready to be run again."""

    operation: Operation[Any, Any]
    request: Any
    repeated_as: int | None
    age: timedelta


@query(permission=("stock.move", "stock.adjust", "stock.reverse"), is_shown=False)
async def find_request(books: Books, request: FindRequest) -> RequestFound:
    """Find what was asked for when this record was made: one's own, or with stock.reverse any.

    Raises StaleControl when the receipt was purged since.
    """
    event = await books.audit.get_by_id(request.record)
    receipt = await books.receipts.find_one(record=request.record)
    is_mine = event is not None and event.actor_id == books.actor.user_id
    may_see = is_mine or books.rights.holds("stock.reverse")
    if event is not None and receipt is None and may_see:
        raise StaleControl
    if receipt is None or receipt.request is None or not may_see:
        raise NotRepeatable(str(request.record))
    if receipt.operation in SET_LEVELS and not request.is_insisted:
        raise StaleControl
    operation = OPERATIONS[receipt.operation]
    repeated = await books.receipts.get_by_id(books.actor.prefixed(request.key))
    return RequestFound(
        operation=operation,
        request=operation.load_request(receipt.request),
        repeated_as=repeated.record if repeated else None,
        age=books.now - repeated.created_at if repeated else timedelta(0),
    )

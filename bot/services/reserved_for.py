"""For whom an item is reserved: the open requests that hold it back."""

from typing import Final

from bot.database.unit import Books
from bot.domain.availability import ReservedFor
from bot.domain.documents import REQUEST

_MAX: Final = 10


async def list_reserved_for(books: Books, item_id: int) -> tuple[ReservedFor, ...]:
    """List the open reservations of an item, the oldest request first."""
    lines = [line for line in await books.request_lines.find_all(item_id=item_id) if line.reserved]
    requests = await books.requests.get_many([line.request_id for line in lines[:_MAX]])
    return tuple(
        ReservedFor(REQUEST.label(request.number), request.wanted_for, line.reserved)
        for line in lines[:_MAX]
        for request in [requests[line.request_id]]
    )

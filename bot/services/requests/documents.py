"""Requests as documents: what their pages and their cards show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.database.models import Request
from bot.database.unit import Books
from bot.domain.documents import REQUEST
from bot.domain.lanes import REQUESTS
from bot.services.documents.kinds import DocumentType, declare_document

# Who works on requests, and is mentioned in their cards while on shift.
MAY_PICK: Final = ("request.pick",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedLine:
    """A line of a request: what is wanted of an item, picked of it, and held back for it."""

    number: int
    item_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    picked: Decimal
    reserved: Decimal
    # Neither comes in nor is picked until it is restored.
    is_archived: bool = False

    @property
    def left(self) -> Decimal:
        """What is not picked yet."""
        return self.quantity - self.picked

    @property
    def short(self) -> Decimal:
        """What is neither picked nor held back."""
        return self.left - self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """The lines of a request."""

    lines: tuple[RequestedLine, ...]


async def read_requested(books: Books, request_id: int) -> tuple[RequestedLine, ...]:
    """Return the lines of a request with the items' names of now."""
    rows = await books.request_lines.list_of(request_id)
    items = await books.items.get_many([row.item_id for row in rows])
    return tuple(
        RequestedLine(
            number=row.line,
            item_id=item.id,
            sku=item.sku,
            name=item.name,
            unit=item.unit,
            quantity=row.quantity,
            picked=row.picked,
            reserved=row.reserved,
            is_archived=item.archived_at is not None,
        )
        for row in rows
        for item in [items[row.item_id]]
    )


async def describe_request(books: Books, request: Request) -> RequestFacts:
    """Return what the page and the card of a request show."""
    return RequestFacts(lines=await read_requested(books, request.id))


async def name_requests(books: Books, requests: Sequence[Request]) -> Mapping[int, str]:
    """Return whom requests are for, by their ids."""
    del books
    return {request.id: request.wanted_for for request in requests}


REQUEST_TYPE: Final = DocumentType(
    kind=REQUEST,
    documents=lambda books: books.requests,
    lines=lambda books: books.request_lines,
    view="request.view",
    purpose=REQUESTS,
    describe=describe_request,
    title=name_requests,
    actions={
        "opened": "request cancel",
        "edited": "request lines",
        "returned": "request pick",
        "closed": "request new",
        "cancelled": "request new",
        "lapsed": "request new",
    },
    workers=MAY_PICK,
)
REQUEST_DOCUMENTS: Final = declare_document(REQUEST_TYPE)

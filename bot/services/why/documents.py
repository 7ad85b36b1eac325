"""Why a document has its status: the records about it, and which documents a list counts."""

from dataclasses import dataclass, field
from typing import Any, Final

from bot.database.controllers.paging import PAGE_ROWS
from bot.database.models import AuditEvent
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.counts import COUNTING, SUBMITTED
from bot.domain.documents import COUNT, ORDER, REQUEST
from bot.domain.message_links import RecordLinks
from bot.domain.orders import UNDER_WAY as ORDERS_UNDER_WAY
from bot.domain.requests import UNDER_WAY
from bot.domain.stock import Reference
from bot.errors import StaleControl
from bot.services.record_links import locate_records
from bot.services.why.chain import ChainState, read_chain_state

# What boards and reports call them.
NOUNS: Final = {"orders": ORDER.noun, "requests": REQUEST.noun, "counts": COUNT.noun}
_STATUSES: Final = {
    ORDER.noun: sorted(ORDERS_UNDER_WAY),
    REQUEST.noun: sorted(UNDER_WAY),
    COUNT.noun: [COUNTING, SUBMITTED],
}
_RIGHTS: Final = {
    ORDER.noun: "order.view",
    REQUEST.noun: "request.view",
    COUNT.noun: "count.perform",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainDocument:
    """Ask for the records about a document: those older than one, or newer."""

    noun: str
    document: Reference
    older_than: int | None = None
    newer_than: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentExplained:
    """A page of the records about a document, the newest first."""

    noun: str
    document_id: int
    label: str
    events: tuple[AuditEvent, ...]
    has_older: bool
    has_newer: bool
    chain: ChainState
    links: RecordLinks = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainDocuments:
    """Ask which documents under way a board or a report counts; cursors are numbers."""

    noun: str
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsExplained:
    """A page of documents under way, the newest first, and the record that last changed each."""

    noun: str
    documents: tuple[Any, ...]
    labels: tuple[str, ...]
    events: dict[int, AuditEvent]
    has_next: bool
    has_previous: bool
    links: RecordLinks = field(default_factory=dict)


@query(permission=("order.view", "request.view", "count.perform"))
async def explain_document(books: Books, request: ExplainDocument) -> DocumentExplained:
    """Show the records about a document."""
    documents = _documents(books, request.noun)
    document = await documents.require_reference(request.document)
    is_backwards = request.newer_than is not None
    found = await books.audit.search(
        above=request.newer_than or 0,
        below=request.older_than or books.head.last_record + 1,
        is_backwards=is_backwards,
        limit=PAGE_ROWS + 1,
        subject=(request.noun, document.id),
    )
    has_more = len(found) > PAGE_ROWS
    events = found[-PAGE_ROWS:] if is_backwards else found[:PAGE_ROWS]
    chain = await read_chain_state(books)
    return DocumentExplained(
        noun=request.noun,
        document_id=document.id,
        label=documents.kind.label(document.number),
        events=tuple(events),
        has_older=True if is_backwards else has_more,
        has_newer=has_more if is_backwards else request.older_than is not None,
        chain=chain,
        links=await locate_records(books, [chain.closed, *(event.record for event in events)]),
    )


@query(permission=("order.view", "request.view", "count.perform"))
async def explain_documents(books: Books, request: ExplainDocuments) -> DocumentsExplained:
    """Show which documents are under way."""
    documents, is_backwards = _documents(books, request.noun), request.before is not None
    found: list[Any] = []
    for status in _STATUSES[request.noun]:
        page = await documents.page_newest(
            status, after=request.after, before=request.before, limit=PAGE_ROWS + 1
        )
        found += page.rows
    found.sort(key=lambda each: -each.number)
    shown = found[-PAGE_ROWS:] if is_backwards else found[:PAGE_ROWS]
    has_more = len(found) > PAGE_ROWS
    records = [each.changed_record for each in shown]
    return DocumentsExplained(
        noun=request.noun,
        documents=tuple(shown),
        labels=tuple(documents.kind.label(each.number) for each in shown),
        events=await books.audit.get_many(records),
        has_next=True if is_backwards else has_more,
        has_previous=has_more if is_backwards else request.after is not None,
        links=await locate_records(books, records),
    )


def _documents(books: Books, noun: str) -> Any:
    """Return the controller of a kind that people may ask about; raises StaleControl."""
    if noun not in _RIGHTS:
        raise StaleControl
    books.require_permission(_RIGHTS[noun])
    if noun == ORDER.noun:
        return books.orders
    return books.requests if noun == REQUEST.noun else books.stock_counts

"""The kinds of documents: one declaration each, and the queries that it gets by it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from bot.database.controllers.base import Page
from bot.database.controllers.documents import DocumentController, LineController
from bot.database.models import ApprovalCard, AuditEvent
from bot.database.models.document import DocumentRow
from bot.database.operations import Query, query
from bot.database.unit import Books
from bot.domain.actions import declare_actions
from bot.domain.documents import DocumentKind
from bot.domain.stock import Reference

MAX_HISTORY: Final = 5


@dataclass(frozen=True, kw_only=True)
class DocumentType:
    """A kind of document as the services know it.

    `describe` returns what its page and its card show besides the row; `title` what helps to
    choose one in lists: a location, whom it is for. The card is in the channel of `purpose`; what
    has prices in it has none.
    """

    kind: DocumentKind
    documents: Callable[[Books], DocumentController[Any]]
    lines: Callable[[Books], LineController] | None = None
    view: str
    purpose: str = ""
    describe: Callable[[Books, Any], Awaitable[Any]]
    title: Callable[[Books, Sequence[Any]], Awaitable[Mapping[int, str]]]
    sum_up: Callable[[Books, Sequence[Any]], Awaitable[Mapping[int, Any]]] | None = None
    """What its list shows of each document besides status, title and who made it, by id."""
    narrow: Callable[[Books, Reference], Awaitable[tuple[str, int]]] | None = None
    """By which column its list can be narrowed, and the value for what was named: a supplier."""
    workers: tuple[str, ...] = ()
    """Who is mentioned when its card is posted: those on shift with one of these permissions."""
    actions: Mapping[str, str] = field(default_factory=dict)
    """What actions of this kind end with, in records, unless an approval declares them, and the
    command that leads back from each."""

    @property
    def noun(self) -> str:
        """Return its noun."""
        return self.kind.noun

    @property
    def card_name(self) -> str:
        """Return under what the message of its card is kept, beside one that asks for a decision.

        Both are known by a noun and an id, and one document may have both.
        """
        return f"{self.noun} document"


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDocument:
    """Look at a document: by its id, or by its number as it was typed."""

    document: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentShown:
    """A document, what its kind shows of it, what happened to it last, and its card."""

    noun: str
    label: str
    document: Any
    facts: Any
    title: str = ""
    history: tuple[AuditEvent, ...] = ()
    card: ApprovalCard | None = None
    user_id: int = 0
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocuments:
    """Look at a page of documents of one status or all; cursors are numbers.

    `only` are those of one supplier, or by what else the kind's list is narrowed.
    """

    status: str | None = None
    only: Reference | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsListed:
    """One page of documents, the newest first: their labels, and what helps to choose, by id."""

    noun: str
    page: Page[DocumentRow]
    labels: Mapping[int, str]
    titles: Mapping[int, str]
    status: str | None
    only: int | None = None
    summaries: Mapping[int, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestDocuments:
    """Ask what may be meant by what was typed so far; of some statuses, or of all."""

    typed: str
    statuses: tuple[str, ...] = ()


class Suggested(NamedTuple):
    """A document that may be meant, what it is called, and what helps to choose it."""

    row: DocumentRow
    label: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The queries of a kind."""

    type: DocumentType
    get: Query[GetDocument, DocumentShown]
    list: Query[ListDocuments, DocumentsListed]
    suggest: Query[SuggestDocuments, tuple[Suggested, ...]]


DOCUMENTS: dict[str, Documents] = {}


def declare_document(declared: DocumentType) -> Documents:
    """Declare a kind of document; its rows, cards, lists and suggestions follow from it."""
    noun = declared.noun
    assert noun not in DOCUMENTS
    for past, way_back in declared.actions.items():
        declare_actions(f"{noun}.{past}", way_back=way_back)

    @query(f"get_{noun}", permission=declared.view)
    async def get_document(books: Books, request: GetDocument) -> DocumentShown:
        return await read_document(books, declared, request.document)

    @query(f"list_{noun}s", permission=declared.view)
    async def list_documents(books: Books, request: ListDocuments) -> DocumentsListed:
        documents = declared.documents(books)
        narrowed: dict[str, int] = {}
        if request.only is not None and declared.narrow is not None:
            narrowed = dict([await declared.narrow(books, request.only)])
        page = await documents.page_newest(
            request.status, after=request.after, before=request.before, **narrowed
        )
        return DocumentsListed(
            noun=noun,
            page=page,
            labels={row.id: documents.label_of(row) for row in page.rows},
            titles=await declared.title(books, page.rows),
            status=request.status,
            only=next(iter(narrowed.values()), None),
            summaries=await declared.sum_up(books, page.rows) if declared.sum_up else {},
        )

    @query(f"suggest_{noun}s", permission=declared.view, is_shown=False)
    async def suggest_documents(books: Books, request: SuggestDocuments) -> tuple[Suggested, ...]:
        return await find_suggested(books, declared, request)

    DOCUMENTS[noun] = Documents(
        type=declared, get=get_document, list=list_documents, suggest=suggest_documents
    )
    return DOCUMENTS[noun]


async def read_document(
    books: Books, declared: DocumentType, reference: Reference
) -> DocumentShown:
    """Read a document as its page and its card show it; raises NotFound."""
    document = await declared.documents(books).require_reference(reference)
    history = await books.audit.list_of_subject(declared.noun, document.id, MAX_HISTORY)
    return DocumentShown(
        noun=declared.noun,
        label=declared.documents(books).label_of(document),
        document=document,
        facts=await declared.describe(books, document),
        title=(await declared.title(books, [document])).get(document.id, ""),
        history=tuple(history),
        card=await books.approval_cards.get_by_id(declared.card_name, document.id),
        user_id=books.actor.user_id,
        permissions=books.rights.permissions,
    )


async def find_suggested(
    books: Books, declared: DocumentType, request: SuggestDocuments
) -> tuple[Suggested, ...]:
    """Suggest documents by what they are called, the newest first, with what helps to choose."""
    documents = declared.documents(books)
    rows = await documents.list_suggested(request.typed, request.statuses)
    titles = await declared.title(books, rows)
    return tuple(Suggested(row, documents.label_of(row), titles.get(row.id, "")) for row in rows)

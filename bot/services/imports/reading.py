"""Reading a preview, and what the books say of what it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.database.controllers.base import Page
from bot.database.models import ImportPreview, Supplier
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.approvals import APPROVED
from bot.domain.imports import Catalogue, ImportApplied, ImportLapsed
from bot.domain.imports.content import Content
from bot.domain.sheets.headings import QUANTITY
from bot.domain.stock import LineEnd
from bot.domain.virtual_locations import VirtualLocation
from bot.services.imports.catalogue import read_catalogue

# As many as a menu has.
MAX_CHOICES: Final = 25
# What each kind of import takes.
RIGHTS: Final = {
    "items": "item.manage",
    "stock": "stock.bulk",
    "locations": "location.manage",
    "suppliers": "supplier.propose",
    "prices": "price.edit",
}


@dataclass(frozen=True, slots=True)
class ReadForImport:
    """Read what the books say of what a file names; cursors are suppliers to choose from."""

    content: Content
    file_hash: str
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksForImport:
    """What the books say, as of a record; `applied` is when the same file was."""

    catalogue: Catalogue
    as_of: int
    may_add_locations: bool
    applied: tuple[int, datetime] | None = None
    suppliers: Page[Supplier] | None = None
    # The locations that its counts may be of, and where what differs comes from or goes to.
    ends: Mapping[int, LineEnd] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPreview:
    """Read a preview back."""

    token: str


@query(permission=tuple(RIGHTS.values()), is_shown=False, is_heavy=True)
async def read_for_import(books: Books, request: ReadForImport) -> BooksForImport:
    """Read what planning a file takes, all from one snapshot."""
    books.require_permission(RIGHTS[request.content.kind])
    applied = await books.import_previews.find_applied(request.content.kind, request.file_hash)
    event = None if applied is None else await books.audit.get_by_id(applied)
    if event is not None and await books.audit.find_one(reverses=event.record) is not None:
        event = None
    catalogue = await read_catalogue(books, request.content)
    places = [each.id for each in catalogue.locations.values()]
    counted = [*places, VirtualLocation.GAIN, VirtualLocation.LOSS]
    return BooksForImport(
        catalogue=catalogue,
        as_of=books.head.last_record,
        may_add_locations=books.rights.holds(RIGHTS["locations"]),
        applied=None if event is None else (event.record, event.at),
        suppliers=await _list_approved(books, request) if request.content.lacks_supplier else None,
        ends=await books.stock.ends(counted) if QUANTITY in request.content.columns else {},
    )


async def _list_approved(books: Books, request: ReadForImport) -> Page[Supplier]:
    return await books.suppliers.paginate_by_status(
        APPROVED, after=request.after, before=request.before, limit=MAX_CHOICES
    )


@query(permission=tuple(RIGHTS.values()), is_shown=False)
async def get_preview(books: Books, request: GetPreview) -> ImportPreview:
    """Return a preview that can be applied; raises ImportApplied or ImportLapsed."""
    return await require_open(books, request.token)


async def require_open(books: Books, token: str) -> ImportPreview:
    """Return a preview that the actor can apply; raises ImportApplied or ImportLapsed."""
    preview = await books.import_previews.get_by_id(token)
    if preview is None:
        raise ImportLapsed
    books.require_permission(RIGHTS[preview.kind])
    if preview.applied_record is not None:
        event = await books.audit.require(preview.applied_record)
        raise ImportApplied(label=preview.file_name, record=event.record, at=event.at)
    if preview.expires_at <= books.now:
        raise ImportLapsed(label=preview.file_name)
    return preview

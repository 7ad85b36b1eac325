"""Suppliers: proposed by the users who need them, approved by others."""

from dataclasses import dataclass

from bot.database.controllers.audit import FURTHEST
from bot.database.controllers.base import Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.models import Approval, AuditEvent, Supplier
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import PENDING, RESUBMIT
from bot.domain.changes import Changed, list_changes
from bot.domain.names import key_of
from bot.domain.stock import Reference
from bot.domain.suppliers import (
    ANNOTATE,
    EDIT,
    REINSTATE,
    STATUSES,
    SUSPEND,
    SupplierExists,
    clean_supplier,
)
from bot.errors import InvalidValue, NothingToDo
from bot.services.approvals.deciding import propose, revise
from bot.services.approvals.declared import declare
from bot.services.approvals.kinds import Resemblance
from bot.services.lookalikes import keep_looks, require_distinct
from bot.services.supplier_facts import (
    NOUN,
    SUPPLIERS,
    changes_of,
    facts_of,
    to_subject,
)
from bot.services.supplier_twins import find_twins, twins_of

MAX_HISTORY = 10
# Each comes with a row of buttons, and a message has five rows.
PENDING_ROWS = 4

SUPPLIER_APPROVALS = declare(SUPPLIERS)
approve_supplier = SUPPLIER_APPROVALS.decisions["approve"]
reject_supplier = SUPPLIER_APPROVALS.decisions["reject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeSupplier:
    """Ask for a new supplier."""

    name: str
    email: str | None = None
    phone: str | None = None
    tax_id: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditSupplier:
    """Change what is given, leave the rest; `none` empties a field."""

    supplier: Reference
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    tax_id: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmitSupplier:
    """Ask once more for a supplier that was rejected."""

    supplier: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinstateSupplier:
    """Ask once more for a supplier that was suspended."""

    supplier: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendSupplier:
    """Take a supplier out of use for now."""

    supplier: Reference
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSupplier:
    """Look at a supplier."""

    supplier: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierShown:
    """A supplier with what this person may see of it, and what happened to it.

    `may_decide`: it is pending, and this person may approve or reject it.
    """

    supplier: Supplier
    facts: dict[str, str]
    approval: Approval
    history: tuple[AuditEvent, ...]
    has_more_history: bool = False
    may_decide: bool = False
    twins: tuple[Resemblance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSupplierHistory:
    """Look at all that happened to a supplier; turned pages start from a record."""

    supplier_id: int
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierHistoryListed:
    """One page of what happened to a supplier, the newest first."""

    supplier: Supplier
    page: Page[AuditEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSuppliers:
    """Look at a page of suppliers, of one status or all."""

    status: str | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppliersListed:
    """One page of suppliers by name, each with its approval, and the number of each status."""

    page: Page[Supplier]
    approvals: dict[int, Approval]
    counts: dict[str, int]
    status: str | None
    twins: dict[int, tuple[Resemblance, ...]]


@operation("supplier.propose", permission="supplier.propose")
async def propose_supplier(uow: UnitOfWork, request: ProposeSupplier) -> Changed:
    """Ask for a new supplier."""
    values = clean_supplier(**_fields(request))
    await _require_free(uow, values["name"])
    supplier = await uow.suppliers.create(**values)
    await keep_looks(uow, NOUN, supplier.id, (supplier.name_key,))
    # Its name is what the record is about, and need not be said twice.
    changes = list_changes({"name": supplier.name}, facts_of(supplier))
    return await propose(uow, SUPPLIERS, to_subject(supplier), changes)


@operation("supplier.edit", permission="supplier.propose")
async def edit_supplier(uow: UnitOfWork, request: EditSupplier) -> Changed:
    """Change a supplier; anything but its note is for others to decide about again."""
    supplier = await uow.suppliers.require_reference(request.supplier)
    values = {
        name: value
        for name, value in clean_supplier(**_fields(request)).items()
        if value != getattr(supplier, name)
    }
    if not values:
        raise NothingToDo(NOUN, supplier.name)
    if "name_key" in values:
        await _require_free(uow, values["name"], supplier.id)
    edited = await uow.suppliers.update_by_id(supplier.id, **values)
    if "name_key" in values:
        await keep_looks(uow, NOUN, supplier.id, (edited.name_key,))
    step = ANNOTATE if set(values) == {"note"} else EDIT
    changes = changes_of(supplier, edited, values)
    return await revise(uow, SUPPLIERS, to_subject(edited), step, changes)


@operation("supplier.resubmit", permission="supplier.propose")
async def resubmit_supplier(uow: UnitOfWork, request: ResubmitSupplier) -> Changed:
    """Ask once more for a supplier that was rejected."""
    supplier = await uow.suppliers.require_reference(request.supplier)
    return await revise(uow, SUPPLIERS, to_subject(supplier), RESUBMIT)


@operation("supplier.reinstate", permission="supplier.suspend")
async def reinstate_supplier(uow: UnitOfWork, request: ReinstateSupplier) -> Changed:
    """Ask once more for a supplier that was suspended."""
    supplier = await uow.suppliers.require_reference(request.supplier)
    return await revise(uow, SUPPLIERS, to_subject(supplier), REINSTATE)


@operation("supplier.suspend", permission="supplier.suspend")
async def suspend_supplier(uow: UnitOfWork, request: SuspendSupplier) -> Changed:
    """Take a supplier out of use for now."""
    supplier = await uow.suppliers.require_reference(request.supplier)
    return await revise(uow, SUPPLIERS, to_subject(supplier), SUSPEND, reason=request.reason)


@query(permission="supplier.view", is_sensitive=True)
async def get_supplier(books: Books, request: GetSupplier) -> SupplierShown:
    """Look at a supplier; contact data is whole for those who propose or approve."""
    supplier = await books.suppliers.require_reference(request.supplier)
    may_see = books.rights.holds("supplier.propose") or books.rights.holds("supplier.approve")
    approval = await books.approvals.require(NOUN, supplier.id)
    history = await books.audit.list_of_subject(NOUN, supplier.id, MAX_HISTORY + 1)
    may_decide = (
        approval.status == PENDING
        and books.rights.holds("supplier.approve")
        and books.actor.user_id not in approval.touched_by
    )
    return SupplierShown(
        supplier=supplier,
        facts=facts_of(supplier, is_masked=not may_see),
        approval=approval,
        history=tuple(history[:MAX_HISTORY]),
        has_more_history=len(history) > MAX_HISTORY,
        may_decide=may_decide,
        twins=await twins_of(books, supplier.id) if approval.status == PENDING else (),
    )


@query(permission="supplier.view")
async def list_supplier_history(
    books: Books, request: ListSupplierHistory
) -> SupplierHistoryListed:
    """List what happened to a supplier, the newest first."""
    supplier = await books.suppliers.require(request.supplier_id)
    is_backwards = request.before is not None
    found = await books.audit.search(
        above=-1 if request.before is None else request.before,
        below=FURTHEST if request.after is None else request.after,
        limit=MAX_HISTORY + 1,
        subject=(NOUN, supplier.id),
        is_backwards=is_backwards,
    )
    has_more = len(found) > MAX_HISTORY
    rows = found[-MAX_HISTORY:] if is_backwards else found[:MAX_HISTORY]
    has_previous = has_more if is_backwards else request.after is not None
    page = Page(rows, has_next=has_more or is_backwards, has_previous=has_previous)
    return SupplierHistoryListed(supplier=supplier, page=page)


@query(permission="supplier.view")
async def list_suppliers(books: Books, request: ListSuppliers) -> SuppliersListed:
    """List suppliers by name."""
    status = request.status
    if status is not None and status not in STATUSES.statuses:
        raise InvalidValue(field="status", reason="unknown_status", value=status[:40])
    page = await books.suppliers.paginate_by_status(
        status,
        after=request.after,
        before=request.before,
        limit=PENDING_ROWS if status == PENDING else PAGE_ROWS,
    )
    # Those that are not pending are not decided about.
    asked = [row.id for row in page.rows] if status == PENDING else []
    return SuppliersListed(
        page=page,
        twins=await find_twins(books, asked),
        approvals=await books.approvals.find_many(NOUN, [row.id for row in page.rows]),
        counts=await books.approvals.count_by_status(NOUN),
        status=status,
    )


async def _require_free(uow: UnitOfWork, name: str, supplier_id: int = 0) -> None:
    """Raise SupplierExists, with the other one's status, if the name is taken; LooksAlike."""
    other = await uow.suppliers.find_by_name(name)
    if other is not None:
        approval = await uow.approvals.require(NOUN, other.id)
        raise SupplierExists(value=other.name, status=approval.status)
    await require_distinct(uow, uow.suppliers, ("name_key",), name, key_of(name), supplier_id)


def _fields(request: ProposeSupplier | EditSupplier) -> dict[str, str | None]:
    return {name: getattr(request, name) for name in ("name", "email", "phone", "tax_id", "note")}

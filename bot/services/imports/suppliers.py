"""Suppliers of an import: proposed, edited and taken back within its one record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.database.models import Supplier
from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import PENDING, RESUBMIT, Step
from bot.domain.changes import Changed
from bot.domain.imports import ImportNotReversible, KnownSupplier
from bot.domain.imports.content import Content
from bot.domain.imports.contents import Facts, ImportContents, SupplierSteps
from bot.domain.imports.plan import PlannedRow
from bot.domain.lanes import APPROVALS_LANE, CARD
from bot.domain.lookalikes import LooksAlike
from bot.domain.names import MAX_SUPPLIER_NAME, key_of
from bot.domain.sheets.headings import NAME
from bot.domain.suppliers import ANNOTATE, EDIT, STATUSES, TAKE_BACK
from bot.services.approvals.deciding import open_round, revise
from bot.services.approvals.kinds import Recorded, Subject
from bot.services.imports.former import FormerSupplier, read_former
from bot.services.lookalikes import keep_looks, require_distinct
from bot.services.supplier_facts import NOUN, SUPPLIERS, changes_of, facts_of, to_subject

_FIELDS = ("email", "phone", "tax_id", "note")


async def read_suppliers(
    books: Books, content: Content
) -> tuple[dict[str, KnownSupplier], dict[str, LooksAlike]]:
    """Read the suppliers that a file names, and which new names look like others."""
    names = {key_of(name): name for name in (content.text(row, NAME) for row in content.sheet.rows)}
    rows = {}
    unlike: dict[str, LooksAlike] = {}
    for key, name in names.items():
        if not key or len(name) > 4 * MAX_SUPPLIER_NAME:
            continue
        found = await books.suppliers.find_one(name_key=key)
        if found is not None:
            rows[key] = found
            continue
        try:
            await require_distinct(books, books.suppliers, ("name_key",), name, key)
        except LooksAlike as error:
            unlike[key] = error
    approvals = await books.approvals.find_many(NOUN, [row.id for row in rows.values()])
    known = {
        key: KnownSupplier(
            id=row.id,
            name=row.name,
            status=approvals[row.id].status,
            version=approvals[row.id].version,
            values={field: getattr(row, field) for field in _FIELDS},
        )
        for key, row in rows.items()
    }
    return known, unlike


async def write_suppliers(
    uow: UnitOfWork, rows: Sequence[PlannedRow], contents: ImportContents
) -> dict[int, FormerSupplier]:
    """Propose new suppliers and edit known ones, each with its card; return what those were."""
    former: dict[int, FormerSupplier] = {}
    for row in rows:
        planned = row.supplier
        if planned is None:
            continue
        if planned.before is None:
            await _propose(uow, planned.values, contents)
            continue
        before = await uow.suppliers.require(planned.before.id)
        edited = await _edit(uow, before, planned.values)
        if planned.is_resubmitted:
            await edited.take(uow, RESUBMIT)
        contents.suppliers[before.id] = edited.write(before.name)
        values = {name: getattr(before, name) for name in planned.values}
        former[before.id] = FormerSupplier(values, planned.values, edited.version)
    return former


async def take_suppliers_back(
    uow: UnitOfWork, record: int, contents: ImportContents, restored: ImportContents
) -> None:
    """Take back proposals, and edits, of what nothing was done with since.

    What was edited back is decided about again: undo decides nothing.
    """
    suppliers = contents.suppliers
    rows = await uow.suppliers.get_many(list(suppliers))
    approvals = await uow.approvals.find_many(NOUN, list(suppliers))
    former = await read_former(uow, record, contents)
    reason = f"/undo #{record}"
    for number, done in suppliers.items():
        approval, row = approvals[number], rows[number]
        edited = _Edited(row)
        was = former.get(number)
        if done.is_new:
            is_as_left = approval.opened_record == record and approval.version == 1
            is_withdrawn = True
        else:
            is_as_left = was is not None and _is_as_left(row, approval.version, was)
            is_withdrawn = any(past == RESUBMIT.past for past, _ in done.steps)
        if not is_as_left or (is_withdrawn and approval.status != PENDING):
            raise ImportNotReversible(record, row.name, NOUN)
        if was is not None:
            edited = await _edit(uow, row, was.values)
        if is_withdrawn:
            await edited.take(uow, TAKE_BACK, reason)
        restored.suppliers[number] = edited.write(row.name, reason if is_withdrawn else "")


def _is_as_left(row: Supplier, version: int, was: FormerSupplier) -> bool:
    return version == was.version and all(
        getattr(row, name) == value for name, value in was.now.items()
    )


@dataclass(slots=True)
class _Edited:
    """A supplier after an edit, and how the record says what was done."""

    after: Supplier
    was: Facts = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    # That of its approval after the last step.
    version: int = 0

    async def take(self, uow: UnitOfWork, step: Step, reason: str = "") -> None:
        """Take a step within the import's record."""
        recorded = await _take(uow, to_subject(self.after), step, reason)
        self.steps.append((recorded.past, recorded.after.status))
        self.version = recorded.after.version

    def write(self, name: str, reason: str = "") -> SupplierSteps:
        """Return it as the contents of a record have it."""
        return SupplierSteps(name, self.was, self.facts, tuple(self.steps), reason)


async def _edit(uow: UnitOfWork, before: Supplier, values: Mapping[str, Any]) -> _Edited:
    """Set columns of a supplier, if any are to be set, and take the step that goes with it."""
    if not values:
        return _Edited(before)
    after = await uow.suppliers.update_by_id(before.id, **values)
    changes = changes_of(before, after, dict(values))
    edited = _Edited(
        after,
        {each.field: each.before for each in changes},
        {each.field: each.after for each in changes},
    )
    await edited.take(uow, ANNOTATE if set(values) == {"note"} else EDIT)
    return edited


def subjects_of(suppliers: Iterable[int]) -> tuple[tuple[str, int], ...]:
    """Return what a record of suppliers is found by as well."""
    return tuple((NOUN, number) for number in suppliers)


async def _propose(uow: UnitOfWork, values: dict[str, Any], contents: ImportContents) -> None:
    supplier = await uow.suppliers.create(**values)
    await keep_looks(uow, NOUN, supplier.id, (supplier.name_key,))
    await open_round(uow, STATUSES, NOUN, supplier.id, uow.scope.record)
    uow.notify(APPROVALS_LANE, CARD)
    facts = {name: value for name, value in facts_of(supplier).items() if value and name != "name"}
    steps = ((STATUSES.opened, STATUSES.first),)
    contents.suppliers[supplier.id] = SupplierSteps(supplier.name, facts=facts, steps=steps)


async def _take(uow: UnitOfWork, subject: Subject, step: Step, reason: str = "") -> Recorded:
    """Take a step and leave the record to the import."""
    taken: list[Recorded] = []

    async def keep(uow: UnitOfWork, subject: Subject, recorded: Recorded) -> Changed:
        taken.append(recorded)
        action = f"{NOUN}.{recorded.past}"
        return Changed(
            record=uow.scope.record,
            action=action,
            noun=NOUN,
            subject_id=subject.id,
            subject=subject.label,
        )

    await revise(uow, replace(SUPPLIERS, keep=keep), subject, step, reason=reason)
    return taken[0]

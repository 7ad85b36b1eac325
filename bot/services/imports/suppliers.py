"""Suppliers of an import: proposed, edited and taken back within its one record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.database.unit import Books, UnitOfWork
from bot.domain.approvals import PENDING, RESUBMIT, Step
from bot.domain.changes import Changed
from bot.domain.imports import ImportNotReversible, KnownSupplier
from bot.domain.imports.content import Content
from bot.domain.imports.contents import ImportContents, SupplierSteps
from bot.domain.imports.plan import PlannedRow
from bot.domain.lanes import APPROVALS_LANE, CARD
from bot.domain.lookalikes import LooksAlike
from bot.domain.names import MAX_SUPPLIER_NAME, key_of
from bot.domain.sheets.headings import NAME
from bot.domain.suppliers import ANNOTATE, EDIT, STATUSES, TAKE_BACK
from bot.services.approvals.deciding import open_round, revise
from bot.services.approvals.kinds import Recorded, Subject
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
) -> None:
    """Propose new suppliers and edit known ones; each has its card."""
    for row in rows:
        planned = row.supplier
        if planned is None:
            continue
        if planned.before is None:
            await _propose(uow, planned.values, contents)
            continue
        before = await uow.suppliers.require(planned.before.id)
        was: dict[str, str] = {}
        facts: dict[str, str] = {}
        steps: list[tuple[str, str]] = []
        after = before
        if planned.values:
            after = await uow.suppliers.update_by_id(before.id, **planned.values)
            step = ANNOTATE if set(planned.values) == {"note"} else EDIT
            changes = changes_of(before, after, planned.values)
            was = {each.field: each.before for each in changes}
            facts = {each.field: each.after for each in changes}
            steps.append(await _take(uow, to_subject(after), step))
        if planned.is_resubmitted:
            steps.append(await _take(uow, to_subject(after), RESUBMIT))
        contents.suppliers[before.id] = SupplierSteps(before.name, was, facts, tuple(steps))


async def take_suppliers_back(
    uow: UnitOfWork, record: int, suppliers: Mapping[int, SupplierSteps], restored: ImportContents
) -> None:
    """Take back proposals on which nothing was done since.

    What was edited cannot be: records have contact data masked, so it is nowhere as it was.
    """
    rows = await uow.suppliers.get_many(list(suppliers))
    approvals = await uow.approvals.find_many(NOUN, list(suppliers))
    for number, done in suppliers.items():
        approval, row = approvals[number], rows[number]
        is_as_left = approval.status == PENDING and approval.opened_record == record
        if not done.is_new or not is_as_left or approval.version != 1:
            raise ImportNotReversible(record, row.name, NOUN)
        reason = f"/undo #{record}"
        step = await _take(uow, to_subject(row), TAKE_BACK, reason)
        restored.suppliers[number] = SupplierSteps(row.name, steps=(step,), reason=reason)


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


async def _take(uow: UnitOfWork, subject: Subject, step: Step, reason: str = "") -> tuple[str, str]:
    """Take a step within the import's record; return how the record says it."""
    taken: list[tuple[str, str]] = []

    async def keep(uow: UnitOfWork, subject: Subject, recorded: Recorded) -> Changed:
        taken.append((recorded.past, recorded.after.status))
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

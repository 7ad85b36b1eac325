"""Planning the rows of a file of suppliers: new ones are proposed, known ones edited."""

from typing import Any, Final

from bot.domain.approvals import REJECTED
from bot.domain.imports import Catalogue, Fault, RepeatedRow
from bot.domain.imports.content import Content
from bot.domain.imports.plan import ImportPlan, PlannedRow, PlannedSupplier
from bot.domain.names import MAX_SUPPLIER_NAME, clean_name, key_of
from bot.domain.sheets import SheetRow
from bot.domain.sheets.headings import EMAIL, NAME, NOTE, PHONE, TAX_ID
from bot.domain.suppliers import clean_supplier
from bot.errors import InvalidValue

# Each gets a card of its own in the approvals channel.
MAX_SUPPLIERS: Final = 500
_FIELDS: Final = (EMAIL, PHONE, TAX_ID, NOTE)


def plan_suppliers(content: Content, catalogue: Catalogue) -> ImportPlan:
    """Plan the rows of a file of suppliers; an empty cell leaves what is known as it is."""
    lines: dict[str, int] = {}
    rows = []
    for row in content.sheet.rows:
        planned = PlannedRow(line=row.line, label=content.text(row, NAME))
        planned.supplier = _read(content, row, planned, catalogue)
        if planned.key:
            first = lines.setdefault(planned.key, row.line)
            if first != row.line:
                planned.faults.append(Fault(NAME, planned.label, RepeatedRow(first)))
        rows.append(planned)
    return ImportPlan(content.kind, tuple(rows))


def _read(
    content: Content, row: SheetRow, planned: PlannedRow, catalogue: Catalogue
) -> PlannedSupplier | None:
    typed = planned.label
    try:
        name = clean_name(typed, limit=MAX_SUPPLIER_NAME)
    except InvalidValue as error:
        planned.faults.append(Fault(NAME, typed, error))
        return None
    planned.label, planned.key = name, key_of(name)
    values: dict[str, Any] = {}
    for column in _FIELDS:
        cell = content.text(row, column)
        if cell:
            try:
                values |= clean_supplier(**{column: cell})
            except InvalidValue as error:
                planned.faults.append(Fault(column, cell, error))
    if planned.key in catalogue.looks_of_suppliers:
        planned.faults.append(Fault(NAME, name, catalogue.looks_of_suppliers[planned.key]))
    known = catalogue.suppliers.get(planned.key)
    if known is None:
        values |= {"name": name, "name_key": planned.key}
        return PlannedSupplier(before=None, values=values)
    planned.label = known.name
    changed = {field: value for field, value in values.items() if value != known.values[field]}
    return PlannedSupplier(before=known, values=changed, is_resubmitted=known.status == REJECTED)

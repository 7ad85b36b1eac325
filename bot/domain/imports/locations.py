"""Planning the rows of locations."""

from typing import Final

from bot.domain.imports import Catalogue, Fault, RepeatedRow
from bot.domain.imports.content import Content
from bot.domain.imports.places import Locations, keys_in
from bot.domain.imports.plan import ImportPlan, PlannedLocation, PlannedRow
from bot.domain.locations import SEPARATOR, InsideItself, typed_names
from bot.domain.names import key_of
from bot.domain.sheets import SheetRow
from bot.domain.sheets.headings import KIND, NAME, PARENT
from bot.domain.stock import QUARANTINE, RECEIVING, STORAGE
from bot.errors import InvalidValue, TallymanError

_KINDS: Final = {
    **dict.fromkeys(("storage", "lager", "stockage", "almacén", "almacenamiento"), STORAGE),
    **dict.fromkeys(("receiving", "wareneingang", "réception", "recepción"), RECEIVING),
    **dict.fromkeys(
        ("quarantine", "quarantäne", "sperrlager", "quarantaine", "cuarentena"), QUARANTINE
    ),
}


def plan_locations(content: Content, catalogue: Catalogue) -> ImportPlan:
    """Plan the rows of a file of locations; what a row is inside of may be in the file itself."""
    locations = Locations(catalogue, in_file=keys_in(content, NAME))
    lines: dict[str, int] = {}
    rows = []
    for row in content.sheet.rows:
        planned = PlannedRow(line=row.line, label=content.text(row, NAME))
        planned.location = _read(content, row, planned, locations)
        if planned.location is not None:
            planned.label = planned.location.path
            planned.key = key_of(planned.location.path)
            first = lines.setdefault(planned.key, row.line)
            if first != row.line:
                planned.faults.append(Fault(NAME, planned.label, RepeatedRow(first)))
        rows.append(planned)
    named = {row.key for row in rows if not row.faults}
    missing = tuple(
        path
        for key, path in locations.missing.items()
        if key in named or any(each.startswith(f"{key}{SEPARATOR}") for each in named)
    )
    return ImportPlan(content.kind, tuple(rows), missing)


def _require_outside(name: str, parent: str, inside: str) -> None:
    """Raise InsideItself for a row that would go into itself, alone or by way of others.

    A path as the parent says which location is meant, however it is called.
    """
    if SEPARATOR in parent or len(typed_names(parent)) > 1:
        return
    key = key_of(name)
    if key in map(key_of, inside.split(SEPARATOR)):
        is_own = key == key_of(parent)
        raise InsideItself(name, name if is_own else inside)


def _read(
    content: Content, row: SheetRow, planned: PlannedRow, locations: Locations
) -> PlannedLocation | None:
    name, parent = content.text(row, NAME), content.text(row, PARENT)
    path = name
    if not parent and len(typed_names(name)) > 1:
        try:
            path = locations.find(name)[0]
        except TallymanError as error:
            planned.faults.append(Fault(NAME, name, error))
            return None
    if parent:
        try:
            inside = locations.find(parent)[0]
            _require_outside(name, parent, inside)
            path = f"{inside}{SEPARATOR}{name}"
        except TallymanError as error:
            planned.faults.append(Fault(PARENT, parent, error))
            return None
    typed = content.text(row, KIND)
    kind = _KINDS.get(key_of(typed)) if typed else None
    if typed and kind is None:
        unknown = InvalidValue(field="kind", reason="unknown_kind", value=typed)
        planned.faults.append(Fault(KIND, typed, unknown))
    try:
        before = locations.catalogue.locations.get(key_of(path))
        if before is None:
            path = locations.add(path)
            before = locations.catalogue.locations.get(key_of(path))
        elif before.is_archived and SEPARATOR in before.path:
            # What it is in is restored with it.
            locations.add(before.path.rpartition(SEPARATOR)[0])
    except TallymanError as error:
        planned.faults.append(Fault(NAME, name, error))
        return None
    if planned.faults:
        return None
    was = before.kind if before is not None else STORAGE
    shown = before.path if before is not None else path
    return PlannedLocation(path=shown, kind=kind or was, before=before)

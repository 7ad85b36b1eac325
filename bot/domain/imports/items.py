"""Planning the rows of items and their stock."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.domain.conversions import convert, find_unit
from bot.domain.documents import COUNT
from bot.domain.imports import (
    Catalogue,
    Fault,
    ItemFacts,
    NamedOtherwise,
    Outcome,
    RepeatedRow,
)
from bot.domain.imports.beside import Beside
from bot.domain.imports.content import Content
from bot.domain.imports.looks import Looks
from bot.domain.imports.lots import Lots
from bot.domain.imports.places import Locations, keys_in, needed_paths
from bot.domain.imports.plan import ImportPlan, PlannedLevel, PlannedRow
from bot.domain.imports.tracking import note_lost_lot, read_tracking, read_whole
from bot.domain.items import TargetBelowPoint, UnitFixed, require_target
from bot.domain.names import MAX_ITEM_NAME, MAX_SKU, NOTHING, clean_name, key_of
from bot.domain.quantities import ZERO, TypedQuantity, format_quantity
from bot.domain.sheets import EXACT, SheetRow
from bot.domain.sheets.headings import (
    LOCATION,
    LOT,
    NAME,
    QUANTITY,
    REORDER_POINT,
    REORDER_TARGET,
    SKU,
    UNIT,
)
from bot.domain.sheets.numbers import read_cell
from bot.domain.stock import UNTRACKED
from bot.domain.units import clean_unit, counts_whole, is_same_unit, require_measure, twelve_of
from bot.errors import InvalidValue, NotFound, TallymanError

_PIECES: Final = "pcs"
# A name is never read to its end to be shortened.
_MAX_READ: Final = 2000


def plan_items(content: Content, catalogue: Catalogue) -> ImportPlan:
    """Plan the rows of a file of items or stock."""
    places = Locations(catalogue, in_file=keys_in(content, LOCATION))
    planner = _Planner(
        content, catalogue, places, Lots(catalogue), Looks(catalogue), Beside(content, catalogue)
    )
    rows = tuple(planner.plan(row) for row in content.sheet.rows)
    planner.lots.require_single(rows)
    waiting = [row.level.key for row in rows if row.outcome is Outcome.WAITING and row.level]
    return ImportPlan(content.kind, rows, needed_paths(planner.locations.missing, set(waiting)))


@dataclass
class _Planner:
    content: Content
    catalogue: Catalogue
    locations: Locations
    lots: Lots
    looks: Looks
    beside: Beside
    # The line of each item and of each item at a location, and what was said of the item.
    _lines: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _said: dict[str, PlannedRow] = field(default_factory=dict)
    # What the row that is planned has for numbers, as refusals show it.
    _cells: dict[str, str] = field(default_factory=dict)

    @property
    def _is_stock(self) -> bool:
        return self.content.kind == "stock"

    def plan(self, row: SheetRow) -> PlannedRow:
        """Plan one row; what is wrong with it is noted, all of it."""
        planned = PlannedRow(line=row.line)
        sku = self._read_sku(row, planned)
        found = self.catalogue.items.get(planned.key) if sku else None
        if found is not None:
            planned.item_id, planned.before = found
            planned.label = planned.before.sku
        facts = self._facts(row, planned, sku)
        planned.after = facts
        self._plan_level(row, planned, facts)
        note_lost_lot(self.content, row, planned, facts)
        if sku and not self._is_stock:
            self.beside.read(row, planned, facts)
        self._require_once(planned)
        return planned

    def _read_sku(self, row: SheetRow, planned: PlannedRow) -> str:
        typed = self.content.text(row, SKU)
        planned.label = typed
        try:
            sku = clean_name(typed, field="sku", limit=MAX_SKU)
        except InvalidValue as error:
            planned.faults.append(Fault(SKU, typed, error))
            return ""
        planned.key, planned.label = key_of(sku), sku
        leads_to = self.catalogue.led.get(planned.key)
        if leads_to is not None:
            planned.faults.append(Fault(SKU, sku, NamedOtherwise(sku, leads_to)))
        return sku

    def _facts(self, row: SheetRow, planned: PlannedRow, sku: str) -> ItemFacts:
        """Return what the item would be like."""
        before = planned.before
        if before is not None and self._is_stock:
            if before.is_archived:
                return replace(before, is_archived=False)
            return before
        name = self._read_name(row, planned)
        unit = self._read_unit(row, planned)
        if before is None:
            if sku and not name and not any(each.column == NAME for each in planned.faults):
                planned.faults.append(self._no_name(row, sku))
            facts = ItemFacts(sku=sku, name=name, unit=unit or _PIECES)
        else:
            is_same = not unit or is_same_unit(unit, before.unit)
            facts = replace(
                before,
                name=name or before.name,
                unit=before.unit if is_same else unit,
                is_archived=False,
            )
            fixed_by = None if is_same else self.catalogue.find_fixing(planned.item_id)
            if fixed_by is not None:
                fixed = UnitFixed(before.sku, before.unit, fixed_by)
                planned.faults.append(Fault(UNIT, unit, fixed))
        fixed_by = self.catalogue.find_fixing(planned.item_id, COUNT.noun)
        facts = replace(
            facts,
            tracking=read_tracking(self.content, row, planned, facts, fixed_by=fixed_by),
            whole=read_whole(self.content, row, planned, facts),
        )
        facts = replace(
            facts,
            reorder_point=self._read_point(row, planned, facts, REORDER_POINT),
            reorder_target=self._read_point(row, planned, facts, REORDER_TARGET),
        )
        if before is None or _points(facts) != _points(before):
            self._require_target(planned, facts)
        self.looks.require_distinct(planned, facts)
        return facts

    def _require_target(self, planned: PlannedRow, facts: ItemFacts) -> None:
        try:
            require_target(facts.sku, *_points(facts))
        except TargetBelowPoint as error:
            written = format_quantity(error.target)
            planned.faults.append(Fault(REORDER_TARGET, written, error))

    def _no_name(self, row: SheetRow, sku: str) -> Fault:
        if self._is_stock and not self.content.text(row, NAME):
            return Fault(SKU, sku, NotFound("item", wanted=sku))
        return Fault(NAME, "", InvalidValue(field="name", reason="empty"))

    def _read_name(self, row: SheetRow, planned: PlannedRow) -> str:
        typed = self.content.text(row, NAME)
        if not typed:
            return ""
        try:
            clean = clean_name(typed[:_MAX_READ], limit=_MAX_READ)
        except InvalidValue as error:
            planned.faults.append(Fault(NAME, typed, error))
            return ""
        if len(clean) > MAX_ITEM_NAME:
            planned.is_shortened = True
            return f"{clean[: MAX_ITEM_NAME - 1].rstrip()}\u2026"
        return clean

    def _read_unit(self, row: SheetRow, planned: PlannedRow) -> str:
        typed = self.content.text(row, UNIT)
        if not typed:
            return ""
        try:
            return clean_unit(typed)
        except InvalidValue as error:
            planned.faults.append(Fault(UNIT, typed, error))
            return ""

    def _read_point(
        self, row: SheetRow, planned: PlannedRow, facts: ItemFacts, column: str
    ) -> Decimal | None:
        """Return a reorder point: an empty cell leaves it as it is, `none` removes it."""
        before: Decimal | None = getattr(facts, column)
        cell = self.content.cell(row, column)
        if not cell:
            return before
        if key_of(cell) == NOTHING:
            return None
        typed = self._read_number(planned, column, cell)
        return self._measure(planned, facts, column, typed, before or ZERO)

    def _plan_level(self, row: SheetRow, planned: PlannedRow, facts: ItemFacts) -> None:
        """Plan what was counted at a location; an empty quantity says nothing of any."""
        cell = self.content.cell(row, QUANTITY)
        if not cell:
            if self._is_stock or (facts.tracking != UNTRACKED and self.content.text(row, LOT)):
                error = InvalidValue(field="quantity", reason="empty")
                planned.faults.append(Fault(QUANTITY, "", error))
            return
        typed = self._read_number(planned, QUANTITY, cell)
        if typed is not None and not typed.unit and self._is_stock and planned.before is not None:
            typed = replace(typed, unit=self._read_unit(row, planned))
        place = self._read_location(row, planned)
        lot, is_tracked = None, facts.tracking != UNTRACKED
        if is_tracked:
            lot = self.lots.read(self.content, row, planned, facts)
        if place is None or (is_tracked and lot is None):
            return
        path, location_id = place
        before = ZERO
        if lot is not None:
            before = lot.levels.get(location_id or 0, ("", ZERO))[1]
        elif planned.item_id is not None and location_id is not None:
            before = self.catalogue.levels.get((planned.item_id, location_id), ZERO)
        counted = self._measure(planned, facts, QUANTITY, typed, before)
        if counted is not None:
            planned.level = PlannedLevel(
                path=path,
                location_id=location_id,
                counted=counted,
                before=before,
                key=key_of(path),
                lot=lot,
            )

    def _read_location(self, row: SheetRow, planned: PlannedRow) -> tuple[str, int | None] | None:
        typed = self.content.text(row, LOCATION)
        try:
            if not typed:
                raise InvalidValue(field="location", reason="empty")
            return self.locations.find(typed)
        except TallymanError as error:
            planned.faults.append(Fault(LOCATION, typed, error))
            return None

    def _read_number(self, planned: PlannedRow, column: str, cell: str) -> TypedQuantity | None:
        self._cells[column] = cell.rstrip(EXACT)
        try:
            return read_cell(cell, self.content.marks[column], field=column)
        except TallymanError as error:
            planned.faults.append(Fault(column, cell.rstrip(EXACT), error))
            return None

    def _measure(
        self,
        planned: PlannedRow,
        facts: ItemFacts,
        column: str,
        typed: TypedQuantity | None,
        before: Decimal,
    ) -> Decimal | None:
        """Return a number in the item's unit; what the books say may stay as it is."""
        if typed is None:
            return None
        try:
            if typed.unit and not is_same_unit(typed.unit, facts.unit):
                by = find_unit(self.catalogue.units.get(planned.item_id or 0, ()), typed.unit)
                is_whole = counts_whole(facts.unit, facts.whole)
                if by is None and (pieces := is_whole and twelve_of(typed)):
                    return self._measure(planned, facts, column, pieces, before)
                if by is not None:
                    value = convert(typed, by, item=facts.sku, unit=facts.unit, field=column)
                    typed = TypedQuantity(value)
            elif typed.value == before:
                return before  # half a piece, counted before pieces were whole
            return require_measure(
                typed,
                item=facts.sku,
                unit=facts.unit,
                is_whole=counts_whole(facts.unit, facts.whole),
                field=column,
                allow_zero=True,
            )
        except TallymanError as error:
            planned.faults.append(Fault(column, self._cells[column], error))
            return None

    def _require_once(self, planned: PlannedRow) -> None:
        """Refuse what an earlier line says, and what differs from what it says of the item."""
        if not planned.key:
            return
        level = planned.level
        place = (level.key, level.lot.key if level.lot else "") if level else ("", "")
        line = self._lines.setdefault((planned.key, *place), planned.line)
        first = self._said.setdefault(planned.key, planned)
        if line == planned.line and first is not planned and first.after != planned.after:
            line = first.line
        if line != planned.line:
            planned.faults.append(Fault(SKU, planned.label, RepeatedRow(line)))


def _points(facts: ItemFacts) -> tuple[Decimal | None, Decimal | None]:
    return facts.reorder_point, facts.reorder_target

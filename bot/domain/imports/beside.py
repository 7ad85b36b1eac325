"""What an item has beside its columns, as a file has it: further units and barcodes.

A cell holds several, as `/export items` writes them: `box=50; can=0.5` and `4001; 4002=1 box`. What
a cell does not name stays as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.domain.barcodes import spellings_of
from bot.domain.conversions import MAX_UNITS, FurtherUnit, convert, find_unit
from bot.domain.imports import Catalogue, Fault, ItemFacts
from bot.domain.imports.content import Content
from bot.domain.imports.plan import PlannedBeside, PlannedRow
from bot.domain.items import MAX_BARCODE, MAX_BARCODES, BarcodeTaken, UnitIsOwn, write_meaning
from bot.domain.names import clean_name, key_of
from bot.domain.quantities import TypedQuantity, read_factor, read_quantity
from bot.domain.sheets import SheetRow
from bot.domain.sheets.headings import BARCODE, FURTHER_UNITS
from bot.domain.units import WrongUnit, clean_unit, counts_whole, is_same_unit, require_measure
from bot.errors import InvalidValue, LimitReached, TallymanError

_ENDS: Final = re.compile(r"[;\n]")
_ONE: Final = Decimal("1.000")


def parts_of_cell(cell: str) -> list[str]:
    """Return each of what a cell holds."""
    return [part.strip() for part in _ENDS.split(cell) if part.strip()]


def split_code(part: str) -> tuple[str, TypedQuantity | None]:
    """Return a code and what it means, if that is said: `4002=1 box`."""
    code, sign, meaning = part.rpartition("=")
    if not sign or not code.strip():
        return part, None
    try:
        return code.strip(), read_quantity(meaning)
    except TallymanError:
        return part, None  # a code may have the sign in it


@dataclass
class Beside:
    """Reads units and barcodes of rows, beside those of the books and of earlier rows."""

    content: Content
    catalogue: Catalogue
    _said: set[tuple[str, str, str]] = field(default_factory=set)
    _owners: dict[str, str] = field(default_factory=dict)

    def read(self, row: SheetRow, planned: PlannedRow, facts: ItemFacts) -> None:
        """Note what a row adds or changes, and what is wrong with it."""
        known = list(self.catalogue.units.get(planned.item_id or 0, ()))
        units = [*known]
        for column, read in ((FURTHER_UNITS, self._read_unit), (BARCODE, self._read_code)):
            for part in parts_of_cell(self.content.text(row, column)):
                try:
                    planned.beside += [
                        each
                        for each in read(part, planned, facts, units)
                        if (planned.key, each.kind, each.key) not in self._said
                    ]
                except TallymanError as error:
                    planned.faults.append(Fault(column, part, error))
        self._said |= {(planned.key, each.kind, each.key) for each in planned.beside}
        self._require_few(planned, len(known))

    def _require_few(self, planned: PlannedRow, units: int) -> None:
        codes = len(self.catalogue.codes.get(planned.item_id or 0, ()))
        for kind, column, there, limit in (
            ("unit", FURTHER_UNITS, units, MAX_UNITS),
            ("barcode", BARCODE, codes, MAX_BARCODES),
        ):
            new = sum(each.kind == kind and each.before is None for each in planned.beside)
            if new and there + new > limit:
                planned.faults.append(Fault(column, str(there + new), LimitReached(kind, limit)))

    def _read_unit(
        self, part: str, _planned: PlannedRow, facts: ItemFacts, units: list[FurtherUnit]
    ) -> Iterator[PlannedBeside]:
        name, sign, typed = part.partition("=")
        if not sign:
            raise InvalidValue(field="factor", reason="missing")
        unit, factor = clean_unit(name.strip()), read_factor(typed)
        if is_same_unit(unit, facts.unit):
            raise UnitIsOwn(facts.sku, facts.unit)
        if factor.unit and not is_same_unit(factor.unit, facts.unit):
            raise WrongUnit(facts.sku, facts.unit, factor.unit)
        if not factor.value:
            raise InvalidValue(field="factor", reason="not_positive")
        known = find_unit(units, unit)
        if known is not None and known.factor == factor.value:
            return
        named = unit if known is None else known.unit
        units[:] = [
            *(each for each in units if each is not known),
            FurtherUnit(named, factor.value),
        ]
        yield PlannedBeside("unit", key_of(named), named, factor.value, before=known)

    def _read_code(
        self, part: str, planned: PlannedRow, facts: ItemFacts, units: list[FurtherUnit]
    ) -> Iterator[PlannedBeside]:
        typed, meaning = split_code(part)
        code = clean_name(typed, field="code", limit=MAX_BARCODE)
        spelled = spellings_of(code)
        self._require_own(code, spelled, planned, facts)
        codes = self.catalogue.codes.get(planned.item_id or 0, {})
        known = next((codes[key] for key in spelled if key in codes), None)
        if known is not None and meaning is None:
            return  # as the books have it
        said = meaning or TypedQuantity(_ONE)
        unit = ""
        if said.unit and not is_same_unit(said.unit, facts.unit):
            by = find_unit(units, said.unit)
            if by is None:
                others = tuple(each.unit for each in units)
                raise WrongUnit(facts.sku, facts.unit, said.unit, others)
            unit = by.unit
            own = TypedQuantity(convert(said, by, item=facts.sku, unit=facts.unit))
        else:
            own = TypedQuantity(said.value)
        is_whole = counts_whole(facts.unit, facts.whole)
        require_measure(own, item=facts.sku, unit=facts.unit, is_whole=is_whole)
        if known is None:
            yield PlannedBeside("barcode", key_of(code), code, said.value, unit)
        elif (known.quantity, known.unit) != (said.value, unit):
            before = FurtherUnit(known.unit, known.quantity)
            yield PlannedBeside(
                "barcode", key_of(known.code), known.code, said.value, unit, before=before
            )

    def _require_own(
        self, code: str, spelled: list[str], planned: PlannedRow, facts: ItemFacts
    ) -> None:
        """Raise BarcodeTaken if a code leads to another item, or to one of an earlier row."""
        key = key_of(code)
        item = self.catalogue.items.get(key)
        owner = item[1].sku if item is not None else self.catalogue.led.get(key, facts.sku)
        first = self._owners.setdefault(max(spelled, key=len), facts.sku)
        for other in (owner, first):
            if key_of(other) != planned.key:
                raise BarcodeTaken(field="barcode", value=code, item=other)


def write_beside(planned: list[PlannedBeside]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what units and codes were and are, as a record says it."""
    was, now = {}, {}
    for each in planned:
        was[each.field] = "" if each.before is None else each.write(*each.before)
        now[each.field] = each.write(each.unit, each.quantity)
    return was, now


def describe_beside(planned: list[PlannedBeside]) -> list[str]:
    """Return units and codes as a preview shows them: `box=50`, `4002=1 box`."""
    one = write_meaning(_ONE, "")
    return [
        each.name
        if (says := each.write(each.unit, each.quantity)) == one
        else f"{each.name}={says}"
        for each in planned
    ]

"""Planning the lots and serial numbers that the rows of tracked items name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.domain.imports import Catalogue, Fault, ItemFacts, LotMissing
from bot.domain.imports.content import Content
from bot.domain.imports.plan import PlannedLevel, PlannedLot, PlannedRow
from bot.domain.lots import ExpiryDiffers, OneOfSerial, SerialInStock, clean_code
from bot.domain.names import key_of
from bot.domain.quantities import format_quantity
from bot.domain.sheets import SheetRow
from bot.domain.sheets.days import read_last_day
from bot.domain.sheets.headings import EXPIRY, LOT, QUANTITY
from bot.domain.stock import BY_SERIAL
from bot.errors import InvalidValue, TallymanError


@dataclass
class Lots:
    """The lots that a file names: what several rows say of one is one thing."""

    catalogue: Catalogue
    _named: dict[tuple[str, str], PlannedLot] = field(default_factory=dict)

    def read(
        self, content: Content, row: SheetRow, planned: PlannedRow, facts: ItemFacts
    ) -> PlannedLot | None:
        """Return the lot of a row of a tracked item; what is wrong with it is noted."""
        typed = content.text(row, LOT)
        if not typed:
            planned.faults.append(Fault(LOT, "", LotMissing(facts.sku, facts.tracking)))
            return None
        try:
            code = clean_code(typed)
        except InvalidValue as error:
            planned.faults.append(Fault(LOT, typed, error))
            return None
        lot = self._find(planned, code)
        cell = content.text(row, EXPIRY)
        try:
            if cell:
                day = read_last_day(cell, content.days_begin_with, field=EXPIRY)
                _date(lot, facts.sku, day)
        except TallymanError as error:
            planned.faults.append(Fault(EXPIRY, cell, error))
        return lot

    def require_single(self, rows: Iterable[PlannedRow]) -> None:
        """Refuse a serial number that would be more than one piece, or in two places."""
        counted: dict[tuple[str, str], list[tuple[PlannedRow, PlannedLevel]]] = {}
        for row in rows:
            level, facts = row.level, row.after
            if level is None or level.lot is None or facts is None or row.faults:
                continue
            if facts.tracking != BY_SERIAL:
                continue
            if level.counted not in {0, 1}:
                error = OneOfSerial(facts.sku, level.lot.code)
                row.faults.append(Fault(QUANTITY, format_quantity(level.counted), error))
                continue
            counted.setdefault((row.key, level.lot.key), []).append((row, level))
        for found in counted.values():
            _require_one_place(found)

    def _find(self, planned: PlannedRow, code: str) -> PlannedLot:
        key = key_of(code)
        lot = self._named.get((planned.key, key))
        if lot is None:
            known = self.catalogue.lots.get((planned.item_id or 0, key))
            lot = PlannedLot(code=code, key=key)
            if known is not None:
                lot = PlannedLot(
                    code=known.code,
                    key=key,
                    id=known.id,
                    expires_on=known.expires_on,
                    before=known.expires_on,
                    levels=known.levels,
                )
            self._named[planned.key, key] = lot
        return lot


def _date(lot: PlannedLot, sku: str, day: date) -> None:
    """Write a day on a lot: another one only where it is nowhere in stock, and one in a file."""
    is_free = lot.expires_on is None or (lot.id and lot.expires_on == lot.before and not lot.levels)
    if lot.expires_on is not None and lot.expires_on != day and not is_free:
        raise ExpiryDiffers(sku, lot.code, lot.expires_on, day)
    lot.expires_on = day


def _require_one_place(found: list[tuple[PlannedRow, PlannedLevel]]) -> None:
    lot = found[0][1].lot
    assert lot is not None
    places = {(number, ""): each for number, each in lot.levels.items()}
    places |= {_place(level): (level.path, level.counted) for _, level in found}
    there = {place: path for place, (path, quantity) in places.items() if quantity}
    if len(there) < 2:  # noqa: PLR2004  # one piece is in one place
        return
    for row, level in found:
        if level.counted:
            other = next(path for place, path in there.items() if place != _place(level))
            error = SerialInStock(row.label, lot.code, other)
            row.faults.append(Fault(LOT, lot.code, error))


def _place(level: PlannedLevel) -> tuple[int, str]:
    return (level.location_id, "") if level.location_id else (0, level.key)

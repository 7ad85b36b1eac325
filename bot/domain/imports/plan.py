"""The plan of an import: what each row would do, and what all of them would."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from bot.domain.conversions import FurtherUnit
from bot.domain.imports import Fault, ItemFacts, KnownSupplier, LocationFacts, Outcome
from bot.domain.imports.content import print_of
from bot.domain.imports.offers import PlannedPrice
from bot.domain.items import barcode_field, unit_field, write_meaning


@dataclass(slots=True, kw_only=True)
class PlannedLot:
    """A lot that rows name, with no id if it is new; `before` is the day that was on it."""

    code: str
    key: str
    id: int | None = None
    expires_on: date | None = None
    before: date | None = None
    levels: Mapping[int, tuple[str, Decimal]] = field(default_factory=dict)

    @property
    def is_dated(self) -> bool:
        """Whether another day is written on a lot of the books."""
        return self.id is not None and self.expires_on != self.before


@dataclass(slots=True, kw_only=True)
class PlannedLevel:
    """What a row says was counted of its item at a location."""

    path: str
    location_id: int | None
    counted: Decimal
    before: Decimal
    key: str = ""
    lot: PlannedLot | None = None

    @property
    def moves(self) -> bool:
        """Whether the count differs from the books."""
        return self.counted != self.before

    @property
    def changes(self) -> bool:
        """Whether the count differs from the books, or the day on the lot does."""
        return self.moves or (self.lot is not None and self.lot.is_dated)

    def facts(self) -> tuple[object, ...]:
        """Return what a row says of it."""
        lot = self.lot
        of_lot = () if lot is None else (lot.code, lot.id, lot.expires_on, lot.before)
        return self.path, self.location_id, self.counted, self.before, *of_lot


@dataclass(frozen=True, slots=True)
class PlannedBeside:
    """A further unit or a barcode that a row adds or changes; `before` is None for a new one.

    Of a unit the quantity is its factor; of a code it is what it means, of that unit.
    """

    kind: str
    key: str
    name: str
    quantity: Decimal
    unit: str = ""
    before: FurtherUnit | None = None

    @property
    def field(self) -> str:
        """The field of a record that says it."""
        return unit_field(self.name) if self.kind == "unit" else barcode_field(self.name)

    def write(self, unit: str, quantity: Decimal) -> str:
        """Write what it is, as a record says it."""
        return write_meaning(quantity, "" if self.kind == "unit" else unit)


@dataclass(slots=True, kw_only=True)
class PlannedRow:
    """A row of a file beside the books."""

    line: int
    label: str = ""
    key: str = ""
    item_id: int | None = None
    before: ItemFacts | None = None
    after: ItemFacts | None = None
    level: PlannedLevel | None = None
    location: "PlannedLocation | None" = None
    supplier: "PlannedSupplier | None" = None
    price: PlannedPrice | None = None
    name_key: str = ""
    is_shortened: bool = False
    faults: list[Fault] = field(default_factory=list)
    beside: list[PlannedBeside] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """What becomes of the row."""
        if self.faults:
            return Outcome.REFUSED
        other = self.location or self.supplier or self.price
        if other is not None:
            return other.outcome
        if self.level is not None and self.level.location_id is None:
            return Outcome.WAITING
        if self.before is None:
            return Outcome.NEW
        is_counted = self.level is not None and self.level.changes
        is_changed = is_counted or bool(self.beside) or self.before != self.after
        return Outcome.CHANGED if is_changed else Outcome.UNCHANGED

    def fingerprint(self) -> str:
        """Return what tells whether the books still say of this row what they said."""
        level, location, supplier = self.level, self.location, self.supplier
        others = tuple(each.facts() for each in (supplier, self.price) if each is not None)
        faults = [(each.column, type(each.error).__name__) for each in self.faults]
        return print_of(
            (
                self.item_id,
                self.before,
                self.after,
                level and level.facts(),
                location and (location.path, location.before, location.kind),
                faults,
                *others,
                *self.beside,
            )
        )


@dataclass(slots=True, kw_only=True)
class PlannedLocation:
    """A location that a row names; `before` is None where it is not in the books."""

    path: str
    kind: str
    before: LocationFacts | None = None

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if self.before is None:
            return Outcome.NEW
        is_same = self.before.kind == self.kind and not self.before.is_archived
        return Outcome.UNCHANGED if is_same else Outcome.CHANGED


@dataclass(slots=True, kw_only=True)
class PlannedSupplier:
    """A supplier that a row names, and the columns that it sets; `before` is None for a new one."""

    before: KnownSupplier | None
    values: dict[str, Any] = field(repr=False)
    is_resubmitted: bool = False

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if self.before is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.values or self.is_resubmitted else Outcome.UNCHANGED

    def facts(self) -> tuple[object, ...]:
        """Return what a row says of it, and what that was based on."""
        before = self.before
        known = None if before is None else (before.id, before.version, before.status)
        return known, sorted(self.values.items(), key=str)


@dataclass(frozen=True)
class ImportPlan:
    """What applying a file would do."""

    kind: str
    rows: tuple[PlannedRow, ...]
    # The paths of the locations that rows wait for, each behind the one that it is in.
    missing: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> Counter[Outcome]:
        """How many rows become what."""
        return Counter(row.outcome for row in self.rows)

    @cached_property
    def moves(self) -> int:
        """How many levels would change."""
        return sum(row.level is not None and row.level.moves for row in self.rows if not row.faults)

    @property
    def has_changes(self) -> bool:
        """Whether any row would change the books."""
        return any(self.counts[each] for each in (Outcome.NEW, Outcome.CHANGED, Outcome.WAITING))

    def of(self, *outcomes: Outcome) -> Iterable[PlannedRow]:
        """Yield the rows of which this becomes."""
        return (row for row in self.rows if row.outcome in outcomes)

    def fingerprints(self) -> list[str]:
        """Return what each row was based on."""
        return [row.fingerprint() for row in self.rows]

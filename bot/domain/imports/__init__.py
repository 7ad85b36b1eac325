"""Imports: what a file says, beside what the books say, and what applying it would change."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.domain.conversions import FurtherUnit
from bot.domain.stock import STORAGE, UNTRACKED
from bot.errors import Conflict, NothingToDo, RuleBroken, TallymanError

if TYPE_CHECKING:
    from bot.domain.imports.offers import PriceBooks

PREVIEW_LIFE: Final = timedelta(hours=24)
IMPORT_APPLIED: Final = "import.applied"
# How many rows a refusal names of what has changed.
MAX_NAMED: Final = 3


class Outcome(StrEnum):
    """What becomes of a row of a file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    # Its location is not in the books: it can be added with it.
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """The columns of an item that a file can say something about."""

    sku: str
    name: str
    unit: str
    reorder_point: Decimal | None = None
    reorder_target: Decimal | None = None
    whole: bool | None = None
    tracking: str = UNTRACKED
    is_archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationFacts:
    """A location as it is in the books."""

    id: int
    path: str
    name_key: str
    path_key: str
    kind: str = STORAGE
    is_archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """A lot as it is in the books, and where how much of it is: paths and quantities."""

    id: int
    code: str
    expires_on: date | None = None
    levels: dict[int, tuple[str, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSupplier:
    """A supplier as it is in the books, contact data in full."""

    id: int
    name: str
    status: str
    version: int
    values: dict[str, str | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class KnownBarcode:
    """A barcode as it is in the books, and how much of which unit it means."""

    code: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What the books say of the items and locations that a file names."""

    items: dict[str, tuple[int, ItemFacts]] = field(default_factory=dict)  # by the SKU's key
    # SKUs that are an item's no more, and barcodes: the SKU of the item that each leads to.
    led: dict[str, str] = field(default_factory=dict)
    locations: dict[str, LocationFacts] = field(default_factory=dict)  # by the path's key
    levels: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    # Lots by their item's id and the key of their code.
    lots: dict[tuple[int, str], LotFacts] = field(default_factory=dict)
    # Suppliers by the keys of their names, and new names of them that look like others.
    suppliers: dict[str, KnownSupplier] = field(default_factory=dict)
    looks_of_suppliers: dict[str, TallymanError] = field(default_factory=dict)
    # Items whose unit is fixed, because they have moved.
    moved: frozenset[int] = frozenset()
    # Documents under way that have lines of items, by the item's id: their nouns and labels.
    documents: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    # Further units of the items that have some.
    units: dict[int, list[FurtherUnit]] = field(default_factory=dict)
    # Barcodes of the items that have some, by their keys.
    codes: dict[int, dict[str, "KnownBarcode"]] = field(default_factory=dict)
    # Names of which others look alike, by what they look like: their keys, and as they are shown.
    looks: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    # What planning prices takes besides.
    pricing: "PriceBooks | None" = None

    def find_fixing(self, item_id: int | None, noun: str = "") -> str | None:
        """Return which document (of a noun) fixes an item's unit, "" for moves; None if none."""
        if item_id in self.moved:
            return ""
        documents = self.documents.get(item_id or 0, ())
        return next((label for kind, label in documents if noun in {"", kind}), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused: a column, what it has there, and what is wrong with it."""

    column: str
    value: str
    error: TallymanError


@dataclass(eq=False)
class RepeatedRow(RuleBroken):
    """An earlier line of the file says something about the same thing."""

    line: int


@dataclass(eq=False)
class NamedOtherwise(RuleBroken):
    """What a row has for a SKU is a former SKU or a barcode of an item."""

    typed: str
    sku: str


@dataclass(eq=False)
class LotMissing(RuleBroken):
    """A row of a file names no lot of an item whose stock is kept by lots or serial numbers."""

    sku: str
    tracking: str


@dataclass(eq=False)
class UnknownColumns(RuleBroken):
    """A file has no column that an import of its kind cannot do without."""

    kind: str
    missing: tuple[str, ...]
    headings: tuple[str, ...]


@dataclass(eq=False)
class ImportLapsed(NothingToDo):
    """There is no such preview any more: it is a day old, was cancelled, or never was."""

    noun: str = field(default="import", init=False)
    label: str = ""


@dataclass(eq=False)
class ImportApplied(NothingToDo):
    """The preview was applied already."""

    noun: str = field(default="import", init=False)
    label: str
    record: int
    at: datetime


@dataclass(eq=False)
class ImportOutdated(Conflict):
    """Rows no longer do what the preview showed, because the books have changed since."""

    count: int
    named: tuple[str, ...]


@dataclass(eq=False)
class ImportNotReversible(Conflict):
    """What an import made or changed was changed since."""

    record: int
    label: str
    noun: str = "item"


@dataclass(eq=False)
class NotImported(RuleBroken):
    """A kind of data that cannot be imported or exported yet; `until` says what it comes with."""

    kind: str


@dataclass(eq=False)
class FileTooLarge(RuleBroken):
    """A file exceeds what Discord takes, also when it is compressed."""

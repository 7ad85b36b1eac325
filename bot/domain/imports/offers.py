"""Prices of suppliers as the books have them, and as a row of a file would set them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bot.domain.imports import Outcome
from bot.domain.prices import Price, is_jump, rise_percent


class KnownOffer(NamedTuple):
    """A price in the books: what a supplier asks from a day and a quantity on."""

    id: int
    supplier_id: int
    item_id: int
    unit: str
    unit_key: str
    min_quantity: Decimal
    valid_from: date
    amount: Decimal | None
    currency: str


class KnownCode(NamedTuple):
    """A barcode: an item's SKU by its key, and what of the item it is printed on."""

    code_key: str
    sku_key: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBooks:
    """What the books say of the prices that a file names."""

    currency: str
    today: date
    # Ids and names, by the keys of the names; `chosen` is whose prices all rows are.
    suppliers: dict[str, tuple[int, str]] = field(default_factory=dict)
    chosen: tuple[int, str] | None = None
    codes: dict[str, KnownCode] = field(default_factory=dict)
    # By the ids of supplier and item.
    offers: dict[tuple[int, int], list[KnownOffer]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class PlannedPrice:
    """A price that a row sets from a day on, `after` None to end it, and what holds before.

    `starts` are the days on which prices of its kind begin in the books, `known` is the one that
    begins on its own.
    """

    supplier_id: int
    supplier: str
    item_id: int
    sku: str
    item_unit: str
    unit: str
    unit_key: str
    factor: Decimal
    least: Decimal
    since: date
    currency: str
    after: Price | None
    starts: dict[date, Price | None]
    before: Price | None = None
    known: KnownOffer | None = None

    @property
    def kind(self) -> tuple[int, int, str, Decimal]:
        """What the prices have in common of which one ends where the next begins."""
        return self.supplier_id, self.item_id, self.unit_key, self.least

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if self.before == self.after:
            return Outcome.UNCHANGED
        return Outcome.NEW if self.before is None else Outcome.CHANGED

    @property
    def is_jump(self) -> bool:
        """Whether it is more than a fifth above what held before."""
        return bool(self.before and self.after and is_jump(self.before, self.after))

    @property
    def rise(self) -> int | None:
        """By how many percent it rises."""
        return rise_percent(self.before, self.after) if self.before and self.after else None

    def facts(self) -> tuple[object, ...]:
        """Return what a row says of it, and what that was based on."""
        return *self.kind, self.since, self.factor, self.after, self.before, self.known

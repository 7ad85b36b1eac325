"""What a record of an import keeps of the rows that it set, so that they can be proved and undone.

The ledger has the moves; of items and locations the record has the facts before and after, by
their ids: a fact is left out where it is what a new one begins with, and where it stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from bot.domain.imports import ItemFacts
from bot.domain.items import write_facts
from bot.domain.suppliers import STATUSES

Facts = dict[str, str]
Pair = tuple[Facts, Facts]
PriceColumns = dict[str, Any]

# What is not said of a new item or location has these values.
NEW_ITEM: Final[Mapping[str, str]] = {
    "sku": "",
    "name": "",
    "unit": "",
    "reorder point": "",
    "reorder target": "",
    "tracking": "",
    "whole": "",
    "archived": "",
}
# What is not said of a new price: it is of the item's own unit, and of any quantity.
NEW_PRICE: Final[Mapping[str, Any]] = {"unit": "", "unit_key": "", "min_quantity": "0"}


@dataclass(frozen=True, slots=True)
class SupplierSteps:
    """What an import did to a supplier: facts that it set, masked, and steps with their statuses.

    The name is what it was called then, which a later record may change.
    """

    name: str
    before: Facts = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    steps: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the import proposed it."""
        return any(past == STATUSES.opened for past, _ in self.steps)

    def write(self) -> list[Any]:
        """Return it as plain values for a record's detail."""
        return [self.name, self.before, self.facts, list(map(list, self.steps)), self.reason]


@dataclass(frozen=True, slots=True)
class ImportContents:
    """Items, locations and lots before and after, by ids; of new ones there is nothing before."""

    items: dict[int, Pair] = field(default_factory=dict)
    locations: dict[int, Pair] = field(default_factory=dict)
    file_hash: str = ""
    lots: dict[int, Pair] = field(default_factory=dict)
    suppliers: dict[int, SupplierSteps] = field(default_factory=dict)
    # Columns of prices before and after; None where there is none.
    prices: dict[int, tuple[PriceColumns | None, PriceColumns | None]] = field(default_factory=dict)

    # Further units and barcodes of items before and after, by their fields in records.
    beside: dict[int, Pair] = field(default_factory=dict)

    def write(self) -> dict[str, Any]:
        """Return them as plain values for a record's detail."""
        written: dict[str, Any] = {
            "file": self.file_hash,
            "items": {str(key): pair for key, pair in self.items.items()},
            "locations": {str(key): pair for key, pair in self.locations.items()},
        }
        if self.lots:
            written["lots"] = {str(key): pair for key, pair in self.lots.items()}
        if self.suppliers:
            written["suppliers"] = {str(key): each.write() for key, each in self.suppliers.items()}
        if self.beside:
            written["beside"] = {str(key): pair for key, pair in self.beside.items()}
        if self.prices:
            written["prices"] = {str(key): pair for key, pair in self.prices.items()}
        return written

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "ImportContents":
        """Read them back from a record's detail."""
        items, locations, lots, beside = (
            {int(key): (pair[0], pair[1]) for key, pair in kept.get(name, {}).items()}
            for name in ("items", "locations", "lots", "beside")
        )
        suppliers = {
            int(key): SupplierSteps(name, was, now, tuple((past, to) for past, to in steps), reason)
            for key, (name, was, now, steps, reason) in kept.get("suppliers", {}).items()
        }
        prices = {int(key): (was, now) for key, (was, now) in kept.get("prices", {}).items()}
        return cls(items, locations, kept.get("file", ""), lots, suppliers, prices, beside)


def lot_pair(item_id: int, code: str, day: date | None) -> Pair:
    """Return what a record says of a new lot."""
    return {}, {"item": str(item_id), "code": code, "expires": write_day(day)}


def write_day(day: date | None) -> str:
    """Return the last good day of a lot as records have it."""
    return "" if day is None else day.isoformat()


def read_day(written: str) -> date | None:
    """Read a day back."""
    return date.fromisoformat(written) if written else None


def pair_of(before: ItemFacts | None, after: ItemFacts | None) -> Pair:
    """Return what differs between an item before and after."""
    was, now = (
        {} if facts is None else write_facts(facts, is_archived=facts.is_archived)
        for facts in (before, after)
    )
    if not was:
        return {}, {name: value for name, value in now.items() if value}
    changed = [name for name, value in now.items() if value != was[name]]
    return {name: was[name] for name in changed}, {name: now[name] for name in changed}

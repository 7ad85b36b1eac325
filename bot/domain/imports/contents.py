"""What a record of an import keeps of the rows that it set, so that they can be proved and undone.

The ledger has the moves; of items and locations the record has the facts before and after, by
their ids: a fact is left out where it is what a new one begins with, and where it stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.domain.imports import ItemFacts
from bot.domain.items import write_facts

Facts = dict[str, str]
Pair = tuple[Facts, Facts]

# What is not said of a new item or location has these values.
NEW_ITEM: Final[Mapping[str, str]] = {
    "sku": "",
    "name": "",
    "unit": "",
    "reorder point": "",
    "reorder target": "",
    "tracking": "",
    "archived": "",
}


@dataclass(frozen=True, slots=True)
class ImportContents:
    """Items and locations before and after, by their ids; of a new one there is nothing before."""

    items: dict[int, Pair] = field(default_factory=dict)
    locations: dict[int, Pair] = field(default_factory=dict)
    file_hash: str = ""

    def write(self) -> dict[str, Any]:
        """Return them as plain values for a record's detail."""
        return {
            "file": self.file_hash,
            "items": {str(key): pair for key, pair in self.items.items()},
            "locations": {str(key): pair for key, pair in self.locations.items()},
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "ImportContents":
        """Read them back from a record's detail."""
        return cls(
            {int(key): (pair[0], pair[1]) for key, pair in kept.get("items", {}).items()},
            {int(key): (pair[0], pair[1]) for key, pair in kept.get("locations", {}).items()},
            kept.get("file", ""),
        )


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

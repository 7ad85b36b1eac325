"""What must be in the books of an item, in the words of a warehouse: sort by time, and replay."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Happening:
    """A move between shelves (None: outside), or with `counted` a count of the shelf `target`."""

    at: datetime
    target: str | None
    source: str | None = None
    quantity: Decimal = ZERO
    counted: Decimal | None = None


@dataclass(slots=True)
class Model:
    """What was accepted, by its record, and which records were undone."""

    accepted: dict[int, Happening] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)

    def count_counts(self) -> int:
        """Return how many counts were accepted."""
        return sum(each.counted is not None for each in self.accepted.values())

    def replay(self) -> tuple[dict[str, Decimal], dict[int, Decimal]]:
        """Return the levels by shelf, and what each count differed by, by its record."""
        levels: dict[str, Decimal] = defaultdict(lambda: ZERO)
        differences: dict[int, Decimal] = {}
        for record, each in sorted(self.accepted.items(), key=lambda one: (one[1].at, one[0])):
            if record in self.withdrawn:
                continue
            if each.counted is not None:
                assert each.target is not None
                differences[record] = each.counted - levels[each.target]
                levels[each.target] = each.counted
                continue
            if each.source is not None:
                levels[each.source] -= each.quantity
            if each.target is not None:
                levels[each.target] += each.quantity
        return dict(levels), differences

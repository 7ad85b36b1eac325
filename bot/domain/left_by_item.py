"""What left for customers from a day on, item by item: how much, and what it cost."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.domain.item_values import LedgerMove, LedgerRules
from bot.domain.periods import day_of
from bot.domain.quantities import ZERO
from bot.domain.valuation import Layer, LeftCosts
from bot.domain.virtual_locations import VirtualLocation


@dataclass(frozen=True, slots=True)
class CustomerDays(LedgerRules):
    """Rules by which costs are counted by day, and by no day unless a customer got the goods.

    With locations, only what a customer got from one of them.
    """

    location_ids: frozenset[int] | None = None

    def month_of(self, move: LedgerMove) -> date:
        """Return the day of a move to a customer."""
        is_sold = move.target_id == VirtualLocation.CUSTOMER
        if self.location_ids is not None and move.source_id not in self.location_ids:
            is_sold = False
        return day_of(move.at, self.timezone) if is_sold else date.min


@dataclass(slots=True)
class LeftOfItem(LeftCosts):
    """What left of one item since a day, in all and by the currency of what it cost."""

    since: date = date.min
    quantity: Decimal = ZERO
    priced: dict[str, Decimal] = field(default_factory=dict)

    def add(self, month: date, layer: Layer, quantity: Decimal) -> None:
        """Count a part of a layer that left on a day."""
        if month < self.since:
            return
        # All of the window together.
        LeftCosts.add(self, self.since, layer, quantity)
        self.quantity += quantity
        if layer.unit_cost is not None and layer.currency is not None:
            self.priced[layer.currency] = self.priced.get(layer.currency, ZERO) + quantity

    def cost(self, currency: str) -> Decimal:
        """Return what cost in a currency."""
        return self.amounts.get((self.since, currency), Decimal(0))


def _itself(item_id: int) -> int:
    return item_id


@dataclass(slots=True)
class LeftByMonth(LeftCosts):
    """What left cost by month, and of how many items some left whose cost is not known.

    Their quantities are of several units, which do not add up. Items are read one after the other,
    each with those that were merged into it; `root` says which item took another over.
    """

    root: Callable[[int], int] = _itself
    items_without_price: Counter[date] = field(default_factory=Counter)
    _root_id: int = 0
    _months: set[date] = field(default_factory=set)

    def of(self, item_id: int) -> LeftCosts:
        """Return where the costs of the next item are counted."""
        root_id = self.root(item_id)
        if root_id != self._root_id:
            self._root_id, self._months = root_id, set()
        return self

    def add(self, month: date, layer: Layer, quantity: Decimal) -> None:
        """Count a part of a layer that left in a month."""
        LeftCosts.add(self, month, layer, quantity)
        has_price = layer.unit_cost is not None and layer.currency is not None
        if not has_price and month not in self._months:
            self._months.add(month)
            self.items_without_price[month] += 1


class LeftByItem(LeftCosts):
    """What left since a day by item; `root` says which item took another over."""

    def __init__(self, since: date, root: Callable[[int], int]) -> None:
        super().__init__()
        self._since = since
        self._root = root
        self._items: dict[int, LeftOfItem] = defaultdict(lambda: LeftOfItem(since=self._since))

    def of(self, item_id: int) -> LeftCosts:
        """Return where the costs of an item, or of its heir, are counted."""
        return self._items[self._root(item_id)]

    @property
    def items(self) -> Mapping[int, LeftOfItem]:
        """Return the items of which something left."""
        return {item_id: each for item_id, each in self._items.items() if each.quantity}


def choose_currency(items: Mapping[int, LeftOfItem], own: str) -> str | None:
    """Return the currency to compare items in: the guild's own, else the most used; or None."""
    used = Counter(currency for each in items.values() for currency in each.priced)
    if own in used:
        return own
    return min(used, key=lambda each: (-used[each], each), default=None)

"""The value of stock, first in, first out: layers come in with a cost, and leave in their order.

An item's layers know no location: what is moved between shelves keeps its place in the queue. What
came in without a known cost is counted as a quantity without a price, and never as worth zero.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from bot.domain.quantities import ZERO

# The default context would round a product of 20 and 15 digits without a word.
_WIDE: Final = Context(prec=60)
_NOTHING: Final = Decimal(0)


@dataclass(slots=True)
class Layer:
    """What is left of what came in together; without a currency its cost is not known.

    `record` brought it in, where that is asked: then each is told apart.
    """

    quantity: Decimal
    unit_cost: Decimal | None = None
    currency: str | None = None
    record: int | None = None

    def costs_like(self, other: "Layer") -> bool:
        """Whether one of both cost the same, so that they need not be told apart."""
        ours = (self.unit_cost, self.currency, self.record)
        return ours == (other.unit_cost, other.currency, other.record)


@dataclass(slots=True)
class LeftCosts:
    """What left cost, by month and currency, and how much left whose cost is not known.

    `months` are the first days of months where the guild is.
    """

    amounts: dict[tuple[date, str], Decimal] = field(default_factory=dict)
    without_price: dict[date, Decimal] = field(default_factory=dict)

    def add(self, month: date, layer: Layer, quantity: Decimal) -> None:
        """Count a part of a layer that left."""
        if layer.unit_cost is None or layer.currency is None:
            self.without_price[month] = self.without_price.get(month, ZERO) + quantity
            return
        cost, key = _WIDE.multiply(layer.unit_cost, quantity), (month, layer.currency)
        self.amounts[key] = _WIDE.add(self.amounts.get(key, _NOTHING), cost)

    def of(self, item_id: int) -> "LeftCosts":
        """Return where the costs of one item are counted: here all items are together."""
        del item_id
        return self


@dataclass(slots=True)
class Owed:
    """What left in a month before anything was there to leave."""

    month: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Value:
    """What a quantity is worth: exact amounts by currency, and how much has no known price."""

    quantity: Decimal = ZERO
    amounts: tuple[tuple[str, Decimal], ...] = ()
    without_price: Decimal = ZERO

    def share(self, quantity: Decimal) -> "Value":
        """Return the value of a part, such as what is at one location: as much of each layer."""
        if not self.quantity or quantity == self.quantity:
            return self

        def part(amount: Decimal) -> Decimal:
            return _WIDE.divide(_WIDE.multiply(amount, quantity), self.quantity)

        return Value(
            quantity,
            tuple((currency, part(amount)) for currency, amount in self.amounts),
            part(self.without_price).quantize(ZERO, ROUND_HALF_EVEN, context=_WIDE),
        )


class Layers:
    """The queue of one item's layers.

    What left before anything was there to leave is owed to what comes in next: a record that was
    reversed later counts as never made, and what was taken of it then came from the next one.
    """

    def __init__(self, left: LeftCosts) -> None:
        self._left = left
        self.layers: deque[Layer] = deque()
        self.owed: deque[Owed] = deque()

    def receive(self, layer: Layer) -> None:
        """Add what came in behind all that is there."""
        while self.owed and layer.quantity:
            first = self.owed[0]
            part = min(first.quantity, layer.quantity)
            self._left.add(first.month, layer, part)
            first.quantity -= part
            layer.quantity -= part
            if not first.quantity:
                self.owed.popleft()
        if not layer.quantity:
            return
        # A million deliveries at one price are one layer.
        if self.layers and self.layers[-1].costs_like(layer):
            self.layers[-1].quantity += layer.quantity
        else:
            self.layers.append(layer)

    def release(self, month: date, quantity: Decimal) -> None:
        """Let a quantity leave, the oldest first."""
        while quantity and self.layers:
            first = self.layers[0]
            part = min(first.quantity, quantity)
            self._left.add(month, first, part)
            first.quantity -= part
            quantity -= part
            if not first.quantity:
                self.layers.popleft()
        if quantity:
            self.owed.append(Owed(month, quantity))

    def absorb(self, other: "Layers") -> None:
        """Take over a merged item: behind what is there, at its own costs."""
        for layer in other.layers:
            self.receive(layer)
        for each in other.owed:
            self.release(each.month, each.quantity)

    def fork(self) -> "Layers":
        """Return these layers once more, to go on in another way."""
        copied = Layers(self._left)
        copied.layers.extend(replace(each) for each in self.layers)
        copied.owed.extend(replace(each) for each in self.owed)
        return copied

    def value(self) -> Value:
        """Return what is left of all layers, and its value."""
        quantity = without_price = ZERO
        amounts: dict[str, Decimal] = {}
        for layer in self.layers:
            quantity += layer.quantity
            if layer.unit_cost is None or layer.currency is None:
                without_price += layer.quantity
                continue
            cost = _WIDE.multiply(layer.unit_cost, layer.quantity)
            before = amounts.get(layer.currency, _NOTHING)
            amounts[layer.currency] = _WIDE.add(before, cost)
        return Value(quantity, tuple(sorted(amounts.items())), without_price)


@dataclass(slots=True)
class ValueTotals:
    """The value of all items; each currency is added up for itself, and rounded at the end."""

    items: int = 0
    items_without_price: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, value: Value) -> None:
        """Count an item."""
        self.items += 1
        self.items_without_price += bool(value.without_price)
        for currency, amount in value.amounts:
            self.amounts[currency] = _WIDE.add(self.amounts.get(currency, _NOTHING), amount)

"""One item's part of the ledger, folded into the layers that are left of it."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from bot.domain.periods import day_of
from bot.domain.quantities import ZERO
from bot.domain.valuation import Layer, Layers, LeftCosts, Value
from bot.domain.virtual_locations import is_virtual


class LedgerMove(NamedTuple):
    """A move as the ledger has it, and which record it reverses or is reversed by."""

    item_id: int
    record: int
    line: int
    at: datetime
    source_id: int
    target_id: int
    quantity: Decimal
    unit_cost: Decimal | None = None
    currency: str | None = None
    reverses: int | None = None
    reversed_by: int | None = None

    def of(self, item_id: int) -> "LedgerMove":
        """Return it as a move of the item that took its own over."""
        return self if item_id == self.item_id else self._replace(item_id=item_id)


@dataclass(frozen=True, slots=True)
class LedgerRules:
    """What counts: not merges, and neither reversed records nor what reversed them.

    `kept` are those of them that count all the same, because the one and the other moved different
    items: a merge between them was reversed since.
    """

    timezone: str
    merges: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()

    def counts(self, move: LedgerMove) -> bool:
        """Whether a move let something come in or leave."""
        return is_virtual(move.source_id) != is_virtual(move.target_id) and self.stays(move)

    def stays(self, move: LedgerMove) -> bool:
        """Whether a move is neither a merge nor as if it had never been made."""
        if move.record in self.merges:
            return False
        is_as_if_never_made = move.reverses is not None or move.reversed_by is not None
        return not is_as_if_never_made or move.record in self.kept

    def month_of(self, move: LedgerMove) -> date:
        """Return the first day of the month in which a move was made."""
        return day_of(move.at, self.timezone).replace(day=1)


class MergedLayers(NamedTuple):
    """What was left of an item when a record merged it into another."""

    record: int
    layers: Layers


class ItemFold:
    """The layers of an item after its moves, and what of it is at some locations."""

    def __init__(
        self,
        rules: LedgerRules,
        left: LeftCosts,
        merged: Sequence[MergedLayers] = (),
        location_ids: frozenset[int] | None = None,
        *,
        has_records: bool = False,
    ) -> None:
        self.layers = Layers(left)
        self._rules = rules
        self._merged = sorted(merged, key=lambda each: -each.record)
        self._location_ids = location_ids
        self._has_records = has_records
        self._there = ZERO

    def take(self, move: LedgerMove) -> None:
        """Fold the next move of the item."""
        self._absorb(move.record)
        if self._location_ids is not None:
            by = (move.target_id in self._location_ids) - (move.source_id in self._location_ids)
            self._there += by * move.quantity
        if not self._rules.counts(move):
            return
        if is_virtual(move.source_id):
            record = move.record if self._has_records else None
            self.layers.receive(Layer(move.quantity, move.unit_cost, move.currency, record))
        else:
            self.layers.release(self._rules.month_of(move), move.quantity)

    def fork(self) -> "ItemFold":
        """Return this fold once more, to go on in another way."""
        copied = copy(self)
        copied.layers = self.layers.fork()
        copied._merged = [*self._merged]  # noqa: SLF001  # of its own kind
        return copied

    def close(self) -> Layers:
        """Return the layers after all moves."""
        self._absorb(None)
        return self.layers

    def value(self) -> Value:
        """Return the value of what is left of the item, or of what is at the locations."""
        found = self.close().value()
        return found if self._location_ids is None else found.share(self._there)

    def _absorb(self, until: int | None) -> None:
        while self._merged and (until is None or self._merged[-1].record <= until):
            self.layers.absorb(self._merged.pop().layers)

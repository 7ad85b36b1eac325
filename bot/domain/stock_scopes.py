"""Figures of stock, and the moves that make them: what came in less what went out of a scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bot.domain.stock import NO_LOT


class Step(NamedTuple):
    """A figure before a move and after it."""

    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StockScope:
    """What stock a figure is about: of one item or all, one lot or all, at some locations.

    Without `location_ids` all physical locations count: what is moved between them changes nothing.
    """

    item_id: int | None = None
    lot_id: int = NO_LOT
    location_ids: frozenset[int] | None = None


def walk_down(figure: Decimal, changes: Iterable[Decimal]) -> list[Step]:
    """Return the figure before and after each change, the newest first, from what it is after all.

    The first change of all begins at zero, or the figure is not what its moves make.
    """
    steps: list[Step] = []
    for change in changes:
        steps.append(Step(figure - change, figure))
        figure -= change
    return steps

"""The value of an item at several times, from one reading of its moves.

At each time a record counts as it did then: what was reversed later was there. One fold of the
moves serves all times until a move counts at the earlier ones only; from there on there are two.
"""

from collections import deque
from collections.abc import Iterable

from bot.domain.item_values import ItemFold, LedgerMove
from bot.domain.valuation import Value


class ItemCourse:
    """The folds of an item, each with the times that agree so far: the first records beyond."""

    def __init__(self, fold: ItemFold, beyond: Iterable[int]) -> None:
        self._open = [(deque(sorted(beyond)), fold)]
        self.values: dict[int, Value] = {}

    def take(self, move: LedgerMove) -> None:
        """Fold the next move of the item."""
        self._close(move.record)
        counted, reversal = LedgerMove(*move[:-1], reversed_by=None), move.reversed_by
        further = []
        for times, fold in self._open:
            if reversal is None or reversal >= times[-1]:
                fold.take(counted)
            elif reversal < times[0]:
                fold.take(move)
            else:
                later = deque(each for each in times if each > reversal)
                forked = fold.fork()
                forked.take(move)
                further.append((later, forked))
                for _ in later:
                    times.pop()
                fold.take(counted)
        self._open += further

    def finish(self) -> dict[int, Value]:
        """Return the value at each time."""
        self._close(None)
        return self.values

    def _close(self, record: int | None) -> None:
        """Value the item at the times that a record is beyond."""
        for times, fold in self._open:
            while times and (record is None or times[0] <= record):
                self.values[times.popleft()] = fold.value()
        self._open = [each for each in self._open if each[0]]

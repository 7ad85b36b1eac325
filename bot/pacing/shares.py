"""How the processes of one token share its requests: who has much to deliver gets most of them.

Shares are whole permits in ten seconds, so that a hundred processes can have less than one in a
second each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Discord allows a token fifty requests a second. The difference is what the network may bunch
# together, and what people wait for, which is not held back by another process's share.
PER_SECOND: Final = 45
SLICE_SECONDS: Final = 10
ALL_PERMITS: Final = PER_SECOND * SLICE_SECONDS
# Everyone's, whether they have something to deliver or not; the rest goes to those who have.
_COMMON_PARTS: Final = 4


@dataclass(frozen=True, slots=True)
class Holder:
    """Another process: the permits that it holds, and how many lanes wait in it."""

    permits: int
    waiting: int


def fair_share(
    waiting: int, others: Sequence[Holder], total: int = ALL_PERMITS, processes: int = 1
) -> int:
    """Return how many permits a process should have in ten seconds, whatever is free now.

    Of `processes` that share the token those that hold nothing yet have their common part left:
    the first of them to start would take everything, and hold it half a minute if it is killed.
    """
    processes = max(processes, len(others) + 1)
    busy = sum(other.waiting > 0 for other in others) + (waiting > 0)
    if busy in {0, processes}:
        return max(1, total // processes)
    common = total // _COMMON_PARTS // processes
    if waiting == 0:
        return max(1, common)
    return max(1, (total - common * processes) // busy + common)


def grant(
    waiting: int, others: Sequence[Holder], total: int = ALL_PERMITS, processes: int = 1
) -> int:
    """Return what a process may take now: never what another one still holds.

    Who holds more than its share gives it back when it asks the next time.
    """
    free = total - sum(other.permits for other in others)
    return max(0, min(fair_share(waiting, others, total, processes), free))


def bounds_of(permits: int) -> tuple[int, float]:
    """Return permits in ten seconds as a window: so many, and in how many seconds."""
    a_second = permits // SLICE_SECONDS
    if a_second >= 1:
        return a_second, 1.0
    # Without any, one request now and then: what no one may ask for is never delivered.
    return 1, SLICE_SECONDS / max(permits, 1)

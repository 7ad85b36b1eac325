"""Measuring in pairs: ours and the baseline take turns, so that the machine's noise cancels."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

Work = Callable[[int], Awaitable[object]]

ROUNDS = 21
SLOT_SECONDS = 0.15


@dataclass
class Figure:
    """One line of the report: what was measured, what came out, and its floor or ceiling."""

    name: str
    value: float
    unit: str = ""
    floor: float | None = None
    ceiling: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its bounds."""
        above = self.floor is None or self.value >= self.floor
        return above and (self.ceiling is None or self.value < self.ceiling)

    def __str__(self) -> str:
        bound = "" if self.floor is None else f"floor {self.floor:g}"
        bound = bound if self.ceiling is None else f"below {self.ceiling:g}"
        verdict = "" if not bound else ("ok" if self.holds else "MISSED")
        measured = f"{self.name:<50} {self.value:>7.2f} {self.unit:<4}"
        return f"  {measured} {bound:<10} {verdict:<7} {self.note}"


@dataclass
class Side:
    """One side of a pair: what a caller does over and over, and the rates it reached."""

    work: Work
    callers: int = 1
    rates: list[float] = field(default_factory=list)

    async def take_a_turn(self, seconds: float) -> None:
        """Work for a while and note the rate per second."""
        self.rates.append(await rate_of(self.work, self.callers, seconds))

    @property
    def rate(self) -> float:
        """The median rate over all turns, per second."""
        return statistics.median(self.rates)


async def rate_of(work: Work, callers: int, seconds: float) -> float:
    """Let callers work side by side for a while; return how often they did it per second."""
    done = 0
    begun = time.perf_counter()
    deadline = begun + seconds

    async def call(caller: int) -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            await work(caller)
            done += 1

    await asyncio.gather(*(call(caller) for caller in range(callers)))
    return done / (time.perf_counter() - begun)


async def compare(
    name: str,
    ours: Work,
    baseline: Work,
    *,
    callers: int | tuple[int, int] = 1,
    floor: float | None = None,
    rounds: int = ROUNDS,
    seconds: float = SLOT_SECONDS,
) -> Figure:
    """Measure A B, B A, A B ... and return the median of the rounds' ratios."""
    mine, theirs = (callers, callers) if isinstance(callers, int) else callers
    sides = [Side(ours, mine), Side(baseline, theirs)]
    for side in sides:
        await rate_of(side.work, side.callers, 4 * seconds)
    for turn in range(rounds):
        for side in sides if turn % 2 else reversed(sides):
            await side.take_a_turn(seconds)
    ratio = statistics.median(a / b for a, b in zip(sides[0].rates, sides[1].rates, strict=True))
    note = f"{sides[0].rate:,.0f}/s against {sides[1].rate:,.0f}/s"
    return Figure(name, ratio, floor=floor, note=note)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which so many percent of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

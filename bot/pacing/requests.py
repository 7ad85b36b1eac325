"""The pace of this process's requests to Discord: people first, then what is under way, then lanes.

Discord allows a token so many requests a second, and bars an address that was refused too often
(401, 403 and 429, ten thousand in ten minutes). Answers to interactions are bound by neither; they
only count among what was refused.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from loguru import logger

from bot.pacing.shares import PER_SECOND, bounds_of
from bot.pacing.windows import Window

MAX_INVALID: Final = 100
INVALID_SECONDS: Final = 600.0
# Lanes in trouble may use up only this much of it: what is well must not wait for them.
MAX_INVALID_RETRIES: Final = 50
# Of a second's requests, those that deliveries leave for people.
RESERVED: Final = 5
# Timers come a little early by another clock, and must not find the window still full.
_LATER: Final = 0.001


class HeldBackError(OSError):
    """So much was refused that only answers to people are sent until the window clears."""


@dataclass(eq=False, slots=True)
class Permit:
    """Lets a delivery make its first request without waiting."""

    is_used: bool = False


@dataclass(frozen=True, slots=True)
class PaceFigures:
    """How this process uses what Discord allows."""

    permits_per_second: float
    invalid_requests: int
    is_held: bool


_permit: ContextVar[Permit | None] = ContextVar("permit", default=None)


@contextmanager
def in_background(permit: Permit | None = None) -> Iterator[None]:
    """Let the requests made inside wait for those of people, and be held back with deliveries."""
    token = _permit.set(permit or Permit(is_used=True))
    try:
        yield
    finally:
        _permit.reset(token)


class RequestPace:
    """Gives out requests; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent = Window(PER_SECOND, 1.0)
        self._share = Window(PER_SECOND, 1.0)
        self._invalid = Window(MAX_INVALID, INVALID_SECONDS)
        # Background requests that may be refused yet: on their way, or permitted.
        self._risked = 0
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._on_room: set[Callable[[], None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._was_held = False

    def share(self, permits: int) -> None:
        """Bound deliveries to so many requests in ten seconds: others use the same token."""
        self._share.resize(*bounds_of(permits))
        self._pump()

    def figures(self) -> PaceFigures:
        """Say how things are at the moment."""
        now = self._clock()
        a_second = self._share.limit / self._share.seconds
        return PaceFigures(a_second, self._invalid.count(now), self._is_held(now))

    # Lanes

    def admit(self) -> Permit | None:
        """Let a lane be delivered now, or return None; see `when_free`."""
        now = self._clock()
        if self._waiting or not self._has_room(now, is_background=True):
            return None
        self._note(now, is_background=True)
        return Permit()

    def when_free(self, callback: Callable[[], None]) -> None:
        """Call once when a lane may be delivered again."""
        self._on_room.add(callback)
        self._set_timer()

    def give_back(self, permit: Permit) -> None:
        """Take back a permit that was not needed."""
        if permit.is_used:
            return
        permit.is_used = True
        self._risked -= 1
        self._sent.take_back()
        self._share.take_back()
        self._pump()

    def room_for_retries(self) -> int:
        """Return how many lanes in trouble may be tried now."""
        return max(0, MAX_INVALID_RETRIES - self._invalid.count(self._clock()) - self._risked)

    # Requests

    async def begin(self, *, is_bound: bool) -> bool:
        """Wait until a request may be made; returns whether it is a background one.

        Raises HeldBackError for those while too much was refused. What is not `is_bound` by
        the limit of the token does not wait.
        """
        permit = _permit.get()
        if permit is None:
            if is_bound:
                await self._wait(is_background=False)
            return False
        if not permit.is_used:
            permit.is_used = True
            return True
        if self._is_held(self._clock()):
            raise HeldBackError
        if is_bound:
            await self._wait(is_background=True)
        else:
            self._risked += 1
        return True

    def end(self, *, is_background: bool, is_invalid: bool) -> None:
        """Note that a request has ended, and whether Discord counts it against this address."""
        if is_invalid:
            self._invalid.note(self._clock())
        self._risked -= is_background
        self._say_if_held()
        self._pump()

    async def _wait(self, *, is_background: bool) -> None:
        now = self._clock()
        is_first = not self._waiting or self._waiting[0][0] > is_background
        if is_first and self._has_room(now, is_background=is_background):
            self._note(now, is_background=is_background)
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (is_background, next(self._numbers), turn))
        self._set_timer()
        await turn

    def _has_room(self, now: float, *, is_background: bool) -> bool:
        if not is_background:
            return self._sent.room(now) > 0
        is_safe = self._invalid.count(now) + self._risked < MAX_INVALID
        return is_safe and self._sent.room(now) > RESERVED and self._share.room(now) > 0

    def _note(self, now: float, *, is_background: bool) -> None:
        self._sent.note(now)
        self._share.note(now)
        self._risked += is_background

    def _is_held(self, now: float) -> bool:
        return self._invalid.room(now) == 0

    def _pump(self) -> None:
        """Let go on whose turn has come."""
        now = self._clock()
        while self._waiting:
            is_background, _, turn = self._waiting[0]
            if turn.done():
                pass  # who waited was cancelled
            elif is_background and self._is_held(now):
                turn.set_exception(HeldBackError())
            elif self._has_room(now, is_background=is_background):
                self._note(now, is_background=is_background)
                turn.set_result(None)
            else:
                break
            heapq.heappop(self._waiting)
        if self._on_room and not self._waiting and self._has_room(now, is_background=True):
            callbacks, self._on_room = self._on_room, set()
            for callback in callbacks:
                callback()
        self._set_timer()

    def _on_timer(self) -> None:
        self._timer = None
        self._say_if_held()
        self._pump()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waiting and not self._on_room:
            return
        now = self._clock()
        is_background = self._waiting[0][0] if self._waiting else True
        seconds = self._seconds_until_room(now, is_background=is_background)
        self._timer = asyncio.get_running_loop().call_later(seconds + _LATER, self._on_timer)

    def _seconds_until_room(self, now: float, *, is_background: bool) -> float:
        if not is_background:
            return self._sent.seconds_until_room(now)
        # As if all that is on its way were refused; if it is not, its end lets others go on.
        of_risk = self._invalid.seconds_until_room(now, self._risked + 1)
        of_all = self._sent.seconds_until_room(now, RESERVED + 1)
        return max(of_risk, of_all, self._share.seconds_until_room(now))

    def _say_if_held(self) -> None:
        is_held = self._is_held(self._clock())
        if is_held and not self._was_held:
            logger.warning(
                "Discord refused {} requests in ten minutes (401, 403 or 429): deliveries wait "
                "until fewer are left; people are answered as ever",
                MAX_INVALID,
            )
        elif self._was_held and not is_held:
            logger.info("Deliveries go on")
        self._was_held = is_held

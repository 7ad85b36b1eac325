"""Deliveries: many lanes at once, each by one task, begun when its turn has come."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final

from loguru import logger

from bot.pacing.lane_queue import Lane, LaneQueue
from bot.pacing.requests import Permit, RequestPace, in_background

LANES_AT_ONCE: Final = 32

# Delivers a lane; True if it has to wait for its turn once more.
Deliver = Callable[[int, str], Awaitable[bool]]


class Deliveries:
    """Takes lanes from the queue as fast as Discord takes requests.

    `look_again` is called with the guild of a lane that was asked for while it was delivered: it
    may have read its rows for the last time before the newest was written.
    """

    def __init__(
        self,
        pace: RequestPace,
        queue: LaneQueue,
        deliver: Deliver,
        look_again: Callable[[int], None],
    ) -> None:
        self.running: dict[Lane, asyncio.Task[bool]] = {}
        self._pace = pace
        self._queue = queue
        self._deliver = deliver
        self._look_again = look_again
        self._asked_again: set[Lane] = set()

    def begin(self, lanes: Iterable[Lane]) -> None:
        """Deliver these when their turn has come."""
        for lane in lanes:
            if lane in self.running:
                self._asked_again.add(lane)
            else:
                self._queue.put(lane)
        self._begin_next()

    async def wait(self) -> None:
        """Wait until nothing is on its way."""
        while self.running:
            await asyncio.wait(self.running.values())

    async def stop(self) -> list[Lane]:
        """End what is on its way; returns the lanes that may still be leased."""
        self._queue.clear()
        running = dict(self.running)
        for delivery in running.values():
            delivery.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
        return list(running)

    def _begin_next(self) -> None:
        while self._queue and len(self.running) < LANES_AT_ONCE:
            permit = self._pace.admit()
            if permit is None:
                self._pace.when_free(self._begin_next)
                return
            lane = self._queue.take()
            delivery = asyncio.create_task(self._run(*lane, permit))
            self.running[lane] = delivery
            delivery.add_done_callback(partial(self._end, lane))

    async def _run(self, guild_id: int, lane: str, permit: Permit) -> bool:
        try:
            with in_background(permit):
                return await self._deliver(guild_id, lane)
        finally:
            self._pace.give_back(permit)

    def _end(self, lane: Lane, delivery: asyncio.Task[bool]) -> None:
        # Only here may the lane wait once more: a permit given back begins the next lane at once,
        # and a lane that waits while its task still counts as running would be delivered twice.
        del self.running[lane]
        if lane in self._asked_again:
            self._asked_again.discard(lane)
            self._look_again(lane[0])
        if not delivery.cancelled():
            if (error := delivery.exception()) is not None:
                logger.opt(exception=error).error("The lane {} failed", lane[1])
            elif delivery.result():
                self._queue.put(lane)
        self._begin_next()

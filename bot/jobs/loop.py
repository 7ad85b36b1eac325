"""Job: work that is repeated, when it is woken or when its time has come."""

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from loguru import logger

from bot.errors import ClockWrong, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

# A database that is away is asked again soon: people wait for what is due.
_RETRY_SECONDS = 2.0
_STOP_SECONDS = 1.0


class Job(ABC):
    """A loop around rounds; tests call `run_once` directly, which does all that is due.

    Nothing that goes wrong in one round ends the loop: it is logged, and the next one tries.
    """

    interval_seconds: float = 5.0

    def __init__(self) -> None:
        self._is_due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        # Raises ClockWrong where a round would take for due what is not.
        self.require_right_clock: Callable[[], None] = _do_nothing

    @abstractmethod
    async def run_once(self) -> None:
        """Do what there is to do now."""

    async def run_round(self) -> None:
        """Do what this round of the loop is for: everything, unless a job knows better."""
        await self.run_once()

    def wake(self) -> None:
        """Let the next round begin at once."""
        self._is_due.set()

    def start(self) -> None:
        """Begin the loop."""
        self._task = asyncio.create_task(self._run(), name=type(self).__name__)

    async def stop(self) -> None:
        """End the loop; a request on its way is given up and made up for at the next start."""
        if self._task is None:
            return
        while not self._task.done():
            # Again, if an error on its way out took the place of the cancellation.
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_STOP_SECONDS)
        self._task = None

    async def _run(self) -> None:
        is_waiting = False
        while True:
            self._is_due.clear()
            wait_seconds = self.interval_seconds
            try:
                self.require_right_clock()
                await self.run_round()
                wait_seconds = self.interval_seconds
                if is_waiting:
                    logger.info("{} goes on", type(self).__name__)
                is_waiting = False
            except ClockWrong:
                wait_seconds = min(wait_seconds, _RETRY_SECONDS)
            except Unavailable:
                # Once: a node of several may be away for hours.
                if not is_waiting:
                    logger.warning("{} waits for the database", type(self).__name__)
                is_waiting = True
                wait_seconds = min(wait_seconds, _RETRY_SECONDS)
            except Exception:  # noqa: BLE001  # an edge that reports
                logger.exception("{} failed", type(self).__name__)
            try:
                async with asyncio.timeout(wait_seconds):
                    await self._is_due.wait()
            except TimeoutError:
                pass


def _do_nothing() -> None:
    pass

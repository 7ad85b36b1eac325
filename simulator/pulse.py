import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class NoAnswer(AssertionError):
    """Nothing came within the time that a test allows."""


class Pulse:
    """Wakes all waiters for a state; each checks again and goes on or keeps waiting."""

    def __init__(self, heard: Callable[[], None] | None = None) -> None:
        self._waiters: set[asyncio.Future[None]] = set()
        self._heard = heard

    def beat(self) -> None:
        """Say that something has changed."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        if self._heard:
            self._heard()

    async def until(self, probe: Callable[[], T | None], timeout: float, what: str) -> T:  # noqa: ASYNC109 - the message names the wait
        """Return the probe's first true value; raise NoAnswer after `timeout` seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not (value := probe()):
            waiter = loop.create_future()
            self._waiters.add(waiter)
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(deadline):
                        await waiter
            finally:
                self._waiters.discard(waiter)
            if loop.time() >= deadline and not probe():
                raise NoAnswer(f"{what}: not within {timeout:g} s")
        return value

"""Lag: how long the event loop takes to come to what is ready, the sign of a process at its end."""

import asyncio
import time


class LoopLag:
    """Measures one turn of the loop at a time, whenever it is asked; no timer of its own."""

    def __init__(self) -> None:
        self._began_at: float | None = None
        self._seconds = 0.0

    def __call__(self) -> float:
        """Return how long the last turn took, or the present one if that is longer already."""
        now = time.monotonic()
        if self._began_at is None:
            self._began_at = now
            asyncio.get_running_loop().call_soon(self._end)
            return self._seconds
        return max(self._seconds, now - self._began_at)

    def _end(self) -> None:
        assert self._began_at is not None
        self._seconds = time.monotonic() - self._began_at
        self._began_at = None

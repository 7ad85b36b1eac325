"""Sliding windows: at most so many things within any stretch of time."""

from collections import deque


class Window:
    """Counts what happened within the last `seconds`; the caller says what time it is."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._times: deque[float] = deque()

    def resize(self, limit: int, seconds: float) -> None:
        """Take other bounds from now on; what happened so far still counts."""
        self.limit, self.seconds = limit, seconds

    def note(self, now: float) -> None:
        """Count one more, whether there is room or not."""
        self._times.append(now)

    def take_back(self) -> None:
        """Count one less: the newest did not happen after all."""
        if self._times:
            self._times.pop()

    def count(self, now: float) -> int:
        """Return how many happened within the window."""
        times, since = self._times, now - self.seconds
        while times and times[0] <= since:
            times.popleft()
        return len(times)

    def room(self, now: float) -> int:
        """Return how many more may happen now."""
        return max(0, self.limit - self.count(now))

    def seconds_until_room(self, now: float, wanted: int = 1) -> float:
        """Return how long it takes until so many more may happen; 0 if they may now."""
        excess = self.count(now) + wanted - self.limit
        if excess <= 0:
            return 0.0
        if excess > len(self._times):
            return self.seconds  # more than there will ever be
        return max(0.0, self._times[excess - 1] + self.seconds - now)

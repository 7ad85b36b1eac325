from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from simulator.pulse import Pulse

if TYPE_CHECKING:
    from simulator.refusals import Json

MESSAGES = {
    401: (0, "401: Unauthorized"),
    403: (50013, "Missing Permissions"),
    404: (10003, "Unknown Channel"),
    429: (0, "You are being rate limited."),
    500: (0, "500: Internal Server Error"),
}


@dataclass(eq=False)
class Fault:
    """What goes wrong with the next `times` matching requests (None: with all of them).

    In this order: wait `delay_seconds`; with `hold`, wait until `release`; with `reset`, close
    the connection and do nothing; with `status`, answer that and do nothing; otherwise do what
    was asked and, with `lost_answer`, close the connection instead of answering.
    """

    method: str
    path_glob: str
    status: int | None = None
    json: Json | None = None
    times: int | None = 1
    delay_seconds: float = 0
    retry_after_seconds: float = 0.05
    is_global: bool = False
    reset: bool = False
    lost_answer: bool = False
    hold: bool = False
    hits: list[str] = field(default_factory=list)
    pulse: Pulse = field(default_factory=Pulse)

    def matches(self, method: str, path: str) -> bool:
        """Whether the next request of this kind is struck."""
        is_left = self.times is None or len(self.hits) < self.times
        return is_left and self.method in {method, "*"} and fnmatchcase(path, self.path_glob)

    def strike(self, path: str) -> None:
        """Use one of the times."""
        self.hits.append(path)
        self.pulse.beat()

    def body(self) -> Json:
        """The JSON of the answer, as Discord words this status unless the test says otherwise."""
        if self.json is not None:
            return self.json
        code, message = MESSAGES.get(self.status or 0, (0, f"{self.status}: error"))
        if self.status == 429:
            return {
                "message": message,
                "code": code,
                "retry_after": self.retry_after_seconds,
                "global": self.is_global,
            }
        return {"message": message, "code": code}

    def release(self) -> None:
        """Let held requests go on, and hold no more."""
        self.hold = False
        self.pulse.beat()

    def stop(self) -> None:
        """Strike no more requests, and let held ones go on."""
        self.times = 0
        self.release()

    def abandon(self) -> None:
        """Close held connections without doing what they asked for, and strike no more."""
        self.reset = True
        self.stop()

    async def released(self) -> None:
        """Wait for `release`."""
        await self.pulse.until(lambda: not self.hold, 3600, "release of a held request")

    async def wait_hit(self, count: int = 1, timeout: float = 10) -> None:  # noqa: ASYNC109 - the failure names the route
        """Wait until `count` requests were struck."""
        what = f"request {count} to {self.method} {self.path_glob}"
        await self.pulse.until(lambda: len(self.hits) >= count, timeout, what)


class Faults:
    """The faults that tests have set; the first that matches a request strikes it."""

    def __init__(self) -> None:
        self._all: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Set a fault."""
        self._all.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if any."""
        fault = next((fault for fault in self._all if fault.matches(method, path)), None)
        if fault:
            fault.strike(path)
        return fault

    def clear(self) -> None:
        """End all faults."""
        for fault in self._all:
            fault.stop()
        self._all.clear()

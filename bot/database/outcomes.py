"""How a run of an operation or a read ended, for logs and metrics."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actors import Actor

_DONE = frozenset({"committed", "replayed", "read"})
_FAILED = frozenset({"failed", "Unavailable", "ClockWrong", "BrokenBooks"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run: who asked for what under which key, and what came of it.

    `kind` is `committed`, `replayed` (the key had been answered before), the name of the error
    it was refused with, or `failed`; of a read `read` or its refusal. `request` is JSON. After
    `Unavailable` a commit whose answer was lost may be in the books all the same.
    """

    at: datetime
    actor: Actor
    key: str
    operation: str
    request: bytes
    kind: str
    record: int | None
    seconds: float
    is_read: bool = False

    @property
    def figure(self) -> str:
        """Return how the run counts: `ok`, `refused` (by a rule), or `failed`."""
        if self.kind in _DONE:
            return "ok"
        return "failed" if self.kind in _FAILED else "refused"

"""A unit that is running: what was asked, and what is known of how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from bot.database.entries import Missed
from bot.database.operations import Operation, RequestT, ResultT
from bot.database.outcomes import Outcome
from bot.domain.actors import Actor


@dataclass(slots=True)
class RunningUnit(Generic[RequestT, ResultT]):
    """What was asked, by whom, under which key, and what is known of how it ended.

    A commit's answer may be lost: then its record is there and this process has not heard of it.
    """

    operation: Operation[RequestT, ResultT]
    request: RequestT
    actor: Actor
    key: str
    missed: Sequence[Missed] = ()
    ahead: object = None  # what its caller prepared
    dumped: bytes | None = None  # the request as JSON, once it was needed
    may_have_committed: bool = False
    was_answered_before: bool = False
    record: int | None = None

    def dump_request(self) -> bytes:
        """Write the request as JSON, once."""
        if self.dumped is None:
            self.dumped = self.operation.dump(self.request)
        return self.dumped

    def end(self, kind: str, at: datetime, seconds: float) -> Outcome:
        """Say how it ended, and when."""
        try:
            request = self.dump_request()
        except (TypeError, ValueError):
            request = b"null"  # what has no JSON was refused, and the refusal must come through
        return Outcome(
            at=at,
            actor=self.actor,
            key=self.key,
            operation=self.operation.name,
            request=request,
            kind=kind,
            record=self.record if kind in {"committed", "replayed"} else None,
            seconds=seconds,
        )

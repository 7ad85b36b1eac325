"""A unit that is running: what was asked, and what is known of how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from bot.database.entries import Missed
from bot.database.operations import Operation, RequestT, ResultT
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

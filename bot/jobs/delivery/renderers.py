"""The register of renderers: what a kind of message looks like, whatever lane it is in.

Most kinds are texts: rows are put into one message, which is frozen before it is sent. A card is
drawn instead: its message is edited whenever the thing that it shows changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Context:
    """What a text may say besides its records: the time in the guild's zone, the guild's name."""

    now: datetime
    guild_name: str


# Puts as many records as it likes, oldest first, into one message; returns the last one's number.
TextRenderer: TypeAlias = Callable[[Sequence[AuditEvent], Context], tuple[int, str]]
TEXTS: dict[str, TextRenderer] = {}


class Drawing(Protocol):
    """Shows rows of a kind by itself."""

    async def draw(self, held: LeasedLane, row: OutboxRow) -> bool | None:
        """Show what one row asks for, or a part and return True; may be repeated after a crash."""


def renders(kind: str) -> Callable[[TextRenderer], TextRenderer]:
    """Declare how records look in messages of a kind."""

    def declare(renderer: TextRenderer) -> TextRenderer:
        assert kind not in TEXTS
        TEXTS[kind] = renderer
        return renderer

    return declare

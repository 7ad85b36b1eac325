"""The order in which lanes are delivered, and with it the window in which lines gather.

A lane is read when its turn comes and not before: whatever was written while it waited shares its
message. At rest its turn is at once; the longer the queue, the more lines a message has.
"""

from collections import OrderedDict
from typing import TypeAlias

from bot.domain.lanes import AUDIT_LANE

Lane: TypeAlias = tuple[int, str]


class LaneQueue:
    """Lanes that wait, each once: guild by guild in turn, audit lines and the rest by turns.

    A card gains nothing by waiting, since it shares its message with no other; lines do.
    """

    def __init__(self) -> None:
        self._lines, self._others = _Guilds(), _Guilds()
        self._was_line = True

    def __len__(self) -> int:
        return self._lines.size + self._others.size

    def put(self, lane: Lane) -> None:
        """Let a lane wait for its turn; one that waits already keeps its place."""
        (self._lines if lane[1] == AUDIT_LANE else self._others).put(lane)

    def take(self) -> Lane:
        """Return the lane whose turn it is; there has to be one."""
        takes_line = not self._was_line or not self._others.size
        if takes_line and not self._lines.size:
            takes_line = False
        self._was_line = takes_line
        return (self._lines if takes_line else self._others).take()

    def clear(self) -> None:
        """Let no lane wait any more."""
        self._lines, self._others = _Guilds(), _Guilds()


class _Guilds:
    """Lanes by guild: a guild of many lanes waits as long for each as one with a single lane."""

    def __init__(self) -> None:
        self._lanes: OrderedDict[int, OrderedDict[str, None]] = OrderedDict()
        self.size = 0

    def put(self, lane: Lane) -> None:
        lanes = self._lanes.setdefault(lane[0], OrderedDict())
        self.size += lane[1] not in lanes
        lanes.setdefault(lane[1])

    def take(self) -> Lane:
        guild_id, lanes = next(iter(self._lanes.items()))
        lane, _ = lanes.popitem(last=False)
        self.size -= 1
        if lanes:
            self._lanes.move_to_end(guild_id)
        else:
            del self._lanes[guild_id]
        return guild_id, lane

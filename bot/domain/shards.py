"""Shards: Discord spreads guilds over them by their ids, and processes share the shards."""

from dataclasses import dataclass
from typing import Final

_ID_BITS: Final = 22


@dataclass(frozen=True, slots=True)
class Share:
    """The guilds of this process: those of some of the shards; by default of all."""

    count: int = 1
    ids: tuple[int, ...] = (0,)

    @property
    def is_whole(self) -> bool:
        """Whether this process has all shards, and so its token for itself."""
        return len(self.ids) == self.count

    @property
    def processes(self) -> int:
        """How many processes run all shards, if each has as many as this one."""
        return -(-self.count // len(self.ids))

    def holds(self, guild_id: int) -> bool:
        """Whether a guild is on one of these shards."""
        return (guild_id >> _ID_BITS) % self.count in self.ids


ALL_GUILDS: Final = Share()

"""Limits: each person and each guild has a share of a process that has more to do than it can.

A bucket is charged for every interaction, but an empty one refuses only while many interactions
are under way: a user who types fast, or a script that waits for each answer, is never refused by
a bot that has time for it, and a flood ends here, before it has cost a transaction.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from bot.errors import TooManyAtOnce

# More under way than this, and the process is under load.
BUSY_AT: Final = 20
# A hundred taps at once, of one person or of a guild's people, are still answered one by one.
PERSON_UNDER_WAY: Final = 120
GUILD_UNDER_WAY: Final = 240
TOLD_EVERY_SECONDS: Final = 10.0
# What looking up suggestions costs: an answer to every letter that is typed.
SUGGESTIONS_COST: Final = 0.25
_MAX_BUCKETS: Final = 10_000

Person = tuple[int, int]
KeyT = TypeVar("KeyT", bound=Hashable)


class Buckets:
    """A token bucket for each key; one that is full again is dropped, and so is the oldest."""

    def __init__(
        self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def level(self, key: Hashable) -> float:
        """Return how much a key may take now."""
        level, at = self._levels.get(key, (self._burst, 0.0))
        return min(self._burst, level + (self._clock() - at) * self._per_second)

    def charge(self, key: Hashable, cost: float) -> None:
        """Take from a key's bucket what is there."""
        now = self._clock()
        self._levels[key] = (max(0.0, self.level(key) - cost), now)
        self._levels.move_to_end(key)
        full_after = self._burst / self._per_second
        while self._levels:
            oldest, (_, at) = next(iter(self._levels.items()))
            if len(self._levels) <= _MAX_BUCKETS and now - at < full_after:
                break
            del self._levels[oldest]


class Limits:
    """Lets interactions in, and counts those that are under way."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._people = Buckets(10.0, 120.0, clock)
        self._guilds = Buckets(60.0, 480.0, clock)
        self._told = Buckets(1 / TOLD_EVERY_SECONDS, 1.0, clock)
        self._of_person: Counter[Person] = Counter()
        self._of_guild: Counter[int] = Counter()
        self._under_way = 0

    @contextmanager
    def entered(self, guild_id: int, user_id: int, *, cost: float = 1.0) -> Iterator[None]:
        """Count an interaction while it is under way; raises TooManyAtOnce."""
        person = (guild_id, user_id)
        if self._under_way >= BUSY_AT and not self._has_share(person, cost):
            raise TooManyAtOnce(is_told=self._may_tell(person))
        self._people.charge(person, cost)
        self._guilds.charge(guild_id, cost)
        self._of_person[person] += 1
        self._of_guild[guild_id] += 1
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            _release(self._of_person, person)
            _release(self._of_guild, guild_id)

    def _has_share(self, person: Person, cost: float) -> bool:
        guild_id, _ = person
        return (
            self._of_person[person] < PERSON_UNDER_WAY
            and self._of_guild[guild_id] < GUILD_UNDER_WAY
            and self._people.level(person) >= cost
            and self._guilds.level(guild_id) >= cost
        )

    def _may_tell(self, person: Person) -> bool:
        is_due = self._told.level(person) >= 1.0
        if is_due:
            self._told.charge(person, 1.0)
        return is_due


def _release(counted: Counter[KeyT], key: KeyT) -> None:
    counted[key] -= 1
    if not counted[key]:
        del counted[key]

"""Limits: each person and each guild has a share of a process that has more to do than it can.

A bucket is charged for every interaction. A person who has emptied theirs is let in all the same
while the process has time, a few at a time: who types fast, or a script that waits for each answer,
is never refused by a bot that keeps up, and a flood ends here, before it has cost a transaction.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from bot.errors import TooManyAtOnce

# More under way than this, and the process is under load.
BUSY_AT: Final = 32
# And so it is when a turn of its loop takes this long, however few they are.
LAGGING_SECONDS: Final = 0.25
# A hundred taps at once, of one person or of a guild's people, are still answered one by one.
PERSON_UNDER_WAY: Final = 120
GUILD_UNDER_WAY: Final = 120
# Of those who have used their share, while the process has time.
PERSON_BEYOND_SHARE: Final = 4
GUILD_BEYOND_SHARE: Final = 24
TOLD_EVERY_SECONDS: Final = 10.0
# Of a guild's people beyond their share, so many are notified at once, and then so many a second:
# telling one costs as much as answering one.
_TOLD_OF_GUILD: Final = 20.0
_TOLD_OF_GUILD_PER_SECOND: Final = 2.0
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

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        lag_seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._lag_seconds = lag_seconds
        self._people = Buckets(10.0, 120.0, clock)
        self._guilds = Buckets(30.0, 160.0, clock)
        self._told = Buckets(1 / TOLD_EVERY_SECONDS, 1.0, clock)
        self._told_of_guild = Buckets(_TOLD_OF_GUILD_PER_SECOND, _TOLD_OF_GUILD, clock)
        self._of_person: Counter[Person] = Counter()
        self._of_guild: Counter[int] = Counter()
        self._under_way = 0
        self._turn = _Turn()

    @contextmanager
    def entered(self, guild_id: int, user_id: int, *, cost: float = 1.0) -> Iterator[None]:
        """Count an interaction while it is under way; raises TooManyAtOnce."""
        person = (guild_id, user_id)
        if not self._is_let_in(person, cost):
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
            release(self._of_person, person)
            release(self._of_guild, guild_id)

    def drops(self, guild_id: int, user_id: int) -> bool:
        """Whether an interaction is refused without an answer, before it is even read.

        What arrived in this turn of the loop and has not entered yet counts as well: a burst is
        read in one turn, to its end.
        """
        person = (guild_id, user_id)
        if self._is_let_in(person, 1.0, self._turn):
            self._turn.note(self._turn.arrived, person)
            return False
        # One of them goes on to be notified.
        if person in self._turn.beyond or not self._is_due(person, self._turn.beyond[guild_id]):
            return True
        self._turn.note(self._turn.beyond, person)
        return False

    def _is_let_in(self, person: Person, cost: float, turn: "_Turn | None" = None) -> bool:
        guild_id, _ = person
        own_arrived = turn.arrived[person] if turn else 0
        guilds_arrived = turn.arrived[guild_id] if turn else 0
        own = self._of_person[person] + own_arrived
        guilds = self._of_guild[guild_id] + guilds_arrived
        may_person = self._people.level(person) >= cost + own_arrived
        may_guild = self._guilds.level(guild_id) >= cost + guilds_arrived
        if self._under_way >= BUSY_AT or self._lag_seconds() > LAGGING_SECONDS:
            is_bounded = own < PERSON_UNDER_WAY and guilds < GUILD_UNDER_WAY
            return may_person and may_guild and is_bounded
        may_person = may_person or own < PERSON_BEYOND_SHARE
        return may_person and (may_guild or guilds < GUILD_BEYOND_SHARE)

    def _may_tell(self, person: Person) -> bool:
        is_due = self._is_due(person)
        if is_due:
            self._told.charge(person, 1.0)
            self._told_of_guild.charge(person[0], 1.0)
        return is_due

    def _is_due(self, person: Person, others: int = 0) -> bool:
        is_own_due = self._told.level(person) >= 1.0
        return is_own_due and self._told_of_guild.level(person[0]) >= 1.0 + others


class _Turn:
    """What has arrived in this turn of the loop and not entered, by person and by guild."""

    def __init__(self) -> None:
        self.arrived: Counter[Person | int] = Counter()
        self.beyond: Counter[Person | int] = Counter()

    def note(self, counted: Counter[Person | int], person: Person) -> None:
        """Count one of a person and of their guild, until the next turn."""
        if not self.arrived and not self.beyond:
            asyncio.get_running_loop().call_soon(self._end)
        counted[person] += 1
        counted[person[0]] += 1

    def _end(self) -> None:
        self.arrived.clear()
        self.beyond.clear()


def release(counted: Counter[KeyT], key: KeyT) -> None:
    """Count one less of a key, and keep no key of which there is none."""
    counted[key] -= 1
    if not counted[key]:
        del counted[key]

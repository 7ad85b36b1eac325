"""Limits: how often a device may call, and how often links and unseen tokens may be tried.

No address counts: behind a proxy all callers have its own, and one of them would shut out the rest.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final

from bot.interactions.limits import Buckets, release
from bot.web.api.problems import Refused

# A queue of 10,000 operations is fifty requests: it goes at once, and a poll every second after.
DEVICE_PER_SECOND: Final = 2.0
DEVICE_BURST: Final = 60.0
# One that gave up waiting and calls again, but not a crowd of them.
DEVICE_UNDER_WAY: Final = 3
# Of all devices of a guild: the web server answers a hundred requests of all guilds at a time, and
# a body may take its time.
GUILD_UNDER_WAY: Final = 20
# Links, and tokens that have let no one in since the start: each costs a look into a guild's books,
# by anyone. Codes of 128 bits are not guessed at any rate.
UNSEEN_PER_SECOND: Final = 10.0
UNSEEN_BURST: Final = 120.0
LINK_PER_SECOND: Final = 0.1
LINK_BURST: Final = 10.0

Device = tuple[int, int]


class ApiLimits:
    """Counts requests by device and guild, what is unseen by guild and link; raises Refused."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._devices = _Bucket(DEVICE_PER_SECOND, DEVICE_BURST, clock)
        self._unseen = _Bucket(UNSEEN_PER_SECOND, UNSEEN_BURST, clock)
        self._links = _Bucket(LINK_PER_SECOND, LINK_BURST, clock)
        self._under_way: Counter[Device] = Counter()
        self._of_guild: Counter[int] = Counter()

    @contextmanager
    def entered(self, device: Device) -> Iterator[None]:
        """Count a device's request while it is under way."""
        guild_id, _ = device
        is_device_full = self._under_way[device] >= DEVICE_UNDER_WAY
        if is_device_full or self._of_guild[guild_id] >= GUILD_UNDER_WAY:
            raise _too_many(1.0)
        self._devices.take(device)
        self._under_way[device] += 1
        self._of_guild[guild_id] += 1
        try:
            yield
        finally:
            release(self._under_way, device)
            release(self._of_guild, guild_id)

    def try_token(self, guild_id: int) -> None:
        """Count a token of a guild that has let no one in yet; one that has is not kept waiting."""
        self._unseen.take(guild_id)

    def redeem_link(self, device: Device) -> None:
        """Count a redemption of a link."""
        guild_id, _ = device
        self._links.take(device)
        self._unseen.take(guild_id)


class _Bucket:
    def __init__(self, per_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._buckets = Buckets(per_second, burst, clock)
        self._per_second = per_second

    def take(self, key: Hashable) -> None:
        level = self._buckets.level(key)
        if level < 1.0:
            raise _too_many((1.0 - level) / self._per_second)
        self._buckets.charge(key, 1.0)


def _too_many(seconds: float) -> Refused:
    wait = max(1, math.ceil(seconds))
    return Refused("too_many_requests", headers={"Retry-After": str(wait)}, seconds=wait)

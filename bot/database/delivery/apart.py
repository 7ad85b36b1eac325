"""Work for many guilds in one transaction, or guild by guild while a node of several is away."""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeVar

from bot.errors import Unavailable

T = TypeVar("T")

# A node that refuses connections does so at once. Where all of the database is away and each try
# takes the connection's timeout, no more are made.
_TRIED_SECONDS: Final = 1.0


def by_guild(items: Iterable[T], guild_of: Callable[[T], int]) -> list[list[T]]:
    """Return the items of each guild, in their order."""
    groups: dict[int, list[T]] = {}
    for item in items:
        groups.setdefault(guild_of(item), []).append(item)
    return list(groups.values())


async def do_apart(
    groups: Sequence[Sequence[T]], work: Callable[[Sequence[T]], Awaitable[None]]
) -> list[Sequence[T]]:
    """Do work for each group on its own; returns those that failed, or were not tried.

    If none succeeds within a second, no other is tried.
    """
    failed: list[Sequence[T]] = []
    began = time.monotonic()
    for number, group in enumerate(groups):
        if number == len(failed) and time.monotonic() - began > _TRIED_SECONDS:
            return [*failed, *groups[number:]]
        try:
            await work(group)
        except Unavailable:
            failed.append(group)
    return failed

"""Guilds that were written to, while a node of several is away."""

from collections.abc import Set as AbstractSet

import pytest

from bot.errors import Unavailable
from bot.jobs.delivery.woken import WokenGuilds


class Nodes:
    """Answers for all guilds but those whose node is away."""

    def __init__(self) -> None:
        self.away: set[int] = set()
        self.asked: list[set[int]] = []
        self.found: set[int] = set()

    async def ask(self, guild_ids: AbstractSet[int]) -> None:
        self.asked.append(set(guild_ids))
        if self.away & guild_ids:
            raise Unavailable(trouble="unreachable")
        self.found |= guild_ids


async def look(woken: WokenGuilds) -> None:
    with pytest.raises(Unavailable):
        await woken.look()


async def test_guilds_of_other_nodes_are_found_while_one_is_away() -> None:
    nodes = Nodes()
    woken = WokenGuilds(nodes.ask)
    nodes.away = {2, 4}
    for guild_id in (1, 2, 3, 4, 5):
        woken.add(guild_id)
    await look(woken)
    assert nodes.found == {1, 3, 5}
    woken.add(6)
    await look(woken)
    assert nodes.found == {1, 3, 5, 6}
    nodes.away = set()
    await woken.look()
    assert nodes.found == {1, 2, 3, 4, 5, 6}
    nodes.asked.clear()
    await woken.look()
    assert nodes.asked == []


async def test_while_all_are_away_few_are_asked_and_none_is_lost() -> None:
    nodes = Nodes()
    woken = WokenGuilds(nodes.ask)
    nodes.away = set(range(100))
    for guild_id in nodes.away:
        woken.add(guild_id)
    await look(woken)
    assert len(nodes.asked) == 4
    nodes.away = set()
    await woken.look()
    assert nodes.found == set(range(100))

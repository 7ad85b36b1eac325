"""The fixtures that the tests of cogs, views and jobs share."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
import yarl
from simcord.http import RequestContext, route
from simcord.http import client as simulated

from tests.cogs.world import House, World
from tests.database.clock import Clock


@route("GET", "/guilds/{guild_id}/roles/member-counts")
def _count_members(ctx: RequestContext) -> dict[str, int]:
    """Serve what the simulator has no route for."""
    guild = ctx.backend.get_guild(ctx.int_arg("guild_id"))
    held = Counter(role_id for member in guild.members.values() for role_id in member.role_ids)
    return {str(role_id): held[role_id] for role_id in guild.roles if role_id != guild.id}


@asynccontextmanager
async def open_world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    """Connect a bot on this database to a Discord of its own."""
    path_of: Any = simulated._path_of
    with pytest.MonkeyPatch.context() as patch:
        # On the wire `%40original` is `@original`; the simulator is handed what nobody decoded.
        patch.setattr(simulated, "_path_of", lambda url: path_of(str(yarl.URL(url))))
        made = World(database_url, clock)
        await made.start()
        yield made
        await made.stop()


@pytest_asyncio.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    """A connected bot, in no guild yet."""
    async with open_world(database_url, clock) as made:
        yield made


@pytest_asyncio.fixture
async def house(world: World) -> House:
    """A guild that was set up, with people, an item, shelves and stock."""
    return await world.open_house()

"""The fixtures that the tests of cogs, views and jobs share."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import pytest
import pytest_asyncio
import yarl
from simcord.http import RequestContext, route
from simcord.http import client as simulated

from tests.cogs.copying import copy_quickly
from tests.cogs.kept_house import KeptHouse, file_of, keep_house
from tests.cogs.world import House, World
from tests.database.clock import Clock
from tests.database.servers import Databases


@route("GET", "/guilds/{guild_id}/roles/member-counts")
def _count_members(ctx: RequestContext) -> dict[str, int]:
    """Serve what the simulator has no route for."""
    guild = ctx.backend.get_guild(ctx.int_arg("guild_id"))
    held = Counter(role_id for member in guild.members.values() for role_id in member.role_ids)
    return {str(role_id): held[role_id] for role_id in guild.roles if role_id != guild.id}


@asynccontextmanager
async def open_world(
    database_url: str, clock: Clock, kept: KeptHouse | None = None
) -> AsyncIterator[World]:
    """Connect a bot on this database to a Discord of its own, with the kept house in both."""
    path_of: Any = simulated._path_of
    with pytest.MonkeyPatch.context() as patch:
        # On the wire `%40original` is `@original`; the simulator is handed what nobody decoded.
        patch.setattr(simulated, "_path_of", lambda url: path_of(str(yarl.URL(url))))
        copy_quickly(patch)
        made = World(database_url, clock)
        if kept is not None:
            made.house = kept.move_into(made)
        await made.start()
        yield made
        await made.stop()


@cache
def _open_once(databases: Databases) -> KeptHouse:
    url = databases.copy_sqlite(databases.own_file("house.db"))

    async def open_it() -> bytes:
        async with open_world(url, Clock()) as made:
            return await keep_house(made, await made.open_house())

    return KeptHouse(file_of(url), asyncio.run(open_it()))


@pytest.fixture
def kept_house(
    database_url: str, databases: Databases, request: pytest.FixtureRequest
) -> KeptHouse | None:
    """The house to begin with, if the test wants one; on PostgreSQL each is really opened."""
    if "house" not in request.fixturenames or not database_url.startswith("sqlite"):
        return None
    return _open_once(databases)


@pytest_asyncio.fixture
async def world(
    database_url: str, clock: Clock, kept_house: KeptHouse | None
) -> AsyncIterator[World]:
    """A connected bot, in no guild yet unless the test asks for `house`."""
    async with open_world(database_url, clock, kept_house) as made:
        yield made


@pytest_asyncio.fixture
async def house(world: World) -> House:
    """A guild that was set up, with people, an item, shelves and stock."""
    return world.house or await world.open_house()

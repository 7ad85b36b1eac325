from collections.abc import AsyncIterator

import pytest_asyncio

from tests.cogs.fixtures import house, kept_house, world
from tests.cogs.world import House
from tests.web.api.client import Api

__all__ = ["house", "kept_house", "world"]


@pytest_asyncio.fixture
async def api(house: House) -> AsyncIterator[Api]:
    """The bot's own web server, over a guild in which the employee has linked a device."""
    async with Api.serving(house) as served:
        yield served

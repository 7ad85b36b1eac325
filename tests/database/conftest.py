"""The fixtures that several tests of the database share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.database.wire import Wire


@pytest_asyncio.fixture
async def wire(database_url: str, tmp_path: Path) -> AsyncIterator[Wire]:
    """A network between the test and its database."""
    async with Wire(database_url, tmp_path).carrying() as wire:
        yield wire

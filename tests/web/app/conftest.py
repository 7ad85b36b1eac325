from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.simulator.fixtures import browser
from tests.web.app.played import Played

__all__ = ["browser"]


@pytest_asyncio.fixture(loop_scope="session")
async def played(tmp_path: Path) -> AsyncIterator[Played]:
    async with Played(tmp_path / "app") as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Any) -> AsyncIterator[Any]:
    """A browser's profile of its own; a mistake in the page's program fails the test."""
    mistakes: list[str] = []
    it = await browser.new_context()
    it.set_default_timeout(20_000)
    it.on("weberror", lambda error: mistakes.append(str(error.error)))
    yield it
    await it.close()
    assert mistakes == []

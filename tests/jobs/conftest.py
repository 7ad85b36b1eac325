from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from loguru import logger

from tests.cogs.fixtures import house, kept_house, world

if TYPE_CHECKING:
    from loguru import Message

__all__ = ["house", "kept_house", "world"]


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    """What is logged as a warning or worse."""
    lines: list[str] = []

    def keep(message: "Message") -> None:
        lines.append(f"{message.record['level'].name} {message.record['message']}")

    sink = logger.add(keep, level="WARNING")
    yield lines
    logger.remove(sink)

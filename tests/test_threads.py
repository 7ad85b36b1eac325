"""Threads by what they are for: none of one kind waits for another, and files are read singly."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.threads import in_file_thread, in_unit_thread

_BOT = Path(__file__).parents[1] / "bot"
# They run inside of units, and of reads: while they hold what others wait for.
_INSIDE = (
    "database/controllers",
    "database/writer",
    "services/imports/applying.py",
    "services/imports/catalogue.py",
    "services/imports/counting.py",
)


@contextmanager
def full_pool() -> Iterator[None]:
    """Have more under way in the default pool than it has threads."""
    end = threading.Event()
    loop = asyncio.get_running_loop()
    for _ in range(64):
        loop.run_in_executor(None, end.wait)
    try:
        yield
    finally:
        end.set()


async def test_units_and_files_do_not_wait_for_the_default_pool() -> None:
    with full_pool():
        async with asyncio.timeout(10):
            assert await in_unit_thread(sum, (1, 2)) == 3
            assert await in_file_thread(len, b"abc") == 3


async def test_one_file_is_read_at_a_time() -> None:
    under_way, most = 0, 0

    def read() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        threading.Event().wait(0.001)
        under_way -= 1

    await asyncio.gather(*(in_file_thread(read) for _ in range(20)))
    assert most == 1


def test_what_runs_inside_of_a_unit_asks_no_default_pool() -> None:
    found = [
        str(path.relative_to(_BOT))
        for each in _INSIDE
        for path in ([_BOT / each] if each.endswith(".py") else (_BOT / each).rglob("*.py"))
        if "to_thread" in path.read_text()
    ]
    assert found == []

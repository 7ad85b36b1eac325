"""A process that migrates again and again, each time in a child which kills itself."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Forks are quick: everything is imported once, and the parent never connects.
_MIGRATOR = """
import asyncio, os, signal, sys, traceback
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.database.admin import migrate

def die_after(left):
    def count(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(Engine, "after_cursor_execute", count)

for line in sys.stdin:
    url, revision, statements = line.split()
    child = os.fork()
    if child == 0:
        die_after(int(statements))
        try:
            asyncio.run(migrate.upgrade(url, revision))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Migrator:
    """Upgrades in children that die where they are told to."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def upgrade(self, url: str, revision: str, *, dies_after: int) -> int:
        """Upgrade; killed after so many statements. Returns the exit code, 0 when it was done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{url} {revision} {dies_after}\n".encode())
        return int(await self._process.stdout.readline())


@asynccontextmanager
async def migrator() -> AsyncIterator[Migrator]:
    """Start the process that forks."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _MIGRATOR, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    try:
        yield Migrator(process)
    finally:
        await process.communicate(b"")

"""An upgrade as a process of its own, which waits at a gate and may kill itself on its way.

Run as `python upgrading.py <url> <revision> <statements until it dies, or 0> [<gate>]`.
"""

import asyncio
import fcntl
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.database.admin import migrate


def die_after(statements: int) -> None:
    """Kill this process after so many statements."""
    left = statements

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)


def main(url: str, revision: str, statements: str, gate: str = "") -> None:
    """Upgrade to a revision."""
    die_after(int(statements))
    if gate:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        with Path(gate).open() as locked:
            fcntl.flock(locked, fcntl.LOCK_SH)  # opens for all who wait at once
    asyncio.run(migrate.upgrade(url, revision))


if __name__ == "__main__":
    main(*sys.argv[1:])

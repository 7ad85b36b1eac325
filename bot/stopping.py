"""The signals that end a process, and its end whatever hangs."""

import asyncio
import os
import signal
import threading
from typing import Final

from loguru import logger

# After a signal, whatever hangs: what supervises processes kills them after some more.
_LAST_SECONDS: Final = 13.0


def on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set; the process ends soon after, in any case."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not stopped.is_set():
            stopped.set()
            last = threading.Timer(_LAST_SECONDS, _end_at_once)
            last.daemon = True
            last.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return stopped


async def ends_first(task: asyncio.Task[None], stopped: asyncio.Event) -> bool:
    """Wait for a task or a signal; return True if the task has ended."""
    waiting = asyncio.create_task(stopped.wait(), name="signals")
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not task.done():
        logger.info("Stopping")
    return task.done()


def _end_at_once() -> None:
    """End a process that hangs in whatever it was closing; a supervisor would kill it anyway."""
    logger.error("Stopping took more than {} s; the process is ended", _LAST_SECONDS)
    os._exit(1)

"""Threads beside the loop, by what they are for.

The default pool (`asyncio.to_thread`, six threads on two processors) is for work that has taken its
guild's place (`HeavyWork`) and for what is milliseconds: connecting to any host takes one of its
threads as well. One guild's uploads filled it, while another's unit held SQLite's only writer and
waited for a thread.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# One: a decoded picture takes two hundred megabytes, and a container may have five hundred.
_FILES: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")
# As many as there can be connections, so that no unit waits for another; idle ones are used first.
_UNITS: Final = ThreadPoolExecutor(max_workers=128, thread_name_prefix="units")


async def in_file_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Read what was sent, or draw a document; who asks has the guild's place in the file line."""
    return await _run(_FILES, function, *args, **kwargs)


async def in_unit_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Compute inside of a unit, whose locks others wait for."""
    return await _run(_UNITS, function, *args, **kwargs)


async def _run(pool: Executor, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    context = contextvars.copy_context()
    work = partial(context.run, function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(pool, work)

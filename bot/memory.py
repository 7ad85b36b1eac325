"""Memory that heavy work needed, given back to the system."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

# M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h.
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_LARGE_BYTES: Final = 256 * 1024


def keep_little_memory() -> None:
    """Let freed memory go back and be used again, where the C library is glibc.

    Left alone, glibc keeps what is as large as the largest block that was ever freed: after one
    export the process stayed tens of megabytes larger. And each thread gets an arena of its own,
    of megabytes that no other one uses; the interpreter lets one thread allocate at a time anyway.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_ARENA_MAX, 1)


def give_back_free_pages() -> None:
    """Give back the pages that pieces of heavy work left empty, where the C library is glibc."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Look for no cycles of garbage meanwhile: for work of seconds that makes none.

    Among the hundreds of thousands of objects of a large import, looking through all of them
    stopped the whole process for a third of a second, several times, also under a guild's lock.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def collecting_at_the_end() -> Iterator[None]:
    """Look for cycles of garbage once, among what was made meanwhile: for work that makes many.

    Looked for in between, what is still in use is taken for old, and is found to be garbage much
    later, with that of many others: then the whole process stops for tens of milliseconds.
    """
    with without_collecting():
        yield
        gc.collect(1)

"""What a process holds in memory, as the kernel counts it."""

import os
from pathlib import Path

from simulator import Process


def memory_mib(process: Process) -> float:
    """The resident memory of a process."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

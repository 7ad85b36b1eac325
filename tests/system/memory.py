"""What a process holds in memory and has computed, as the kernel counts it."""

import os
from pathlib import Path

from simulator import Process


def memory_mib(process: Process) -> float:
    """The resident memory of a process."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def computed_seconds(process: Process) -> float:
    """How long a process has had a processor: what it took, however busy the machine is."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

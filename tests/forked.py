"""Commands as forks of a process that has imported the bot; see `tests/forks.py`."""

import asyncio
import fcntl
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import IO

from simulator import Process
from simulator.process import Child

_SERVER = Path(__file__).parent / "forks.py"
_LIFE = "forks.life"


def hold_forks(directory: Path) -> int:
    """Return an open file with which a run's process that forks ends, if one is started."""
    os.mkfifo(directory / _LIFE)
    return os.open(directory / _LIFE, os.O_RDWR)


def find_forks(directory: Path) -> Path:
    """Return the socket file of the process that forks, started by the first who asks in a run."""
    address = directory / "forks"
    with (directory / "forks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            _start(address, directory / _LIFE)
    return address


def _start(address: Path, life: Path) -> None:
    ready, its_ready = os.pipe()
    os.posix_spawn(
        sys.executable,
        [sys.executable, str(_SERVER), str(address)],
        {**os.environ, "PYTHONUNBUFFERED": "1"},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, str(life), os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, its_ready, 1),
        ],
    )
    os.close(its_ready)
    with os.fdopen(ready, "rb") as said:
        assert said.readline() == b"ready\n"


class ForkedProcess(Process):
    """`python ...` with all its imports done; everything else is as in a process of its own."""

    def __init__(self, forks: Path, *arguments: str | Path, **options: object) -> None:
        super().__init__(arguments, **options)  # type: ignore[arg-type]  # as Process has them
        self._forks = forks

    async def _spawn(self) -> Child:
        output, its_output = os.pipe()
        directory = str(self._directory or Path.cwd())
        job = json.dumps([self._arguments, self._environment, directory]).encode()
        caller = socket.socket(socket.AF_UNIX)
        caller.connect(str(self._forks))
        socket.send_fds(caller, [job], [its_output])
        os.close(its_output)
        told = await _read_from(os.fdopen(caller.detach(), "rb"))
        return _Fork(int(await told.readline()), told, await _read_from(os.fdopen(output, "rb")))


class _Fork:
    """A child of the process that forks, as asyncio's own children are."""

    def __init__(self, pid: int, told: asyncio.StreamReader, stdout: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._wait(told))

    async def wait(self) -> int:
        """Wait for its end and return the exit code."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Send a signal; raises ProcessLookupError when it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, signal.Signals(number))

    async def _wait(self, told: asyncio.StreamReader) -> int:
        code = int(await told.readline())
        # To its end: a pipe that is still open when the loop closes is reported in another test.
        await told.read()
        self.returncode = code
        return code


async def _read_from(file: IO[bytes]) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    return reader

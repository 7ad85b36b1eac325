from __future__ import annotations

import asyncio
import atexit
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, Self

from simulator.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

LAST_LINES = 40


class ProcessEnded(AssertionError):
    """The process ended while a test still needed it."""


class Child(Protocol):
    """What is wanted of a process that was started, as asyncio has it."""

    @property
    def pid(self) -> int: ...  # noqa: D102
    @property
    def returncode(self) -> int | None: ...  # noqa: D102
    @property
    def stdout(self) -> asyncio.StreamReader | None: ...  # noqa: D102
    async def wait(self) -> int: ...  # noqa: D102
    def send_signal(self, number: int, /) -> None: ...  # noqa: D102


class Process:
    """A command as a child process; its output goes to `log_file`, and it never outlives us.

    The environment is ours without what would configure a bot, plus `environment`.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        *,
        log_file: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        self._arguments = [str(argument) for argument in arguments]
        self._log_file = log_file
        self._directory = directory
        foreign = ("DISCORD_", "DATABASE_", "DATA_KEY", "LOG_", "AUDIT_LOG", "HTTP_")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
        self._environment = {**kept, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._child: Child | None = None
        self._watchers: list[asyncio.Task[object]] = []
        self._output: list[str] = []
        self._pulse = Pulse()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.kill()

    async def start(self) -> None:
        """Start it, in a group of its own so that its children end with it."""
        self._child = await self._spawn()
        # For a test that forgets the block or is interrupted in its midst.
        atexit.register(self._kill_group)
        self._watchers = [asyncio.create_task(self._copy()), asyncio.create_task(self._watch())]

    async def _spawn(self) -> Child:
        return await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._environment,
            cwd=self._directory,
            start_new_session=True,
        )

    @property
    def _running(self) -> Child:
        if self._child is None:
            raise ProcessEnded("it was not started")
        return self._child

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal when one ended it."""
        return self._running.returncode

    @property
    def output(self) -> str:
        """Everything it wrote so far, to both streams."""
        return "".join(self._output)

    async def wait_until_ready(self, ready: Awaitable[object]) -> None:
        """Wait for `ready`, but fail at once, with the log's end, when the process ends first."""
        waiting = asyncio.ensure_future(ready)
        ended = asyncio.ensure_future(self._running.wait())
        try:
            await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise ProcessEnded(f"it ended with {self.exit_code}:\n{self._tail()}")
            try:
                waiting.result()
            except AssertionError as error:
                error.add_note(self._tail())
                raise
        finally:
            for task in (waiting, ended):
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task

    async def wait_for_output(self, text: str, timeout: float = 10) -> None:  # noqa: ASYNC109 - the failure names the text
        """Wait until it has written a text."""
        await self._pulse.until(lambda: text in self.output, timeout, f"{text!r} in the output")

    async def wait(self, timeout: float = 15) -> int:  # noqa: ASYNC109 - the failure shows the log
        """Wait for its end and return the exit code."""
        try:
            async with asyncio.timeout(timeout):
                return await self._running.wait()
        except TimeoutError:
            raise AssertionError(f"it still runs after {timeout} s:\n{self._tail()}") from None

    async def terminate(self, timeout: float = 15) -> int:  # noqa: ASYNC109 - likewise
        """Send SIGTERM and return the exit code."""
        self.signal(signal.SIGTERM)
        code = await self.wait(timeout)
        await self._reap()
        return code

    async def kill(self) -> int | None:
        """Send SIGKILL to it and its children, if it runs, and reap it."""
        if self._child is None:
            return None
        self._kill_group()
        code = await self._child.wait()
        await self._reap()
        return code

    def _kill_group(self) -> None:
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        with suppress(ProcessLookupError):
            self._running.send_signal(number)

    async def _copy(self) -> None:
        stream = self._running.stdout
        with self._log_file.open("ab") as log:
            while stream and (line := await stream.read(65536)):
                log.write(line)
                log.flush()
                self._output.append(line.decode(errors="replace"))
                self._pulse.beat()

    async def _watch(self) -> None:
        await self._running.wait()
        self._pulse.beat()

    async def _reap(self) -> None:
        await asyncio.gather(*self._watchers)
        atexit.unregister(self._kill_group)

    def _tail(self) -> str:
        return "\n".join(self.output.splitlines()[-LAST_LINES:])

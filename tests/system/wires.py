"""A wire to PostgreSQL that can be cut, or go dead without a word, and be repaired."""

import asyncio
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_NAME = ".s.PGSQL.5432"


@dataclass
class Call:
    """One connection: who asked for what is to be lost, and whether it is being committed."""

    asked_by: asyncio.StreamReader | None = None
    is_committing: bool = False


class Wire:
    """A Unix socket that passes bytes on to a server's; `url` leads through it."""

    def __init__(self, url: str) -> None:
        place, _, host = url.partition("?host=")
        # The path of a socket must be short, so it cannot lie in the test's own directory.
        self._directory = Path(tempfile.mkdtemp(prefix="wire-"))
        self.url = f"{place}?host={self._directory}"
        self._target = str(Path(host) / _NAME)
        self._server: asyncio.Server | None = None
        self._lines: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}
        self._flows = asyncio.Event()
        self._mark = b""
        self._lost: asyncio.Future[None] = asyncio.Future()
        self._cutting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.repair()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.cut()
        shutil.rmtree(self._directory)

    async def cut(self) -> None:
        """Break every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
        with suppress(FileNotFoundError):
            (self._directory / _NAME).unlink()
        ending = [line for line in self._lines if line is not asyncio.current_task()]
        for line, writers in list(self._lines.items()):
            line.cancel()
            for writer in writers:
                writer.transport.abort()
        await asyncio.gather(*ending, return_exceptions=True)

    def go_dead(self) -> None:
        """Carry nothing more, and tell nobody: connections stay, new ones are taken."""
        self._flows.clear()

    async def repair(self) -> None:
        """Take connections and carry bytes, also those that waited."""
        self._flows.set()
        if self._server is None or not self._server.is_serving():
            path = self._directory / _NAME
            self._server = await asyncio.start_unix_server(self._accept, path)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines[task] = [writer]
        with suppress(OSError, asyncio.CancelledError):
            await self._flows.wait()
            far_reader, far_writer = await asyncio.open_unix_connection(self._target)
            self._lines[task].append(far_writer)
            call = Call()
            await asyncio.gather(
                self._carry(reader, far_writer, call), self._carry(far_reader, writer, call)
            )
        for each in self._lines.pop(task):
            each.close()

    def lose_answer_to_commit_of(self, mark: bytes) -> asyncio.Future[None]:
        """Cut everything after the server took the COMMIT of the transaction that says `mark`."""
        self._mark, self._lost = mark, asyncio.get_running_loop().create_future()
        return self._lost

    async def _cut_and_say(self) -> None:
        await self.cut()
        self._lost.set_result(None)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: Call
    ) -> None:
        while content := await reader.read(65536):
            await self._flows.wait()
            if call.is_committing and call.asked_by is not reader:
                self._mark = b""
                # By another task: this one is among those that are ended and waited for.
                self._cutting = asyncio.create_task(self._cut_and_say())
                return
            if self._mark and self._mark in content:
                call.asked_by = reader
            if call.asked_by is reader and b"COMMIT" in content:
                call.is_committing = True
            writer.write(content)
            await writer.drain()
        writer.write_eof()

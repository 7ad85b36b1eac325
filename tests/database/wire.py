"""A wire between the program and PostgreSQL that tears where a test wants it to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_SOCKET = ".s.PGSQL.5432"


class Wire:
    """A socket in front of the server's own; `cut_after` names what is answered no more.

    The server gets and does what was sent, and the program never hears of it. What `hold_at`
    names is held up, with all that comes later, until `let_go`: no end hears that the other is
    away, and then everything arrives, also what no one waits for any longer.
    """

    def __init__(self, server_url: str, directory: Path) -> None:
        parts = urlsplit(server_url)
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path}?host={directory}"
        self._path = directory / _SOCKET
        self._server_path = Path(parse_qs(parts.query)["host"][0]) / _SOCKET
        self._open: set[asyncio.StreamWriter] = set()
        self.cut_after: list[bytes] = []
        self.is_dead = False
        self.cuts = 0
        self.hold_at: bytes | None = None
        self._flows = asyncio.Event()
        self._flows.set()

    def let_go(self) -> None:
        """Carry what was held up, and hold up nothing more."""
        self.hold_at = None
        self._flows.set()

    @asynccontextmanager
    async def carrying(self) -> AsyncIterator["Wire"]:
        """Carry bytes until the end of the block."""
        server = await asyncio.start_unix_server(self._accept, self._path)
        async with server:
            yield self
            self._tear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        if self.is_dead:
            self._tear()
            return
        there_reader, there_writer = await asyncio.open_unix_connection(self._server_path)
        self._open.add(there_writer)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, there_writer, self._ask))
                both.create_task(self._carry(there_reader, writer, self._answer))
        except* ConnectionError:
            pass
        finally:
            for end in (writer, there_writer):
                self._open.discard(end)
                end.close()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        look: Callable[[bytes], Awaitable[None]],
    ) -> None:
        while data := await reader.read(65536):
            await look(data)
            await self._flows.wait()
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError

    async def _ask(self, data: bytes) -> None:
        if self.hold_at is not None and self.hold_at in data:
            self._flows.clear()
        if self.cut_after and self.cut_after[0] in data:
            del self.cut_after[0]
            self.cuts += 1
            self._is_cutting = True

    _is_cutting = False

    async def _answer(self, data: bytes) -> None:
        del data
        if self._is_cutting:
            self._is_cutting = False
            self.is_dead = self.is_dead or not self.cut_after
            raise ConnectionResetError

    def _tear(self) -> None:
        for writer in self._open:
            writer.close()

"""More connections than the web server keeps, and who of them is answered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.connections import MAX_CONNECTIONS
from bot.web.health import WebServer, build_web
from bot.web.probe import probe

HOST = "127.0.0.1"
ELSEWHERE = "127.0.0.2"
LONG = 32 << 20
ASKING = b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Crowd:
    """Connections to one server, closed together."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self, sent: bytes = b"", *, address: str = HOST) -> asyncio.StreamReader:
        """Connect from an address of this machine, and send something."""
        reader, writer = await asyncio.open_connection(
            HOST, self._port, local_addr=(address, 0), limit=1 << 10
        )
        self._writers.append(writer)
        writer.write(sent)
        return reader

    async def send(self, number: int, sent: bytes) -> None:
        """Send something on one of the connections, by the order in which they were opened."""
        self._writers[number].write(sent)

    async def close(self) -> None:
        """Close all of them, some of which the server has closed already."""
        for writer in self._writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@contextlib.asynccontextmanager
async def crowded(held: asyncio.Event | None = None) -> AsyncIterator[tuple[int, Crowd]]:
    """Serve health, and `/held`, which answers once an event is set."""
    web = build_web({})

    async def answer(_request: Request) -> Response:
        assert held is not None
        await held.wait()
        return Response("let go")

    async def answer_long(_request: Request) -> Response:
        return Response(b"x" * LONG)

    web.routes.extend([Route("/held", answer), Route("/long", answer_long)])
    server = WebServer(web, HOST, 0)
    port = await server.start()
    crowd = Crowd(port)
    try:
        yield port, crowd
    finally:
        await crowd.close()
        await server.stop()


async def require_closed(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(), 5) == b""


async def require_status(reader: asyncio.StreamReader, status: int) -> None:
    line = await asyncio.wait_for(reader.readline(), 5)
    assert line.split()[1] == b"%d" % status


@pytest.mark.parametrize("sent", [b"", b"G", b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"])
async def test_the_oldest_connections_that_ask_nothing_make_room_for_others(sent: bytes) -> None:
    async with crowded() as (port, crowd):
        opened = [await crowd.open(sent) for _ in range(MAX_CONNECTIONS)]
        for number in range(3):
            assert await asyncio.to_thread(probe, HOST, port)
            await require_closed(opened[number])
            await crowd.open(sent)
        assert not any(reader.at_eof() for reader in opened[-10:])


async def test_a_probe_is_answered_beside_three_times_as_many_as_are_kept() -> None:
    async with crowded() as (port, crowd):
        await asyncio.gather(*(crowd.open(b"G") for _ in range(3 * MAX_CONNECTIONS)))
        for _ in range(3):
            assert await asyncio.to_thread(probe, HOST, port)


async def test_the_address_that_holds_most_loses_its_connections_first() -> None:
    async with crowded() as (_, crowd):
        slow = await crowd.open(b"G", address=ELSEWHERE)
        opened = [await crowd.open(b"G") for _ in range(MAX_CONNECTIONS)]
        await require_closed(opened[0])
        await crowd.send(0, ASKING[1:] % b"livez")
        await require_status(slow, 200)


async def test_a_connection_that_has_asked_before_outlasts_one_that_never_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.web.connections._FRESH_SECONDS", 0.0)
    async with crowded() as (_, crowd):
        asked = await crowd.open(ASKING % b"livez")
        await require_status(asked, 200)
        idle = await crowd.open(address=ELSEWHERE)
        for _ in range(MAX_CONNECTIONS - 1):
            await require_status(await crowd.open(ASKING % b"livez"), 200)
        await require_closed(idle)
        await crowd.send(0, ASKING % b"livez")
        assert b"}" in await asyncio.wait_for(asked.readuntil(b"}"), 5)


async def test_while_all_wait_for_answers_probes_are_answered_and_others_asked_back() -> None:
    held = asyncio.Event()
    async with crowded(held) as (port, crowd):
        waiting = [await crowd.open(ASKING % b"held") for _ in range(MAX_CONNECTIONS)]
        for _ in range(30):
            await require_status(await crowd.open(ASKING % b"held"), 503)
            assert await asyncio.to_thread(probe, HOST, port)
            await require_status(await crowd.open(ASKING % b"livez"), 200)
        held.set()
        for reader in waiting:
            await require_status(reader, 200)


async def test_an_answer_that_is_not_read_in_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.web.connections._SEND_WITHIN_SECONDS", 0.0)
    async with crowded() as (_, crowd):
        reader = await crowd.open(ASKING % b"long")
        read = 0
        with contextlib.suppress(ConnectionResetError):
            while piece := await asyncio.wait_for(reader.read(1 << 20), 5):
                read += len(piece)
        assert read < LONG

import asyncio
import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.settings import SettingsError
from bot.web.health import Check, WebServer, build_web
from bot.web.probe import probe

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"


async def fine() -> bool:
    return True


async def bad() -> bool:
    return False


async def broken() -> bool:
    raise OSError("cannot reach postgresql://u:hunter2@h/d")


async def gone() -> bool:
    raise asyncio.CancelledError


async def silent() -> bool:
    return await asyncio.Event().wait()


async def stubborn() -> bool:
    """Silent, and deaf to being cancelled once."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    return True


@contextlib.asynccontextmanager
async def serving(
    checks: Mapping[str, Check], host: str = HOST, remarks: frozenset[str] = frozenset()
) -> AsyncIterator[int]:
    server = WebServer(build_web(checks, remarks=remarks), host, 0)
    port = await server.start()
    assert port is not None
    try:
        yield port
    finally:
        await server.stop()


def request(port: int, path: str, method: str = "GET") -> tuple[int, bytes, Mapping[str, str]]:
    with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}


async def get(port: int, path: str) -> tuple[int, Any]:
    status, body, _ = await asyncio.to_thread(request, port, path)
    return status, json.loads(body)


async def is_ready(port: int, host: str = HOST) -> bool:
    return await asyncio.to_thread(probe, host, port)


async def test_ready_when_every_check_is_fine() -> None:
    async with serving({"database": fine, "gateway": fine, "schema": fine}) as port:
        assert await get(port, "/readyz") == (
            200,
            {"ready": True, "checks": {"database": "ok", "gateway": "ok", "schema": "ok"}},
        )
        assert await is_ready(port)


@pytest.mark.parametrize("check", [bad, broken, gone])
async def test_one_failing_check_makes_it_unready_and_tells_no_reason(check: Check) -> None:
    async with serving({"database": check, "gateway": fine}) as port:
        assert await get(port, "/readyz") == (
            503,
            {"ready": False, "checks": {"database": "failing", "gateway": "ok"}},
        )
        assert not await is_ready(port)


async def test_deliveries_that_are_held_back_are_said_and_leave_it_ready() -> None:
    async def held() -> bool | str:
        return "held back"

    checks = {"database": fine, "deliveries": held}
    async with serving(checks, remarks=frozenset({"deliveries"})) as port:
        assert await get(port, "/readyz") == (
            200,
            {"ready": True, "checks": {"database": "ok", "deliveries": "held back"}},
        )


@pytest.mark.parametrize("check", [silent, stubborn])
async def test_a_silent_check_counts_as_failed_after_a_second(check: Check) -> None:
    loop = asyncio.get_running_loop()
    async with serving({"database": check, "schema": silent, "gateway": fine}) as port:
        begun = loop.time()
        status, answer = await get(port, "/readyz")

        # Side by side: two silent checks take one second, not two.
        assert 0.9 < loop.time() - begun < 1.9
        assert status == 503
        assert answer["checks"] == {"database": "timed out", "schema": "timed out", "gateway": "ok"}


async def test_all_who_ask_within_a_second_share_one_check() -> None:
    asked = 0

    async def counted() -> bool:
        nonlocal asked
        asked += 1
        return True

    async with serving({"database": counted}) as port:
        answers = await asyncio.gather(*(get(port, "/readyz") for _ in range(20)))
        assert {status for status, _ in answers} == {200}
    assert asked == 1


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 200),
        ("[::1]:8080", 200),
        ("10.1.2.3", 200),
        ("tallyman:8080", 200),
        ("tallyman.default.svc", 200),
        ("Depot.Example.com:443", 200),
        ("attacker.example.org", 421),
        ("127.0.0.1.attacker.example.org:8080", 421),
    ],
)
async def test_only_a_name_that_no_foreign_page_can_have_is_answered(
    host: str, status: int
) -> None:
    server = WebServer(build_web({}, names=frozenset({"depot.example.com"})), HOST, 0)
    port = await server.start()

    def ask() -> int:
        with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
            connection.request("GET", "/livez", headers={"Host": host})
            return connection.getresponse().status

    assert await asyncio.to_thread(ask) == status
    await server.stop()


@pytest.mark.parametrize("sent", [b"GET /livez HT", b"POST /livez HTTP/1.1\r\n"])
async def test_a_second_request_that_never_ends_is_given_up_as_well(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.connections._SEND_WITHIN_SECONDS", 0.05)
    async with serving({}) as port:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"}")
        writer.write(sent)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
        await writer.wait_closed()


async def test_alive_whatever_the_checks_say() -> None:
    async with serving({"database": broken, "gateway": silent}) as port:
        waiting = asyncio.create_task(get(port, "/readyz"))
        assert await get(port, "/livez") == (200, {"alive": True})
        assert (await waiting)[0] == 503


async def test_probes_may_ask_for_the_head_only_and_nothing_is_cached() -> None:
    async with serving({"database": bad}) as port:
        status, body, headers = await asyncio.to_thread(request, port, "/readyz", "HEAD")

    assert (status, body) == (503, b"")
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


async def test_nothing_else_is_served() -> None:
    async with serving({}) as port:
        for path in ("/", "/docs", "/openapi.json", "/livez/more"):
            assert (await asyncio.to_thread(request, port, path))[0] == 404


async def test_posting_is_refused() -> None:
    async with serving({}) as port:
        assert (await asyncio.to_thread(request, port, "/livez", "POST"))[0] == 405


async def test_a_taken_port_is_said_plainly_and_leaves_its_owner_alone() -> None:
    async with serving({}) as port:
        with pytest.raises(SettingsError) as caught:
            await WebServer(build_web({}), HOST, port).start()

        (problem,) = caught.value.problems
        assert problem.startswith(f"HTTP_PORT {port} on {HOST} is taken by another program")
        assert await is_ready(port)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
async def test_a_foreign_address_is_said_plainly(host: str) -> None:
    with pytest.raises(SettingsError, match=f"HTTP_HOST {host} is no address of this machine"):
        await WebServer(build_web({}), host, 0).start()


async def test_after_stop_the_port_is_free_and_a_second_stop_is_harmless() -> None:
    server = WebServer(build_web({}), HOST, 0)
    port = await server.start()

    await server.stop()
    await server.stop()

    assert not await is_ready(port)
    again = WebServer(build_web({}), HOST, port)
    assert await again.start() == port
    await again.stop()


async def test_a_running_request_is_answered_before_the_stop() -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow() -> bool:
        asked.set()
        return await may_answer.wait()

    server = WebServer(build_web({"database": slow}), HOST, 0)
    port = await server.start()
    assert port is not None
    answer = asyncio.create_task(get(port, "/readyz"))
    await asked.wait()
    stopping = asyncio.create_task(server.stop())
    may_answer.set()

    assert (await answer)[0] == 200
    await stopping


async def test_everywhere_is_probed_on_this_machine() -> None:
    async with serving({}, "0.0.0.0") as port:
        assert await is_ready(port, "0.0.0.0")
        assert await is_ready(port, "localhost")


async def test_the_server_leaves_signals_to_the_bot() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    async with serving({}) as port:
        assert await is_ready(port)
        assert {number: signal.getsignal(number) for number in before} == before


def test_sigterm_reaches_the_bots_own_handler_while_serving() -> None:
    code = """
import asyncio, os, signal
from bot.web.health import WebServer, build_web

async def main() -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    server = WebServer(build_web({}), "127.0.0.1", 0)
    await server.start()
    os.kill(os.getpid(), signal.SIGTERM)
    await told.wait()
    await server.stop()
    print("stopped in order")

asyncio.run(main())
"""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (run.returncode, run.stdout, run.stderr) == (0, "stopped in order\n", "")


def test_a_probe_without_a_server_fails() -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]

    assert not probe(HOST, port)


def test_a_probe_of_a_mute_server_ends() -> None:
    with socket.create_server((HOST, 0)) as mute:
        assert not probe(HOST, mute.getsockname()[1])


def test_a_probe_of_something_that_is_not_http_is_a_no() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"\x00\xff nonsense\r\n\r\n")
        await writer.drain()
        writer.close()

    async def ask() -> bool:
        async with await asyncio.start_server(hang_up, HOST, 0) as server:
            return await is_ready(server.sockets[0].getsockname()[1])

    assert not asyncio.run(ask())


def test_health_knows_neither_discord_nor_the_database_library() -> None:
    code = "import sys, bot.web.health; print({'discord', 'sqlalchemy'} & set(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout == "set()\n"

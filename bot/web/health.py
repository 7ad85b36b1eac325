"""Health and figures over HTTP, in the bot's own loop: whether it lives, whether it can serve.

The answers name checks and outcomes only: a caller learns no reason, which
could quote an address, a guild or a password.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final

import uvicorn
from loguru import logger
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.settings import SettingsError
from bot.web.connections import BoundedRequests, ImpatientProtocol
from bot.web.hosts import KnownHosts
from bot.web.parts import Parts

Check = Callable[[], Awaitable[bool | str]]
"""Says whether one thing works; False, an error and silence all mean that it does not.

A text is what ails it in a word, without names or reasons that are no one else's business.
"""

CHECK_SECONDS: Final = 1.0
FRESH_SECONDS: Final = 1.0
SHUTDOWN_SECONDS: Final = 3

_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"
_FRESH: Final = {"Cache-Control": "no-store"}


def build_web(
    checks: Mapping[str, Check],
    metrics: Callable[[], Awaitable[bytes]] | None = None,
    *,
    remarks: frozenset[str] = frozenset(),
    names: frozenset[str] = frozenset(),
    parts: Mapping[str, ASGIApp] | None = None,
) -> Starlette:
    """The web application: `/livez`, `/readyz` with one entry for each of `checks`, `/metrics`.

    `remarks` are checks that say something and leave it ready: people are answered all the same.
    `names` are names of the public internet that it may be asked by, `parts` what answers below
    some paths. Starlette alone: what FastAPI adds takes an idle process 7 MiB more.
    """
    shared = _Shared(checks)

    async def livez(_request: Request) -> Response:
        return JSONResponse({"alive": True}, headers=_FRESH)

    async def readyz(_request: Request) -> Response:
        outcomes = await shared.outcomes()
        ready = all(outcome == "ok" or name in remarks for name, outcome in outcomes.items())
        return JSONResponse(
            {"ready": ready, "checks": outcomes}, 200 if ready else 503, headers=_FRESH
        )

    routes = [Route("/livez", livez), Route("/readyz", readyz)]
    if metrics is not None:
        routes.append(Route("/metrics", _answer_with(metrics)))
    middleware = [
        Middleware(KnownHosts, names=names),
        Middleware(BoundedRequests),
        Middleware(Parts, parts=parts or {}),
    ]
    return Starlette(routes=routes, middleware=middleware)


class WebServer:
    """Serves an application in the running loop, and leaves signals to the bot.

    `port` 0 picks a free port. One start, one stop.
    """

    def __init__(self, web: Starlette, host: str, port: int) -> None:
        self._web = web
        self._host = host
        self._port = port
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen and return the port; raise SettingsError when the address cannot be had."""
        listener = await _listen(self._host, self._port)
        config = uvicorn.Config(
            self._web,
            log_config=None,  # logs.py bridges uvicorn's loggers
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            http=ImpatientProtocol,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(
            self._server.serve(sockets=[listener]), name="web server"
        )
        self._serving.add_done_callback(_report_end)
        port: int = listener.getsockname()[1]
        await self._server.wait_until_started(self._serving)
        return port

    async def stop(self) -> None:
        """Stop listening, let running requests end within SHUTDOWN_SECONDS; may be repeated."""
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await asyncio.wait({self._serving})


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install nothing: the bot's own handlers decide what ends first."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()

    async def wait_until_started(self, serving: asyncio.Task[None]) -> None:
        """Return once requests are answered; raise what `serving` died of."""
        listening = asyncio.create_task(self._listening.wait())
        await asyncio.wait({listening, serving}, return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        if serving.done():
            serving.result()


def _answer_with(
    metrics: Callable[[], Awaitable[bytes]],
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return Response(await metrics(), headers=_FRESH, media_type=_PROMETHEUS)

    return answer


class _Shared:
    """The checks, made once a second at most, however many ask."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._running: asyncio.Task[dict[str, str]] | None = None
        self._ended_at = -FRESH_SECONDS

    async def outcomes(self) -> dict[str, str]:
        """Return how each came out: within the last second, or now, together with other callers."""
        now = asyncio.get_running_loop().time()
        is_over = self._running is None or self._running.done()
        if self._running is None or (is_over and now - self._ended_at >= FRESH_SECONDS):
            self._running = asyncio.create_task(self._run())
        # Shielded: one caller that hangs up must not take the answer from the others.
        return await asyncio.shield(self._running)

    async def _run(self) -> dict[str, str]:
        try:
            return await _run_checks(self._checks)
        finally:
            self._ended_at = asyncio.get_running_loop().time()


async def _run_checks(checks: Mapping[str, Check]) -> dict[str, str]:
    if not checks:
        return {}
    tasks = {name: asyncio.ensure_future(check()) for name, check in checks.items()}
    # Not awaited again after cancelling: a check that ignores it must not hold up the answer.
    await asyncio.wait(tasks.values(), timeout=CHECK_SECONDS)
    return {name: _outcome(name, task) for name, task in tasks.items()}


def _outcome(name: str, task: asyncio.Future[bool | str]) -> str:
    if not task.done():
        task.cancel()
        return "timed out"
    if task.cancelled():
        return "failing"
    error = task.exception()
    if error is not None:
        logger.debug("The readiness check {} ended with {}", name, type(error).__name__)
        return "failing"
    result = task.result()
    if isinstance(result, str):
        return result
    return "ok" if result else "failing"


def _report_end(serving: asyncio.Task[None]) -> None:
    if not serving.cancelled() and (error := serving.exception()) is not None:
        logger.opt(exception=error).error("The web server stopped; health is no longer served")


async def _listen(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, address = found[0][0], found[0][4]
        return socket.create_server(
            (str(address[0]), port),
            family=family,
            dualstack_ipv6=address[0] == "::" and socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        raise SettingsError((_bind_problem(error, host, port),)) from error


def _bind_problem(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"HTTP_PORT {port} on {host} is taken by another program; "
            "set a free port, 0 to have one picked, or off."
        )
    if error.errno == errno.EACCES:
        return f"HTTP_PORT {port} is not allowed to this user; set one above 1023, 0 or off."
    no_address = error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
    if no_address or isinstance(error, socket.gaierror):
        return f"HTTP_HOST {host} is no address of this machine; set 127.0.0.1 or 0.0.0.0."
    return (
        f"HTTP_PORT {port} on {host} cannot be listened on ({error.strerror}); "
        "fix that, or set HTTP_PORT to off."
    )

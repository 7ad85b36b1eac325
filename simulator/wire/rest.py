from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import BodyPartReader, web

from simulator.messages import File, kind_of
from simulator.refusals import ApiError, Json, Refusal
from simulator.world import World

if TYPE_CHECKING:
    from simulator.faults import Fault, Faults

PREFIX = "/api/v10"
MISTAKES_KEPT = 1_000


@dataclass
class Call:
    """One request, read: what a route needs and what a test may want to look at later."""

    method: str
    path: str
    parameters: dict[str, str]
    query: dict[str, str]
    body: Any = None
    files: list[File] = field(default_factory=list)
    status: int = 0
    answer: Any = None

    def id(self, name: str) -> int:
        """A snowflake of the path; 0, which nothing has, when it is not a number."""
        text = self.parameters[name]
        return int(text) if text.isdecimal() else 0


Handler = Callable[[World, Call], Any]


@dataclass(frozen=True)
class Route:
    """A method and path template, and the plain function that answers it with JSON or None."""

    method: str
    template: str
    handler: Handler
    # Interaction routes carry their own token in the path, so Discord asks for no other.
    needs_bot: bool = True
    success: int = 200


class Rest:
    """Serves routes over HTTP: reads, strikes faults, answers, records."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        routes: list[Route],
        calls_kept: int | None = None,
    ) -> None:
        self._world = world
        self._faults = faults
        self.calls: deque[Call] = deque(maxlen=calls_kept)
        self.unknown_routes: list[str] = []
        self.crashes: list[Exception] = []
        self.handlers: list[web.RouteDef] = [
            web.route(route.method, PREFIX + route.template, self._serve(route)) for route in routes
        ]
        self.handlers.append(web.get("/attachments/{file}/{name}", self._download))
        # Everything that no route above matches, whatever the method.
        self.handlers.append(web.route("*", "/{path:.*}", self._serve(None)))

    async def _download(self, request: web.Request) -> web.Response:
        """Serve a file as Discord's content network does, to everyone who knows its address."""
        key = request.match_info["file"]
        file = self._world.files.find(int(key)) if key.isdecimal() else None
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type=file.content_type)

    def _serve(self, route: Route | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            call = Call(
                request.method,
                request.path.removeprefix(PREFIX),
                dict(request.match_info),
                dict(request.query),
            )
            self.calls.append(call)
            refusal = await _read(request, call, self._world)
            fault = self._faults.take(call.method, call.path)
            if fault and not await _goes_on(fault, request):
                return _sever(request)
            if fault and fault.status is not None:
                return _respond(call, fault.status, fault.body(), _headers(route, fault))
            response = self._answer(request, route, call, refusal)
            return _sever(request) if fault and fault.lost_answer else response

        return serve

    def _answer(
        self, request: web.Request, route: Route | None, call: Call, refusal: ApiError | None
    ) -> web.Response:
        try:
            if route is None:
                if len(self.unknown_routes) < MISTAKES_KEPT:
                    self.unknown_routes.append(f"{call.method} {call.path}")
                return _respond(call, 501, {"message": "not simulated", "code": 0}, {})
            self._require_readable(request, route, refusal)
            answer = route.handler(self._world, call)
        except ApiError as error:
            return _respond(call, error.status, error.body(), _headers(route, None))
        except Exception as error:
            # A mistake of the simulation must fail the test and not look like Discord's trouble.
            if len(self.crashes) < MISTAKES_KEPT:
                self.crashes.append(error)
            raise
        return _respond(
            call, 204 if answer is None else route.success, answer, _headers(route, None)
        )

    def _require_readable(
        self, request: web.Request, route: Route, refusal: ApiError | None
    ) -> None:
        if route.needs_bot and request.headers.get("Authorization") != f"Bot {self._world.token}":
            raise ApiError(Refusal.UNAUTHORIZED)
        if refusal:
            raise refusal


async def _goes_on(fault: Fault, request: web.Request) -> bool:
    """Let the fault take its time; a client that died meanwhile has asked for nothing."""
    if fault.delay_seconds:
        await asyncio.sleep(fault.delay_seconds)
    await fault.released()
    return not fault.reset and request.transport is not None


def _sever(request: web.Request) -> web.Response:
    """Close the connection with a TCP reset, so that no client takes it for an answer."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response(status=500)


async def _read(request: web.Request, call: Call, world: World) -> ApiError | None:
    """Read the body into the call; return the refusal that an unreadable one deserves."""
    try:
        if request.content_type == "multipart/form-data":
            call.body, call.files = await _read_parts(request, world)
        elif content := await request.read():
            call.body = orjson.loads(content)
    except (json.JSONDecodeError, KeyError):
        return ApiError(Refusal.MALFORMED_JSON)
    return None


async def _read_parts(request: web.Request, world: World) -> tuple[Any, list[File]]:
    """Read `payload_json` and the files, which `attachments` in it describe by their number."""
    body: Any = None
    files: dict[str, File] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = orjson.loads(content)
        elif part.name is not None:
            number = part.name.removeprefix("files[").removesuffix("]")
            sent = File(world.next_id(), part.filename or part.name, content, kind_of(content))
            files[number] = world.files.keep(sent)
    if body is None:
        raise KeyError("payload_json")
    for described in _described(body):
        if file := files.get(str(described.get("id"))):
            file.name = described.get("filename") or file.name
            file.description = described.get("description")
            described["id"] = str(file.id)
    return body, list(files.values())


def _described(body: Json) -> list[Json]:
    """The attachments of a message, or of the message inside an interaction's callback."""
    inner = body.get("data") if isinstance(body.get("data"), dict) else body
    return (inner or {}).get("attachments") or []


def _headers(route: Route | None, fault: Fault | None) -> dict[str, str]:
    """The rate limit of a route: never reached unless a fault says so."""
    if fault is None or fault.status != 429:
        return {
            "X-RateLimit-Bucket": f"{hash(route) & 0xFFFFFFFF:08x}",
            "X-RateLimit-Limit": "1000",
            "X-RateLimit-Remaining": "999",
            "X-RateLimit-Reset": "4102444800",
            "X-RateLimit-Reset-After": "1",
        }
    return {
        "Retry-After": f"{fault.retry_after_seconds}",
        # discord.py takes a 429 without Via for a ban by Cloudflare and gives up.
        "Via": "1.1 google",
        "X-RateLimit-Scope": "global" if fault.is_global else "user",
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": f"{fault.retry_after_seconds}",
    }


def _respond(call: Call, status: int, answer: Any, headers: dict[str, str]) -> web.Response:
    """Answer with Discord's exact content type: with a charset discord.py reads it as text."""
    call.status, call.answer = status, answer
    if answer is None:
        return web.Response(status=204, headers=headers)
    return web.Response(
        status=status,
        body=orjson.dumps(answer),
        headers={**headers, "Content-Type": "application/json"},
    )

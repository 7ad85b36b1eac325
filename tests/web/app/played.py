"""A server that speaks the sync protocol from memory, loses what it is asked to, and counts."""

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from aiohttp import web

import bot.web
from bot.web.shell import write_shell

APP = Path(bot.web.__file__).parent / "app"
Json = dict[str, Any]
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'"
)
INDEX = '<!doctype html><title>Scanner</title><script type="module" src="./bare.js"></script>'
BARE = """
import { createStore } from "./store.js";
window.store = createStore();
window.started = window.store.start();
"""
KINDS = {".js": "text/javascript", ".html": "text/html", ".wasm": "application/wasm"}
KINDS |= {".css": "text/css", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}
ME = {
    "device": {"id": "7", "name": "Cellar phone"},
    "person": {"id": "42", "name": "Ann", "language": "", "permissions": ["stock.take"]},
    "guild": {"id": "1", "name": "Depot", "language": "en"},
}


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def row(table: str, key: object, version: int = 1, **data: Any) -> Json:
    """Return a change of the feed."""
    common = {"seq": version, "version": version, "timestamp": now()}
    return {"table": table, "id": str(key), "operation": "INSERT", "data": data, **common}


@dataclass
class Played:
    """The server, with a copy of the page that tests may change."""

    folder: Path
    # Whether the page is the store alone, without its interface.
    is_bare: bool = True
    me: Json = field(default_factory=lambda: json.loads(json.dumps(ME)))
    orders: list[Json] = field(default_factory=list)
    feed: list[Json] = field(default_factory=list)
    applied: dict[str, Json] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    requests: list[Json] = field(default_factory=list)
    acked: list[str] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    tokens: set[str] = field(default_factory=set)
    # Whether the answer to this request is lost; a problem instead of an answer; a result.
    loses: Callable[[int], bool] = lambda _: False
    problem: Callable[[Json], tuple[int, str] | None] = lambda _: None
    judge: Callable[[Json], Json | None] = lambda _: None
    epoch: int = 0
    page: int = 5_000
    origin: str = ""

    async def __aenter__(self) -> Self:
        shutil.copytree(APP, self.folder, ignore=shutil.ignore_patterns("licences"))
        if self.is_bare:
            shutil.rmtree(self.folder / "ui")
            (self.folder / "index.html").write_text(INDEX)
            (self.folder / "bare.js").write_text(BARE)
        app = web.Application()
        app.router.add_post("/api/v1/devices", self._link)
        app.router.add_delete("/api/v1/device", self._unlink)
        app.router.add_get("/api/v1/me", self._tell)
        app.router.add_get("/api/v1/orders", self._order)
        app.router.add_post("/api/v1/sync", self._sync)
        app.router.add_post("/acked", self._acked)
        app.router.add_get("/app/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await self.open()
        return self

    async def open(self) -> None:
        """Listen, at the same address as before."""
        port = int(self.origin.rpartition(":")[2] or 0)
        site = web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        host, port = self._runner.addresses[-1][:2]
        self.origin = f"http://{host}:{port}"

    async def close(self) -> None:
        """Be gone, as a server that lost its power."""
        for site in list(self._runner.sites):
            await site.stop()
        for handler in list(self._runner.server.connections if self._runner.server else []):
            handler.force_close()

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def address(self) -> str:
        return f"{self.origin}/app/"

    @property
    def link(self) -> str:
        """The address that links a device."""
        return f"{self.address}#link=1.7.code"

    async def _link(self, request: web.Request) -> web.Response:
        assert (await request.json())["link"] == "1.7.code"
        token = f"1.7.secret{len(self.tokens)}"
        self.tokens.add(token)
        return web.json_response({**self.me, "token": token}, status=201)

    async def _unlink(self, request: web.Request) -> web.Response:
        self.tokens.discard(self._token(request))
        return web.Response(status=204)

    async def _tell(self, request: web.Request) -> web.Response:
        known = self._token(request) in self.tokens
        return web.json_response(self.me) if known else refuse(401, "device_revoked")

    async def _order(self, request: web.Request) -> web.Response:
        known = self._token(request) in self.tokens
        orders = {"orders": self.orders}
        return web.json_response(orders) if known else refuse(401, "device_revoked")

    async def _acked(self, request: web.Request) -> web.Response:
        self.acked.append(await request.text())
        self.heard.set()
        return web.Response(status=204)

    async def _sync(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        if self._token(request) not in self.tokens:
            return refuse(401, "device_revoked")
        if found := self.problem(body):
            return refuse(*found)
        answer = self._answer(body)
        if self.loses(len(self.requests)):
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(answer)

    def _answer(self, body: Json) -> Json:
        results, conflicts = [], []
        for operation in body["operations"]:
            result = self._apply(operation)
            results.append(result)
            if result["status"] == "rejected":
                said = result.pop("message", "That is not there.")
                words = {"reason": result["reason"], "message": said}
                conflicts.append({"operation_id": result["id"], "table": "stock_moves", **words})
        epoch, _, at = (body.get("cursor") or ".").partition(".")
        reset = epoch != str(self.epoch)
        start = 0 if reset else int(at)
        end = min(start + self.page, len(self.feed))
        done = [each["id"] for each in results if each["status"] in {"applied", "duplicate"}]
        return {
            "changes_applied": done,
            "results": results,
            "conflicts": conflicts,
            "changes": self.feed[start:end],
            "cursor": f"{self.epoch}.{end}",
            "last_sync_timestamp": now(),
            "has_more": end < len(self.feed),
            "reset": reset,
            "server_timestamp": now(),
        }

    def _apply(self, operation: Json) -> Json:
        key = operation["id"]
        self.sent[key] += 1
        base = {"id": key, "reason": "", "record": None}
        if key in self.applied:
            return {**base, "status": "duplicate"}
        if judged := self.judge(operation):
            return {**base, **judged}
        self.applied[key] = operation
        self.heard.set()
        return {**base, "status": "applied", "record": len(self.applied)}

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["path"] or "index.html"
        path = self.folder / name
        if name == "shell.js":
            body = write_shell(self.folder)
        elif path.is_file():
            body = path.read_bytes()
        else:
            return web.Response(status=404)
        kind = KINDS.get(path.suffix, "application/octet-stream")
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        return web.Response(body=body, content_type=kind, headers=headers)

    @staticmethod
    def _token(request: web.Request) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")


def refuse(status: int, code: str) -> web.Response:
    problem = {"status": status, "code": code, "detail": f"Refused: {code}."}
    headers = {"Content-Type": "application/problem+json", "Retry-After": "1"}
    return web.Response(status=status, text=json.dumps(problem), headers=headers)

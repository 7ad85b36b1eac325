from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from aiohttp import web

from simulator import ClientRefused
from simulator.page.actions import ACTIONS, read_ask
from simulator.page.guard import Guard
from simulator.page.viewer import Viewer

if TYPE_CHECKING:
    from types import TracebackType

    from simulator.page.stage import Stage

STATIC = Path(__file__).parent / "static"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
# A form with a file of ten megabytes in base64, and the rest of it.
MAX_BODY_BYTES = 16 * 1024 * 1024
SHUTDOWN_SECONDS = 0.2


class PageServer:
    """Serves the page of one stage on 127.0.0.1, under a path that only its owner knows."""

    def __init__(self, stage: Stage, *, port: int = 0) -> None:
        self._stage = stage
        self._port = port
        self._guard = Guard(secrets.token_urlsafe(18))
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """The page's address, with the token."""
        return f"http://127.0.0.1:{self._guard.port}/{self._guard.token}/"

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._guard.middleware], client_max_size=MAX_BODY_BYTES)
        app.on_response_prepare.append(self._guard.add_headers)
        app.router.add_get("/{token}/", self._index)
        app.router.add_get("/{token}/live", self._live)
        app.router.add_get("/{token}/static/{path:.+}", self._static)
        app.router.add_get("/{token}/files/{member}/{message}/{file}/{name}", self._file)
        app.router.add_post("/{token}/do/{action}", self._act)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._guard.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                await asyncio.gather(*(viewer.close() for viewer in self._stage.viewers))
        if self._runner:
            await self._runner.cleanup()

    async def _index(self, _request: web.Request) -> web.Response:
        return _serve(STATIC / "index.html")

    async def _static(self, request: web.Request) -> web.Response:
        path = (STATIC / request.match_info["path"]).resolve()
        if not path.is_relative_to(STATIC) or path.suffix not in TYPES or not path.is_file():
            raise web.HTTPNotFound
        return _serve(path)

    async def _file(self, request: web.Request) -> web.Response:
        """Serve an attachment: a picture, or else a download, for a bot may upload a web page."""
        keys = [request.match_info[name] for name in ("member", "message", "file")]
        member_id, message_id, file_id = (int(key) if key.isdecimal() else 0 for key in keys)
        member = self._stage.person(member_id)
        message = self._stage.find_message(member, message_id) if member else None
        file = next((it for it in message.files if it.id == file_id), None) if message else None
        if file is None:
            raise web.HTTPNotFound
        return web.Response(
            body=file.content,
            content_type=file.content_type,
            headers={"Content-Disposition": "attachment"},
        )

    async def _act(self, request: web.Request) -> web.Response:
        action = ACTIONS.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        try:
            ask = read_ask(self._stage, await request.json())
            return web.json_response(await action(ask))
        except ClientRefused as refusal:
            return web.json_response({"outcome": "refused", "why": str(refusal)}, status=422)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            return web.json_response({"outcome": "refused", "why": "Not understood."}, status=400)

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        """Send a member's view and every change of it until the page goes away."""
        key = request.query.get("as", "")
        member = self._stage.person(int(key) if key.isdecimal() else 0)
        member = member or self._stage.first_person()
        socket = web.WebSocketResponse(heartbeat=20, timeout=SHUTDOWN_SECONDS)
        await socket.prepare(request)
        viewer = Viewer(self._stage, member, socket)
        self._stage.viewers.add(viewer)
        viewer.update()
        pump = asyncio.create_task(viewer.pump())
        try:
            async for _ in socket:
                pass
        finally:
            pump.cancel()
            self._stage.viewers.discard(viewer)
        return socket


def _serve(path: Path) -> web.Response:
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8")

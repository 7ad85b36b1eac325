"""Parts: applications below a path, each imported when the first request for it comes."""

import asyncio
from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Parts:
    """Passes what is below the path of a part on to it, and everything else to the application.

    The path stays whole: a part describes and links its own addresses.
    """

    def __init__(self, app: ASGIApp, parts: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._parts = dict(parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        app = self._app
        if scope["type"] == "http":
            first, _, _ = scope["path"].removeprefix("/").partition("/")
            app = self._parts.get(f"/{first}", app)
        await app(scope, receive, send)


class Lazy:
    """An application that is loaded in a thread by the first request, while the loop goes on."""

    def __init__(self, load: Callable[[], ASGIApp]) -> None:
        self._load = load
        self._app: ASGIApp | None = None
        self._loading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, once there is what it is passed on to."""
        if self._app is None:
            async with self._loading:
                if self._app is None:
                    self._app = await asyncio.to_thread(self._load)
        await self._app(scope, receive, send)

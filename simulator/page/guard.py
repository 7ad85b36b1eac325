"""Who may talk to the page: this computer's own browser, on this page, with the token.

A page of any other site can make a browser send requests to 127.0.0.1, and a name of its own can
point there. So every request needs the token in its path, a Host that names this server, and no
Origin but this server's; whatever changes something needs that Origin and JSON, which no other
page can send without asking first.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets in what comes from the page itself; `port` is known once the server listens."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.port = 0

    @property
    def hosts(self) -> set[str]:
        """The names under which this server may be addressed."""
        return {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}

    @property
    def middleware(self) -> Middleware:
        """The check in front of every route."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            reason = self._objection(request)
            if reason:
                return web.Response(status=403, text=f"Refused: {reason}.\n")
            return await handler(request)

        return check

    async def add_headers(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Put the same headers on every answer, errors and refusals among them."""
        response.headers.update(HEADERS)
        response.headers.pop("Server", None)

    def _objection(self, request: web.Request) -> str | None:
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "none")
        # A browser that opened the printed address has the token.
        is_visit = request.headers.get("Sec-Fetch-Dest") == "document" and request.method == "GET"
        token = request.path.split("/")[1].encode()
        is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
        is_foreign = origin is not None and origin != f"http://{request.host}"
        objections = (
            (request.host not in self.hosts, "this is not the host's name"),
            (not hmac.compare_digest(token, self.token.encode()), "the address lacks the token"),
            (
                is_foreign or (site not in {"none", "same-origin"} and not is_visit),
                "another site asks",
            ),
            (
                (request.method != "GET" or is_socket) and origin is None,
                "it does not say where it comes from",
            ),
            (
                request.method == "POST" and request.content_type != "application/json",
                "only JSON is read",
            ),
        )
        return next((reason for holds, reason in objections if holds), None)

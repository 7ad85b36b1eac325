"""Headers that every answer of the API and the page has, whatever it is."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Without CORS headers no other site's page may read an answer: there are none anywhere.
COMMON: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_STRICT_TRANSPORT: Final = {"Strict-Transport-Security": "max-age=31536000"}


class SecurityHeaders:
    """Adds headers to every answer of an application; `is_https`: the public knows it by https."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], *, is_https: bool) -> None:
        self._app = app
        self._headers = {**COMMON, **headers, **(_STRICT_TRANSPORT if is_https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

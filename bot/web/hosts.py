"""Hosts: which names a request may call this server by.

A page in an operator's browser can have its own name point to 127.0.0.1 and then read what is
answered there. Its requests still carry that name, which is one of the public internet.
"""

import ipaddress
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# What no public name ends with: of this machine, a container network, a local one.
_PRIVATE_ENDINGS: Final = (".localhost", ".local", ".internal", ".svc", ".home.arpa")


class KnownHosts:
    """Answers requests to addresses and private names alone, and to the names that it is given."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app = app
        self._names = frozenset(name.casefold() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else ""
        if is_private(name := name_of(host)) or name in self._names:
            await self._app(scope, receive, send)
            return
        refusal = PlainTextResponse("This server is not known by that name.", 421)
        await refusal(scope, receive, send)


def name_of(host: str) -> str:
    """Return a Host header without its port and brackets, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].casefold()
    return host.partition(":")[0].rstrip(".").casefold()


def is_private(name: str) -> bool:
    """Whether no page of the public internet can have this name; an empty one is no browser's."""
    if "." not in name and ":" not in name:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.endswith(_PRIVATE_ENDINGS)
    return True

"""Connections: how many the web server keeps, and for how long without a request."""

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS: Final = 100
_ASK_WITHIN_SECONDS: Final = 10.0


class ImpatientProtocol(H11Protocol):
    """A connection that is closed unless a whole request comes soon, or when there are too many.

    uvicorn keeps one that never asks for as long as the other side likes, and a process may have
    only so many files open: Discord and the database are among them.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.close()
            return
        self.loop.call_later(_ASK_WITHIN_SECONDS, self._close_unless_asked)

    def _close_unless_asked(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()

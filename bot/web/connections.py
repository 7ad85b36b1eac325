"""Connections: how many the web server keeps, and for how long without a request."""

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS: Final = 100
_ASK_WITHIN_SECONDS: Final = 10.0
# From the first byte of a request to its last; the API gives up on a body earlier, with an answer.
_SEND_WITHIN_SECONDS: Final = 20.0


class ImpatientProtocol(H11Protocol):
    """A connection that is closed unless a whole request comes soon, or when there are too many.

    uvicorn keeps one that never asks, or asks a byte at a time, as long as the other side likes,
    and a process may have only so many files open: Discord and the database are among them.
    """

    _sending: asyncio.TimerHandle | None = None

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

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request, and see that the rest of it comes."""
        super().data_received(data)
        if not self._is_sending():
            self._stop_waiting()
        elif self._sending is None:
            self._sending = self.loop.call_later(_SEND_WITHIN_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_sending(self) -> bool:
        """Whether the other side is in the middle of a request."""
        begun, _ = self.conn.trailing_data
        return self.conn.their_state is h11.SEND_BODY or bool(begun)

    def _stop_waiting(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def _give_up(self) -> None:
        if self._is_sending() and not self.transport.is_closing():
            self.transport.close()

"""Connections: how many the web server keeps, which of them, and for how long without a request."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Final

import h11
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS: Final = 100
# Kept back beyond those for health, when all others wait for an answer.
_SPARE: Final = 20
_ASK_WITHIN_SECONDS: Final = 10.0
# As long as a request may be on its way before its connection makes room for others.
_FRESH_SECONDS: Final = 1.0
# From the first byte of a request to its last, and until an answer is read; the API gives up on a
# body earlier, with an answer.
_SEND_WITHIN_SECONDS: Final = 20.0

_HEALTH: Final = frozenset({"/livez", "/readyz"})


class ImpatientProtocol(H11Protocol):
    """A connection that is closed unless a whole request comes soon, or to make room for others.

    uvicorn keeps one that never asks, or asks a byte at a time, as long as the other side likes,
    and a process may have only so many files open: Discord and the database are among them. Those
    who hold connections to keep others out lose theirs first.
    """

    opened_at = 0.0
    _sending: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, in the place of another if there are too many."""
        super().connection_made(transport)
        self.opened_at = self.loop.time()
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()
        self.loop.call_later(_ASK_WITHIN_SECONDS, self._close_unless_asked)

    def _make_room(self) -> None:
        others = [each for each in self.connections if isinstance(each, ImpatientProtocol)]
        idle = [each for each in others if each is not self and not each.is_answering]
        if idle:
            _least_needed(idle, self.opened_at - _FRESH_SECONDS).give_up()
        elif len(others) > MAX_CONNECTIONS + _SPARE:
            self.give_up()

    @property
    def address(self) -> str:
        """Where the other side is."""
        return self.client[0] if self.client else ""

    @property
    def has_asked(self) -> bool:
        """Whether the head of a request has ever come whole."""
        return self.cycle is not None

    @property
    def is_answering(self) -> bool:
        """Whether the head of a request has come whole, and its answer is not complete."""
        return self.has_asked and not self.cycle.response_complete

    def give_up(self) -> None:
        """End this connection now, whatever has not been read of its answer."""
        self.connections.discard(self)
        self.transport.abort()

    def _close_unless_asked(self) -> None:
        if not self.has_asked and not self.transport.is_closing():
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request, and see that the rest of it comes."""
        super().data_received(data)
        if not self._is_sending():
            self._stop_waiting()
        elif self._sending is None:
            self._sending = self.loop.call_later(_SEND_WITHIN_SECONDS, self._close_if_sending)

    def pause_writing(self) -> None:
        """Wait for the other side to read, but not as long as it likes."""
        super().pause_writing()
        self._unread = self.loop.call_later(_SEND_WITHIN_SECONDS, self.give_up)

    def resume_writing(self) -> None:
        """Go on with an answer that is read."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._stop_waiting()
        if self._unread is not None:
            self._unread.cancel()
        super().connection_lost(exc)

    def _is_sending(self) -> bool:
        """Whether the other side is in the middle of a request."""
        begun, _ = self.conn.trailing_data
        return self.conn.their_state is h11.SEND_BODY or bool(begun)

    def _stop_waiting(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def _close_if_sending(self) -> None:
        if self._is_sending() and not self.transport.is_closing():
            self.transport.close()


def _least_needed(idle: Iterable[ImpatientProtocol], fresh_since: float) -> ImpatientProtocol:
    """Return one that should have asked by now, else any; the oldest of who holds most of them."""
    late = [each for each in idle if not each.has_asked and each.opened_at < fresh_since]
    among = late or list(idle)
    held = Counter(each.address for each in among)
    return min(among, key=lambda each: (-held[each.address], each.opened_at))


class BoundedRequests:
    """Bounds the requests at a time, but not health: a server at its limit is not unhealthy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask to come again."""
        if scope["type"] != "http" or scope["path"] in _HEALTH:
            await self._app(scope, receive, send)
        elif self._running >= MAX_CONNECTIONS:
            refusal = PlainTextResponse("Too many requests at once; try again.", 503)
            refusal.headers["Retry-After"] = "1"
            await refusal(scope, receive, send)
        else:
            self._running += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._running -= 1

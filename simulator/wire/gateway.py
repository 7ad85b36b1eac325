from __future__ import annotations

import asyncio
import secrets
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import WSMsgType, web

from simulator.interactions import Interaction
from simulator.pulse import Pulse
from simulator.wire import events, payloads

if TYPE_CHECKING:
    from simulator.refusals import Json
    from simulator.world import Guild, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT = 0, 1, 2, 6, 7
INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11
NOT_AUTHENTICATED, AUTHENTICATION_FAILED, ALREADY_AUTHENTICATED = 4003, 4004, 4005
INVALID_SHARD = 4010
HEARTBEAT_INTERVAL_MILLISECONDS = 41_250
GUILDS_INTENT = 1 << 0
# A client that missed more than this, or comes back after so many others, identifies again.
FRAMES_KEPT = 2_000
LOST_SESSIONS_KEPT = 64
# A client that reads so much slower than it is sent to is disconnected.
FRAMES_WAITING = 10_000
# Closing with these ends a session; after anything else it can be resumed.
FINAL_CLOSE_CODES = {1000, 1001}


@dataclass(eq=False)
class Connection:
    """One WebSocket; what is put into `outbox` is sent in order."""

    socket: web.WebSocketResponse
    request: web.Request
    outbox: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)

    def send(self, operation: int, data: Any = None) -> None:
        """Send something that is not an event."""
        self.put(orjson.dumps({"op": operation, "d": data, "s": None, "t": None}))

    def put(self, frame: bytes) -> None:
        """Queue a frame, and cut off a client that does not read."""
        self.outbox.put_nowait(frame)
        if self.outbox.qsize() > FRAMES_WAITING and self.request.transport:
            self.request.transport.abort()

    async def pump(self) -> None:
        """Send what is in the outbox until the connection ends."""
        with suppress(ConnectionError):
            while True:
                await self.socket.send_str((await self.outbox.get()).decode())


@dataclass(eq=False)
class Session:
    """What a client is sent, numbered, and kept so that a resumed connection misses nothing."""

    shard: tuple[int, int]
    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    connection: Connection | None = None
    sent: deque[bytes] = field(default_factory=lambda: deque(maxlen=FRAMES_KEPT))
    last_number: int = 0
    heartbeats: int = 0

    def dispatch(self, event: str, data: Any) -> None:
        """Send an event now, or when the client resumes."""
        self.last_number += 1
        frame = orjson.dumps({"op": DISPATCH, "d": data, "s": self.last_number, "t": event})
        self.sent.append(frame)
        if self.connection:
            self.connection.put(frame)

    def missed_since(self, number: int) -> list[bytes] | None:
        """The frames after this number; None if it was never sent or is no longer kept."""
        missed = self.last_number - number
        return list(self.sent)[len(self.sent) - missed :] if 0 <= missed <= len(self.sent) else None

    def covers(self, guild: Guild | None) -> bool:
        """Whether this shard is the guild's; direct messages belong to the first."""
        number, count = self.shard
        return number == (0 if guild is None else (guild.id >> 22) % count)


class Gateway:
    """Accepts clients and sends them what happens in the world."""

    def __init__(self, world: World, shards: int) -> None:
        self._world = world
        self._shards = shards
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.resumed = 0
        self.pulse = Pulse(world.stir)
        world.listeners.append(self._on_event)

    def describe(self) -> Json:
        """The answer to GET /gateway/bot."""
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 16}
        return {"url": self.url, "shards": self._shards, "session_start_limit": limit}

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from HELLO to its end."""
        socket = web.WebSocketResponse(timeout=1, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request)
        pump = asyncio.create_task(connection.pump())
        connection.send(HELLO, {"heartbeat_interval": HEARTBEAT_INTERVAL_MILLISECONDS})
        try:
            async for frame in socket:
                if frame.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    await self._receive(connection, orjson.loads(frame.data))
        finally:
            pump.cancel()
            self._lost(connection, socket.close_code)
        return socket

    async def _receive(self, connection: Connection, frame: Json) -> None:
        operation, data = frame["op"], frame["d"]
        session = self._session_of(connection)
        if operation == HEARTBEAT:
            connection.send(HEARTBEAT_ACK)
            if session:
                session.heartbeats += 1
                self.pulse.beat()
        elif operation in {IDENTIFY, RESUME} and session:
            await connection.socket.close(code=ALREADY_AUTHENTICATED)
        elif operation in {IDENTIFY, RESUME} and data["token"] != self._world.token:
            await connection.socket.close(code=AUTHENTICATION_FAILED)
        elif operation == IDENTIFY:
            await self._identify(connection, data)
        elif operation == RESUME:
            self._resume(connection, data)
        elif session is None:
            await connection.socket.close(code=NOT_AUTHENTICATED)

    async def _identify(self, connection: Connection, data: Json) -> None:
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            await connection.socket.close(code=INVALID_SHARD)
            return
        session = Session((number, count), data["intents"], connection=connection)
        self.sessions[session.id] = session
        self._forget_lost()
        guilds = [guild for guild in self._world.guilds.values() if session.covers(guild)]
        application = {"id": str(self._world.application_id), "flags": 1 << 23}
        ready: Json = {
            "v": 10,
            "user": payloads.own_user(self._world),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": [number, count],
            "application": application,
            "private_channels": [],
        }
        session.dispatch("READY", ready)
        if session.intents & GUILDS_INTENT:
            for guild in guilds:
                available = {**events.guild_create(guild), "unavailable": False}
                session.dispatch("GUILD_CREATE", available)
        self.identified += 1
        self.pulse.beat()

    def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(data["session_id"] or "")
        missed = session.missed_since(data["seq"] or 0) if session else None
        if session is None or missed is None:
            connection.send(INVALID_SESSION, data=False)
            return
        session.connection = connection
        for frame in missed:
            connection.put(frame)
        session.dispatch("RESUMED", {})
        self.resumed += 1
        self.pulse.beat()

    def _forget_lost(self) -> None:
        lost = [session.id for session in self.sessions.values() if not session.connection]
        for key in lost[:-LOST_SESSIONS_KEPT]:
            del self.sessions[key]

    def _session_of(self, connection: Connection) -> Session | None:
        return next((s for s in self.sessions.values() if s.connection is connection), None)

    def _lost(self, connection: Connection, code: int | None) -> None:
        session = self._session_of(connection)
        if session:
            session.connection = None
            if code in FINAL_CLOSE_CODES:
                del self.sessions[session.id]
        self.pulse.beat()

    def _on_event(self, event: str, guild: Guild | None, subject: object) -> None:
        listening = [session for session in self.sessions.values() if session.covers(guild)]
        if not isinstance(subject, Interaction):
            listening = [session for session in listening if session.intents & GUILDS_INTENT]
        data = events.data(event, subject)
        for session in listening:
            session.dispatch(event, data)

    @property
    def live(self) -> list[Session]:
        """The sessions with a connection."""
        return [session for session in self.sessions.values() if session.connection]

    def _heard(self, shards: int) -> list[Session]:
        """The live sessions, once there are so many and every guild was sent to one of them."""
        live = self.live
        if len(live) < shards:
            return []
        is_whole = all(any(s.covers(guild) for s in live) for guild in self._world.guilds.values())
        return live if is_whole else []

    async def wait_ready(self, timeout: float, shards: int = 1) -> None:  # noqa: ASYNC109 - the failure names the wait
        """Wait until every guild was sent to a client that has read all that it was sent so far.

        A killed process may still look connected, so each client must answer a heartbeat.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            left = deadline - loop.time()
            sessions = await self.pulse.until(
                lambda: self._heard(shards), left, "every shard identified"
            )
            before = {session: session.heartbeats for session in sessions}
            for session in sessions:
                if session.connection:
                    session.connection.send(HEARTBEAT)
            left = deadline - loop.time()
            await self.pulse.until(lambda b=before: _answered(b), left, "heartbeat")  # type: ignore[misc]
            if all(session.connection for session in sessions):
                return

    async def wait_gone(self, timeout: float) -> None:  # noqa: ASYNC109 - the failure names the wait
        """Wait until no client is connected."""
        await self.pulse.until(lambda: not self.live, timeout, "end of every connection")

    async def drop(self, code: int | None) -> None:
        """Close every connection with a code, or cut it when that is None."""
        for session in self.live:
            connection, session.connection = session.connection, None
            if connection and code is None and connection.request.transport:
                connection.request.transport.abort()
            elif connection and code is not None:
                await connection.socket.close(code=code)
        self.pulse.beat()

    def ask_reconnect(self) -> None:
        """Ask every client to reconnect and resume."""
        for session in self.live:
            if session.connection:
                session.connection.send(RECONNECT)

    async def close(self) -> None:
        """End every connection because the server goes away."""
        await self.drop(1001)


def _answered(before: dict[Session, int]) -> bool:
    return all(s.heartbeats > count or not s.connection for s, count in before.items())

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from simulator.page import shown

if TYPE_CHECKING:
    from aiohttp import web

    from simulator import Member
    from simulator.page.stage import Stage
    from simulator.refusals import Json

# A page that reads slower than this many updates starts again with a whole picture.
MAX_WAITING = 1000


class Viewer:
    """One open page that looks as one member: it is sent what changed since it last looked.

    A frame holds the parts that changed (`me`, `guild`, `channels`, `commands`, `tour`), new and
    changed `messages`, and ids of messages that are `gone`. The first frame holds everything.
    """

    def __init__(self, stage: Stage, member: Member, socket: web.WebSocketResponse) -> None:
        self._stage = stage
        self._member = member
        self._socket = socket
        self._parts: dict[str, str] = {}
        self._messages: dict[int, tuple[int, int]] = {}
        self._frames: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)
        self._is_behind = False

    def update(self) -> None:
        """Queue a frame if this member would see anything new."""
        frame = self._changed_parts()
        messages, gone = self._changed_messages()
        if messages:
            frame["messages"] = messages
        if gone:
            frame["gone"] = gone
        if frame:
            try:
                self._frames.put_nowait(json.dumps(frame))
            except asyncio.QueueFull:
                self._stage.viewers.discard(self)
                self._is_behind = True

    async def pump(self) -> None:
        """Send the frames until the connection ends; one that fell behind has to start over."""
        with suppress(ConnectionError):
            while not self._is_behind:
                await self._socket.send_str(await self._frames.get())
            await self.close()

    async def close(self) -> None:
        """End the connection because the server goes away."""
        await self._socket.close(code=1001)

    def _changed_parts(self) -> Json:
        stage, member = self._stage, self._member
        parts = {
            "me": str(member.user.id),
            "guild": shown.guild(stage),
            "channels": shown.channels(stage, member),
            "commands": shown.commands(stage, member),
            "tour": stage.tour.progress(stage),
        }
        changed: Json = {}
        for name, part in parts.items():
            written = json.dumps(part)
            if self._parts.get(name) != written:
                self._parts[name] = written
                changed[name] = part
        return changed

    def _changed_messages(self) -> tuple[list[Json], list[str]]:
        changed: list[Json] = []
        now: dict[int, tuple[int, int]] = {}
        for channel in shown.visible_channels(self._stage, self._member):
            for message in self._stage.messages(self._member, channel):
                now[message.id] = (message.edits, int(message.flags))
                if self._messages.get(message.id) != now[message.id]:
                    changed.append(shown.message(message, self._member))
        gone = [str(key) for key in self._messages if key not in now]
        self._messages = now
        return changed, gone

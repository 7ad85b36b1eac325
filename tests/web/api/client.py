"""A device that calls the real web server of the real bot, whose members are the simulator's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import aiohttp

from bot.domain.devices import hash_secret, make_code
from bot.domain.sync import PROTOCOL, SCHEMA_VERSION
from bot.services.devices import LinkDevice, link_device
from tests.cogs.phones import Phone
from tests.cogs.world import House
from tests.database.books import new_key

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True)
class Said:
    """An answer, read whole."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The code of a problem."""
        assert self.headers["content-type"] == PROBLEM_JSON, self
        assert set(self.body) >= {"type", "title", "status", "detail", "code"}
        assert self.body["status"] == self.status
        code: str = self.body["code"]
        return code


@dataclass
class Api:
    """The server as one device reaches it; `token` empty: as no device."""

    house: House
    session: aiohttp.ClientSession
    base: str
    token: str = ""
    sent: list[str] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def serving(cls, house: House) -> AsyncIterator["Api"]:
        """Serve the bot's web, and link a device of the employee's."""
        server = house.world.app.web
        assert server is not None
        server._port = 0
        port = await server.start()
        try:
            async with aiohttp.ClientSession() as session:
                api = cls(house, session, f"http://127.0.0.1:{port}")
                yield await api.linked_for(house.employee)
        finally:
            await server.stop()

    async def link(self, person: Phone, name: str = "Gun") -> str:
        """Make a link as `/device link` does."""
        code = make_code()
        made = await self.house.world.db.run(
            link_device,
            LinkDevice(link_hash=hash_secret(code), name=name),
            self.house.actor_of(person),
            new_key(),
        )
        return f"https://depot.example/app#link={made.guild_id}.{made.device_id}.{code}"

    async def linked_for(self, person: Phone, name: str = "Gun") -> "Api":
        """Return the server as a new device of a person's reaches it."""
        said = await self.post("devices", {"link": await self.link(person, name)})
        assert said.status == 201, said
        return self.holding(said.body["token"])

    def holding(self, token: str) -> "Api":
        """Return the server as who has this token reaches it."""
        return replace(self, token=token)

    async def ask(self, method: str, path: str, **more: Any) -> Said:
        """Send a request to a path of the API."""
        headers = {**({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        headers |= more.pop("headers", {})
        url = path if path.startswith("/") else f"/api/v1/{path}"
        async with self.session.request(
            method, self.base + url, headers=headers, allow_redirects=False, **more
        ) as response:
            is_json = "json" in response.headers.get("content-type", "")
            body = await (response.json(content_type=None) if is_json else response.read())
            low = {name.lower(): value for name, value in response.headers.items()}
            return Said(response.status, body, low)

    async def post(self, path: str, body: Any, **more: Any) -> Said:
        """Send JSON."""
        return await self.ask("POST", path, json=body, **more)

    async def sync(self, *operations: dict[str, Any], **more: Any) -> Said:
        """Send operations, or none."""
        body = {
            "protocol": PROTOCOL,
            "schema_version": SCHEMA_VERSION,
            "device_time": self.now(),
            "operations": list(operations),
        }
        return await self.post("sync", {**body, **more})

    def now(self) -> str:
        """The device's clock, which is right."""
        return self.house.world.clock().astimezone(UTC).isoformat()

    def take(self, quantity: str = "2", seq: int = 1, **more: Any) -> dict[str, Any]:
        """Describe a take from Shelf A1 that was just done."""
        return {
            "id": str(uuid4()),
            "seq": seq,
            "table": "stock_moves",
            "operation": "INSERT",
            "data": {"item": "BOLT-8", "quantity": quantity, "from": "Shelf A1"},
            "timestamp": self.now(),
            **more,
        }


def instant(text: str) -> datetime:
    """Read a time of an answer."""
    return datetime.fromisoformat(text)

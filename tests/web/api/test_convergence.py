"""Devices with wrong clocks and a bad network converge through the API as they do beneath it."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import orjson
import pytest

from bot.domain.actors import Membership
from bot.domain.devices import hash_secret, make_code
from bot.domain.sync import (
    PROTOCOL,
    SCHEMA_VERSION,
    Pulled,
    Pushed,
    RowChange,
    SyncOperation,
    SyncResult,
)
from bot.services.devices import LinkDevice, link_device
from bot.views.errors import explain
from bot.web.api.building import build_api
from bot.web.api.limits import ApiLimits
from tests.conftest import SOAK
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.sync.converged import require_converged
from tests.services.sync.network import Device, Network

pytestmark = pytest.mark.slow


DEVICES = 12
OPERATIONS = 2_000 if SOAK else 80


class Wire:
    """Requests of devices, and the answers to them."""

    def __init__(self, warehouse: Warehouse, clock: Clock) -> None:
        self.warehouse, self.clock = warehouse, clock
        self.tokens: dict[int, str] = {}
        api: Any = build_api(warehouse.db, self._ask, lambda _: "Depot", explain)
        # Hours pass between requests here, and no time at all on the clock of the machine.
        context = api._app.state.context
        limits = ApiLimits(lambda: clock().timestamp())
        api._app.state.context = replace(context, limits=limits)
        self._api = api

    async def _post(self, path: str, body: Any, token: str = "") -> tuple[int, Any]:
        """Send JSON to the application as a server would, and return status and answer."""
        content = orjson.dumps(body)
        headers = [(b"content-type", b"application/json"), (b"host", b"localhost")]
        if token:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": f"/api/v1/{path}",
            "raw_path": f"/api/v1/{path}".encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._api(scope, receive, send)
        said = b"".join(each.get("body", b"") for each in sent[1:])
        return sent[0]["status"], orjson.loads(said)

    async def _ask(self, guild_id: int, user_id: int) -> Membership | None:
        del guild_id, user_id
        role_ids = self.warehouse.manager.discord_role_ids
        return Membership(discord_role_ids=role_ids, joined_at=None)

    async def link(self, device: Device) -> None:
        """Link a device to the person it works for."""
        code, actor = make_code(), replace(device.scanner.actor, source="discord")
        wanted = LinkDevice(link_hash=hash_secret(code), name="Gun")
        made = await self.warehouse.run(link_device, wanted, actor)
        link = f"{made.guild_id}.{made.device_id}.{code}"
        self.clock.advance(seconds=2)
        status, answer = await self._post("devices", {"link": link})
        assert status == 201, answer
        self.tokens[device.scanner.device_id] = answer["token"]

    async def exchange(
        self, device: Device, batch: Sequence[SyncOperation]
    ) -> tuple[Pushed, Pulled]:
        """Send a request, which takes no time, and read its answer."""
        body = {
            "protocol": PROTOCOL,
            "schema_version": SCHEMA_VERSION,
            "device_time": (self.clock() - device.scanner.skew).isoformat(),
            "cursor": device.copy.cursor,
            "pull_limit": device.copy.limit,
            "operations": [_written(each) for each in batch],
        }
        token = self.tokens[device.scanner.device_id]
        status, answer = await self._post("sync", body, token)
        assert status == 200, answer
        pushed = Pushed(results=[SyncResult(**each) for each in answer["results"]])
        page = Pulled(
            changes=[RowChange(**each) for each in answer["changes"]],
            cursor=answer["cursor"],
            last_sync_timestamp=answer["last_sync_timestamp"],
            has_more=answer["has_more"],
            reset=answer["reset"],
        )
        return pushed, page


def _written(sent: SyncOperation) -> dict[str, Any]:
    return {
        "id": sent.id,
        "seq": sent.seq,
        "table": sent.table,
        "operation": sent.operation,
        "data": dict(sent.data),
        "timestamp": sent.timestamp.isoformat(),
        "supersedes": sent.supersedes,
    }


@pytest.mark.only_on("sqlite")
async def test_devices_converge_through_the_api(warehouse: Warehouse, clock: Clock) -> None:
    wire = Wire(warehouse, clock)
    network = Network(warehouse, clock, Random(15), wire.exchange)
    await network.furnish()
    network.add_devices(DEVICES)
    for device in network.devices:
        await wire.link(device)
    clock.advance(minutes=10)
    await network.play(OPERATIONS)
    await network.settle()
    await require_converged(network)

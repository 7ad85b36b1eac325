"""kill -9 while a device syncs: it repeats what it sent, and everything is in the books once."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.system.depots import OPENING_RECORDS
from tests.system.health import port_of
from tests.system.ledger import require_sound
from tests.system.test_crashes import Ward, ward

__all__ = ["ward"]  # a fixture
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.only_on("sqlite")]

OPERATIONS = 12
# What makes and redeems a link.
LINKED = OPENING_RECORDS + 2
# Points of the first operation, and seconds into the whole of them.
POINTS: list[Any] = [
    pytest.param("after the defer", marks=pytest.mark.soak),
    pytest.param("after the lock", marks=pytest.mark.soak),
    "before commit",
    pytest.param("after commit", marks=pytest.mark.soak),
    pytest.param("before the answer", marks=pytest.mark.soak),
    0.05,
    *(pytest.param(seconds, marks=pytest.mark.soak) for seconds in (0.01, 0.02, 0.1, 0.2)),
]


async def ask(ward: Ward, path: str, body: dict[str, Any], token: str = "") -> Any:
    """Send JSON to the process of this moment, and return what it answers."""
    url = f"http://127.0.0.1:{await port_of(ward.bot)}/api/v1/{path}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, json=body) as answer,
    ):
        assert answer.status < 300, await answer.text()
        return await answer.json()


def batch(ward: Ward) -> dict[str, Any]:
    """Describe a dozen takes of one bolt each, done at a device with the process's clock."""
    now = (datetime.now(UTC) + timedelta(seconds=ward.ahead_seconds)).isoformat()
    data = {"item": "BOLT-8", "quantity": "1", "from": "A1"}
    described = {"table": "stock_moves", "operation": "INSERT", "timestamp": now, "data": data}
    return {
        "protocol": 1,
        "schema_version": 1,
        "device_time": now,
        "operations": [{"id": str(uuid4()), "seq": seq, **described} for seq in range(OPERATIONS)],
    }


@pytest.mark.parametrize("point", POINTS)
async def test_a_sync_that_dies_is_repeated_and_converges(
    ward: Ward, point: str | float
) -> None:  # the fixture
    depot = await ward.depot()
    shown = await depot.clerk.slash("device link", name="Gun")
    link = re.search(r"#link=(\S+)", shown.text)
    assert link, shown.text
    token = (await ask(ward, "devices", {"link": link[1]}))["token"]
    sent = batch(ward)
    if isinstance(point, str):
        ward.die_at(point)
    syncing = asyncio.create_task(ask(ward, "sync", sent, token))
    if isinstance(point, str):
        await ward.death()
    else:
        await asyncio.sleep(point)  # anywhere in the middle is what it is about
        await ward.bot.kill()
    await asyncio.wait({syncing})
    if syncing.exception() is None:
        assert not isinstance(point, str), "it was answered before it died"
    await ward.rise()

    answers = [await ask(ward, "sync", sent, token) for _ in range(2)]
    statuses = [{each["status"] for each in answer["results"]} for answer in answers]
    assert statuses[0] <= {"applied", "duplicate"}
    assert statuses[1] == {"duplicate"}
    assert [each["record"] for each in answers[0]["results"]] == [
        LINKED + number for number in range(1, OPERATIONS + 1)
    ]
    assert await require_sound(depot.ledger, depot.guild.id) == LINKED + OPERATIONS
    ((level,),) = await depot.ledger.read(
        "SELECT quantity FROM stock_level AS level JOIN location ON location.id = location_id "
        f"AND location.guild_id = level.guild_id WHERE level.guild_id = {depot.guild.id} "
        "AND location.name = 'A1'"
    )
    assert level["quantity"] == (100 - OPERATIONS) * 1000

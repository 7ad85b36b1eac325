"""Shares: what one guild, one device or a stranger asks for takes nothing from others."""

import asyncio
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.domain.devices import Credential, make_code, make_secret
from bot.web.api.bodies import MAX_ARRIVING
from bot.web.api.limits import (
    DEVICE_UNDER_WAY,
    GUILD_UNDER_WAY,
    UNSEEN_BURST,
    ApiLimits,
)
from bot.web.api.problems import Refused
from bot.web.connections import MAX_CONNECTIONS
from tests.cogs.world import House
from tests.web.api.client import Api

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.only_on("sqlite")

HERE, ELSEWHERE = 7001, 7002
HALF_SENT = (
    b"POST /api/v1/devices HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b'Content-Length: 100\r\n\r\n{"link": "'
)


def test_the_devices_of_one_guild_leave_room_for_those_of_others() -> None:
    limits = ApiLimits()
    with ExitStack() as under_way:
        for number in range(GUILD_UNDER_WAY):
            under_way.enter_context(limits.entered((HERE, 100 + number // DEVICE_UNDER_WAY)))
        with pytest.raises(Refused, match="too_many_requests"):
            under_way.enter_context(limits.entered((HERE, 999)))
        under_way.enter_context(limits.entered((ELSEWHERE, 100)))
    with limits.entered((HERE, 999)):
        pass
    assert MAX_CONNECTIONS >= 5 * GUILD_UNDER_WAY


async def test_links_that_are_tried_without_end_keep_no_one_from_linking(api: Api) -> None:
    stranger = api.holding("")
    for number in range(1, 80):
        link = Credential(number, 100, make_code()).write()
        said = await stranger.post("devices", {"link": link})
        assert said.code == "link_unknown"
    await api.linked_for(api.house.colleague)


@asynccontextmanager
async def half_sent(api: Api) -> "AsyncIterator[asyncio.StreamReader]":
    """Send a link whose end never comes."""
    host, port = api.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(HALF_SENT)
    try:
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()


async def test_links_that_are_sent_slowly_make_room_for_others(api: Api) -> None:
    async with AsyncExitStack() as sending:
        readers = [
            await sending.enter_async_context(half_sent(api)) for _ in range(MAX_ARRIVING + 1)
        ]
        reads = [asyncio.ensure_future(each.readline()) for each in readers]
        (given_up,), others = await asyncio.wait(
            reads, timeout=5, return_when=asyncio.FIRST_COMPLETED
        )
        assert given_up.result().startswith(b"HTTP/1.1 408 ")
        await api.linked_for(api.house.colleague)
        for read in others:
            read.cancel()


@pytest_asyncio.fixture
async def small_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let five unseen tokens of a guild in at once, and then hardly any."""
    monkeypatch.setattr("bot.web.api.limits.UNSEEN_BURST", 5.0)
    monkeypatch.setattr("bot.web.api.limits.UNSEEN_PER_SECOND", 0.001)


@pytest.mark.usefixtures("small_share")
async def test_made_up_tokens_use_up_a_share_that_known_devices_do_not_need(
    api: Api, house: House
) -> None:
    other = await api.linked_for(house.colleague)
    forged = [
        api.holding(Credential(house.guild.id, 100 + number, make_secret()).write())
        for number in range(6)
    ]
    codes = [(await each.ask("GET", "me")).code for each in forged]
    assert codes == ["token_unknown"] * 3 + ["too_many_requests"] * 3
    for known in (api, other):
        assert (await known.ask("GET", "me")).status == 200
    elsewhere = api.holding(Credential(ELSEWHERE, 100, make_secret()).write())
    assert (await elsewhere.ask("GET", "me")).code == "token_unknown"
    assert UNSEEN_BURST > 100


@pytest.mark.usefixtures("small_share")
async def test_a_token_that_was_revoked_costs_of_the_share_from_then_on(api: Api) -> None:
    assert (await api.ask("DELETE", "device")).status == 204
    codes = [(await api.ask("GET", "me")).code for _ in range(6)]
    assert codes == ["device_revoked"] * 5 + ["too_many_requests"]

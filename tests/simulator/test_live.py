import asyncio
import time
from typing import Any

import aiohttp
import pytest

from tests.simulator.fixtures import LOOKING, Desk, Json, read_frame

pytestmark = LOOKING

WITHIN_SECONDS = 0.3


async def next_frame(socket: aiohttp.ClientWebSocketResponse) -> Json:
    async with asyncio.timeout(2):
        return read_frame(await socket.receive_str())


async def settle(socket: aiohttp.ClientWebSocketResponse, key: str) -> Any:
    while key not in (frame := await next_frame(socket)):
        pass
    return frame[key]


async def test_the_first_frame_is_what_the_member_sees(desk: Desk) -> None:
    desk.puppet.post(desk.channel("warehouse"), content="for all")
    desk.puppet.post(desk.channel("audit"), content="for some")
    seen = {}
    for name in ("Olga", "Ada", "Nico"):
        frame = await next_frame(await desk.watch(name))
        channels = [it["name"] for it in frame["channels"]]
        seen[name] = (channels, [it["content"] for it in frame["messages"]])
        assert ("manage" in {it["name"] for it in frame["commands"]}) is (name == "Olga")
    assert seen == {
        "Olga": (["warehouse", "approvals", "audit"], ["for all", "for some"]),
        "Ada": (["warehouse", "approvals", "audit"], ["for all", "for some"]),
        "Nico": (["warehouse"], ["for all"]),
    }


async def test_a_change_is_there_at_once_for_everybody_else(desk: Desk) -> None:
    eli, mia = await desk.watch("Eli"), await desk.watch("Mia")
    await next_frame(eli)
    await next_frame(mia)
    began = time.monotonic()
    await desk.act("say", "Eli", text="hello Mia")
    (said,) = await settle(mia, "messages")
    assert said["content"] == "hello Mia"
    message = desk.puppet.post(desk.channel("warehouse"), content="before")
    await settle(mia, "messages")
    desk.puppet.edit(message, content="after")
    (edited,) = await settle(mia, "messages")
    assert (edited["content"], edited["id"]) == ("after", str(message.id))
    message.is_deleted = True
    desk.channel("warehouse").pulse.beat()
    assert await settle(mia, "gone") == [str(message.id)]
    assert time.monotonic() - began < 4 * WITHIN_SECONDS


async def test_two_people_act_at_the_same_moment(desk: Desk) -> None:
    eli, mia = await desk.watch("Eli"), await desk.watch("Mia")
    await next_frame(eli)
    await next_frame(mia)
    await asyncio.gather(
        *(
            desk.act("say", name, text=f"{name} {turn}")
            for turn in range(5)
            for name in ("Eli", "Mia")
        )
    )
    for socket in (eli, mia):
        seen: list[str] = []
        while len(seen) < 10:
            seen += [it["content"] for it in await settle(socket, "messages")]
        assert len(set(seen)) == 10


async def test_unread_marks_follow_reading(desk: Desk) -> None:
    ada = await desk.watch("Ada")
    await next_frame(ada)
    audit = desk.channel("audit")
    message = desk.puppet.post(audit, content=f"<@{desk.member('Ada').user.id}> look")
    marks = {it["name"]: (it["unread"], it["pings"]) for it in await settle(ada, "channels")}
    assert marks == {"warehouse": (0, 0), "approvals": (0, 0), "audit": (1, 1)}
    await desk.act("read", "Ada", "audit", message=str(message.id))
    marks = {it["name"]: (it["unread"], it["pings"]) for it in await settle(ada, "channels")}
    assert marks["audit"] == (0, 0)


async def test_new_channels_roles_and_direct_messages_appear(desk: Desk) -> None:
    eli = await desk.watch("Eli")
    await next_frame(eli)
    desk.guild.add_channel("returns")
    assert [it["name"] for it in await settle(eli, "channels")] == ["warehouse", "returns"]
    desk.guild.add_role("Night shift")
    assert "Night shift" in {it["name"] for it in (await settle(eli, "guild"))["roles"]}
    desk.puppet.post(desk.discord.world.direct_channel(desk.member("Eli").user), content="psst")
    direct = (await settle(eli, "channels"))[-1]
    assert (direct["direct"], direct["name"], direct["pings"]) == (True, "Tallyman", 1)


@pytest.mark.parametrize("asked", ["", "?as=0", "?as=nobody", "?as=bot"])
async def test_the_owner_acts_unless_another_user_is_named(desk: Desk, asked: str) -> None:
    asked = asked.replace("bot", str(desk.discord.world.bot.id))
    socket = await desk.client.ws_connect(f"{desk.page.address}live{asked}", origin=desk.origin)
    assert (await next_frame(socket))["me"] == str(desk.member("Olga").user.id)


async def test_a_page_that_falls_behind_starts_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.page.viewer.MAX_WAITING", 2)
    socket = await desk.watch("Eli")
    await next_frame(socket)
    (viewer,) = desk.stage.viewers
    for number in range(4):
        desk.puppet.post(desk.channel("warehouse"), content=f"{number}")
        viewer.update()
    async with asyncio.timeout(2):
        while (await socket.receive()).type is not aiohttp.WSMsgType.CLOSE:
            pass
    frame = await next_frame(await desk.watch("Eli"))
    assert [it["content"] for it in frame["messages"]] == ["0", "1", "2", "3"]

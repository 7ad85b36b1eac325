import aiohttp
import pytest
from yarl import URL

from tests.simulator.fixtures import LOOKING, Desk

pytestmark = LOOKING


async def test_the_page_forbids_all_that_is_not_its_own(desk: Desk) -> None:
    async with desk.client.get(desk.page.address) as response:
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    assert response.status == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("path", ["", "static/main.js", "live", "nowhere"])
async def test_without_the_token_there_is_nothing(desk: Desk, path: str) -> None:
    for address in (f"{desk.origin}/{path}", f"{desk.origin}/wrong/{path}"):
        async with desk.client.get(address) as response:
            assert response.status == 403
            assert "Content-Security-Policy" in response.headers


async def test_a_foreign_name_for_this_computer_is_refused(desk: Desk) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1:1", "127.0.0.1"):
        async with desk.client.get(desk.page.address, headers={"Host": host}) as response:
            assert response.status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", None])
async def test_another_site_can_change_nothing(desk: Desk, origin: str | None) -> None:
    body = {
        "as": str(desk.member("Eli").user.id),
        "channel": str(desk.channel("warehouse").id),
        "text": "forged",
    }
    headers = {"Origin": origin} if origin else {}
    async with desk.client.post(
        f"{desk.page.address}do/say", json=body, headers=headers
    ) as response:
        assert response.status == 403
    assert desk.channel("warehouse").messages == []


async def test_another_site_can_read_nothing(desk: Desk) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        async with desk.client.get(desk.page.address, headers=headers) as response:
            assert response.status == 403
    for origin in ("http://evil.example", None):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await desk.client.ws_connect(f"{desk.page.address}live", origin=origin)
        assert refusal.value.status == 403


async def test_a_link_to_the_page_may_be_followed_from_anywhere(desk: Desk) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    async with desk.client.get(desk.page.address, headers=headers) as response:
        assert response.status == 200
    headers["Sec-Fetch-Dest"] = "iframe"
    async with desk.client.get(desk.page.address, headers=headers) as response:
        assert response.status == 403


async def test_a_form_of_another_site_is_not_json(desk: Desk) -> None:
    async with desk.client.post(
        f"{desk.page.address}do/say",
        data="{}",
        headers={"Origin": desk.origin, "Content-Type": "text/plain"},
    ) as response:
        assert response.status == 403


async def test_only_the_pages_own_files_are_served(desk: Desk) -> None:
    for path in ("../server.py", "%2e%2e/server.py", "..%2f..%2fpresets.py", "shell", "none.css"):
        address = URL(f"{desk.page.address}static/{path}", encoded=True)
        async with desk.client.get(address) as response:
            assert response.status in {403, 404}


async def test_an_attachment_is_a_download_whatever_it_is_called(desk: Desk) -> None:
    page = b"<script>alert(1)</script>"
    message = desk.puppet.post(desk.channel("audit"), files={"x.png": page})
    tail = f"{message.id}/{message.files[0].id}/x.png"
    address = f"{desk.page.address}files/{desk.member('Ada').user.id}/{tail}"
    async with desk.client.get(address) as response:
        assert await response.read() == page
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment"
    # Eli does not see the channel, so there is no file for him either.
    address = f"{desk.page.address}files/{desk.member('Eli').user.id}/{tail}"
    async with desk.client.get(address) as response:
        assert response.status == 404


async def test_what_cannot_be_understood_is_refused(desk: Desk) -> None:
    headers = {"Origin": desk.origin, "Content-Type": "application/json"}
    for body in ("", "[]", "{}", '{"as": "x", "channel": 1}', "nonsense"):
        async with desk.client.post(
            f"{desk.page.address}do/slash", data=body, headers=headers
        ) as response:
            assert response.status == 400
    assert (await desk.act("say", "Tallyman", text="I am the bot"))["status"] == 422

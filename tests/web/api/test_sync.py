"""What a device sends and is answered, over the real server."""

import asyncio
import contextlib
import gzip
import io
import sqlite3
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from loguru import logger
from sqlalchemy.engine import make_url

from bot.web.api import answers
from bot.web.api.bodies import MAX_BODY_BYTES
from bot.web.api.limits import LINK_BURST
from bot.web.api.models import SyncAnswer
from tests.web.api.client import Api

if TYPE_CHECKING:
    from loguru import Message, Record

pytestmark = pytest.mark.only_on("sqlite")


async def test_what_was_done_is_booked_and_what_changed_is_told(api: Api) -> None:
    first = await api.sync(pull_limit=5000)
    assert first.status == 200
    SyncAnswer.model_validate(first.body)
    assert first.body["reset"]
    assert {change["table"] for change in first.body["changes"]} >= {"items", "stock_levels"}
    take = api.take("2")
    said = await api.sync(take, cursor=first.body["cursor"])
    answer = SyncAnswer.model_validate(said.body)
    assert answer.changes_applied == [take["id"]]
    assert [(each.id, each.status) for each in answer.results] == [(take["id"], "applied")]
    (level,) = answer.changes
    assert level.table == "stock_levels"
    assert level.data is not None
    assert level.data["quantity"] == "8"
    assert not answer.has_more
    assert await api.house.level("BOLT-8", "Shelf A1") == 8


@pytest.mark.both_engines
async def test_what_is_sent_again_is_done_once(api: Api) -> None:
    take = api.take("2")
    first = await api.sync(take)
    again = await asyncio.gather(api.sync(take), api.sync(take))
    (applied,) = first.body["results"]
    for said in again:
        (result,) = said.body["results"]
        assert result == {**applied, "status": "duplicate"}
        assert said.body["changes_applied"] == []
    assert await api.house.level("BOLT-8", "Shelf A1") == 8


async def test_a_refused_operation_is_an_answer_in_plain_words(api: Api) -> None:
    await api.sync()
    async with api.house.world.unchanged():
        said = await api.sync(api.take("200"))
    assert said.status == 200
    answer = SyncAnswer.model_validate(said.body)
    assert [(each.status, each.reason) for each in answer.results] == [
        ("rejected", "insufficient_stock")
    ]
    (conflict,) = answer.conflicts
    assert conflict.message.startswith("Shelf A1 holds 10 pcs of BOLT-8")


NONSENSE: list[dict[str, Any]] = [
    {},
    {"item": "BOLT-8"},
    {"item": "\x00", "quantity": "1", "from": "Shelf A1"},
    {"item": 2**63, "quantity": 1, "from": "Shelf A1"},
    {"item": "BOLT-8", "quantity": 1e300, "from": "Shelf A1"},
    {"item": ["BOLT-8"], "quantity": {"a": 1}, "from": None},
    {"item": "BOLT-8", "quantity": "1", "from": "\udc00".encode("utf-8", "replace").decode()},
    {"item": "x" * 100_000, "quantity": "9" * 5_000, "from": "Shelf A1"},
]


async def test_data_that_makes_no_sense_holds_nothing_else_up(api: Api) -> None:
    sent = [api.take(seq=number, data=data) for number, data in enumerate(NONSENSE)]
    said = await api.sync(*sent, api.take("1", seq=99))
    statuses = [each["status"] for each in said.body["results"]]
    assert statuses == ["rejected"] * len(NONSENSE) + ["applied"]


async def test_while_discord_is_away_floor_work_of_known_people_goes_on(api: Api) -> None:
    house = api.house
    house.world.app._members._answers.clear()
    house.world.break_route("GET", "/guilds/*", status=500)
    house.world.clock.advance(hours=23)
    item = api.take(table="items", data={"sku": "NUT-8", "name": "Nut"}, seq=2)
    said = await api.sync(api.take("2"), item, cursor="r.1.0123456789abcdef")
    answer = SyncAnswer.model_validate(said.body)
    done, not_done = answer.results
    assert (done.status, not_done.status == "applied") == ("applied", False)
    # Nothing is looked up, and the device asks on from where it was.
    assert (answer.changes, answer.cursor) == ([], "r.1.0123456789abcdef")

    house.world.clock.advance(hours=2)
    async with house.world.unchanged():
        assert (await api.sync(api.take("2"))).code == "discord_unavailable"


BODIES: list[tuple[dict[str, Any], int, str]] = [
    ({"data": b"{"}, 400, "malformed_json"),
    ({"data": b'{"operations": [' + b"[" * 5000}, 400, "malformed_json"),
    ({"data": b"\xff"}, 400, "malformed_json"),
    ({"data": b'{"protocol": NaN}'}, 400, "malformed_json"),
    ({"data": b"[]"}, 422, "invalid_request"),
    ({"data": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, "not_json"),
    ({"data": b"{}", "headers": {"Content-Encoding": "gzip"}}, 415, "not_json"),
    ({"data": b" " * (MAX_BODY_BYTES + 1)}, 413, "body_too_large"),
]


async def test_a_body_that_is_none_is_refused(api: Api) -> None:
    for sent, status, code in BODIES:
        headers = {"Content-Type": "application/json", **sent.get("headers", {})}
        said = await api.ask("POST", "sync", data=io.BytesIO(sent["data"]), headers=headers)
        assert (said.status, said.code) == (status, code), sent


async def test_a_chunked_body_has_an_end_as_well(api: Api) -> None:
    async def long() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    headers = {"Content-Type": "application/json"}
    said = await api.ask("POST", "sync", data=long(), headers=headers)
    assert (said.status, said.code) == (413, "body_too_large")


async def test_a_slow_body_is_cut_off(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.api.bodies.BODY_SECONDS", 0.05)
    host, port = api.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /api/v1/sync HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"too_slow"' in answer
    writer.close()
    await writer.wait_closed()


SHAPES: list[tuple[dict[str, Any], str]] = [
    ({"device_time": "0001-01-01T00:00:00Z"}, "device_time"),
    ({"device_time": "9999-12-31T23:59:59Z"}, "device_time"),
    ({"device_time": "2026-01-05T08:00:00"}, "device_time"),
    ({"pull_limit": 0}, "pull_limit"),
    ({"cursor": "x" * 2_101}, "cursor"),
    ({"operations": [{}]}, "operations.0.id"),
    ({"operations": [{}] * 201}, "operations"),
]


async def test_a_request_of_another_shape_says_where(api: Api) -> None:
    for more, field in SHAPES:
        said = await api.sync(**more)
        assert (said.status, said.code) == (422, "invalid_request"), more
        assert field in [each["field"] for each in said.body["errors"]]


async def test_another_protocol_is_told_apart(api: Api) -> None:
    for more in ({"protocol": 2}, {"schema_version": 99}):
        said = await api.sync(**more)
        assert (said.status, said.code) == (400, "unknown_protocol")


@pytest.fixture
def few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let five requests in at once, and then hardly any."""
    monkeypatch.setattr("bot.web.api.limits.DEVICE_BURST", 5.0)
    monkeypatch.setattr("bot.web.api.limits.DEVICE_PER_SECOND", 0.001)


@pytest.mark.usefixtures("few_requests")
async def test_who_asks_too_often_is_told_when_to_come_back(api: Api) -> None:
    other = await api.linked_for(api.house.colleague)
    statuses = [(await api.ask("GET", "me")).status for _ in range(5)]
    assert statuses == [200] * 5
    refused = await api.sync(api.take())
    assert (refused.status, refused.code) == (429, "too_many_requests")
    assert int(refused.headers["retry-after"]) >= 1
    assert (await other.ask("GET", "me")).status == 200


async def test_a_link_is_not_tried_without_end(api: Api) -> None:
    link = f"{api.token.rpartition('.')[0]}.{'x' * 22}"
    codes = [(await api.post("devices", {"link": link})).code for _ in range(int(LINK_BURST) + 2)]
    assert codes[0] == "link_unknown"
    assert codes[-1] == "too_many_requests"


async def test_no_answer_can_be_read_by_another_site_or_kept(api: Api) -> None:
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    seen = [
        await api.sync(),
        await api.ask("GET", "none"),
        await api.ask("OPTIONS", "sync", headers=origin),
        await api.holding("").ask("GET", "me", headers=origin),
    ]
    assert [said.status for said in seen] == [200, 404, 405, 401]
    for said in seen:
        assert not [name for name in said.headers if name.startswith("access-control")]
        assert said.headers["cache-control"] == "no-store"
        assert said.headers["x-content-type-options"] == "nosniff"
        assert said.headers["referrer-policy"] == "no-referrer"
        assert said.headers["content-security-policy"].startswith("default-src 'none'")
        assert "strict-transport-security" not in said.headers
        assert "server" not in said.headers


async def test_a_large_answer_is_compressed_for_who_takes_it(api: Api) -> None:
    packed = await api.ask("GET", "openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    bare = await api.ask("GET", "openapi.json", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in bare.headers
    assert packed.body == bare.body
    assert len(gzip.compress(orjson.dumps(bare.body))) > answers._WORTH_BYTES


async def test_the_token_is_taken_from_its_header_alone(api: Api) -> None:
    bare = api.holding("")
    for path in (f"me?access_token={api.token}", f"me?token={api.token}"):
        assert (await bare.ask("GET", path)).code == "token_missing"
    cookie = {"Cookie": f"token={api.token}"}
    assert (await bare.ask("GET", "me", headers=cookie)).code == "token_missing"


async def test_what_is_no_operation_is_rejected_alone(api: Api) -> None:
    cursor = (await api.sync()).body["cursor"]
    take = api.take("2", seq=9)
    broken = [
        {**api.take(), "timestamp": "2026-01-05T08:00:00"},
        {**api.take(), "table": "suppliers"},
        {**api.take(), "data": None},
        {"id": "7"},
    ]
    said = await api.sync(*broken, take, cursor=cursor)
    assert said.status == 200
    results = {each["id"]: (each["status"], each["reason"]) for each in said.body["results"]}
    assert results == {
        **{each["id"]: ("rejected", "invalid_data") for each in broken},
        take["id"]: ("applied", ""),
    }
    told = {each["operation_id"]: each["message"] for each in said.body["conflicts"]}
    assert told.keys() == {each["id"] for each in broken}
    assert all(told.values())
    assert await api.house.level("BOLT-8", "Shelf A1") == 8
    nameless = await api.sync({"seq": 1})
    assert (nameless.status, nameless.code) == (422, "invalid_request")


async def test_an_id_is_the_same_in_large_letters_and_answered_as_it_was_sent(api: Api) -> None:
    take = api.take("2")
    large = {**take, "id": take["id"].upper()}
    first, again = await api.sync(large), await api.sync(take)
    assert first.body["changes_applied"] == [large["id"]]
    assert [(each["id"], each["status"]) for each in again.body["results"]] == [
        (take["id"], "duplicate")
    ]


async def test_a_quantity_is_read_as_people_type_it(api: Api) -> None:
    typed = ("\uff11", "3 pcs", "1,000", "2 box")
    takes = [api.take(each, seq=number) for number, each in enumerate(typed)]
    said = await api.sync(*takes)
    assert [each["reason"] for each in said.body["results"]] == [
        "",
        "",
        "ambiguous_quantity",
        "wrong_unit",
    ]
    assert await api.house.level("BOLT-8", "Shelf A1") == 6


# As a trigger that someone added by hand: the level that a move leads to is not written.
SWALLOWED = """CREATE TRIGGER swallow BEFORE UPDATE ON stock_level
BEGIN SELECT RAISE(IGNORE); END"""


async def test_what_broken_books_do_not_take_is_held_and_logged_under_a_reference(api: Api) -> None:
    world, records = api.house.world, list["Record"]()

    def keep(message: "Message") -> None:
        records.append(message.record)

    with contextlib.closing(sqlite3.connect(str(make_url(world.url).database))) as file:
        file.execute(SWALLOWED)
    sink = logger.add(keep, level="ERROR")
    async with world.unchanged():
        said = await api.sync(api.take("2", seq=1), api.take("1", seq=2))
    logger.remove(sink)
    held = [(each["status"], each["reason"]) for each in said.body["results"]]
    assert held == [("held", "broken_books")] * 2
    (record,) = records
    assert record["exception"] is not None
    assert record["extra"]["guild"] == api.house.guild.id
    assert record["extra"]["reference"]

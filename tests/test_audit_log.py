"""AUDIT_LOG tells of every run once, in a file that rotates, fills up and fails by itself."""

import asyncio
import json
import os
import resource
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from loguru import logger
from sqlalchemy.exc import DBAPIError

from bot.audit_log import AuditLog
from bot.audit_log_lines import line_of
from bot.database import service, transactions
from bot.database.outcomes import Outcome
from bot.database.unit import UnitOfWork
from bot.domain.actors import Actor
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import InsufficientStock
from bot.errors import AlreadyExists, KeyReused, NotAllowed
from bot.services.items import AddItem, add_item
from bot.services.stock import TakeStock, take_stock
from tests.database.books import GUILD, Warehouse, recorded, require_sound_books
from tests.database.clock import Clock

Lines = Callable[[], list[dict[str, Any]]]


@pytest_asyncio.fixture
async def lines(warehouse: Warehouse, tmp_path: Path) -> AsyncIterator[Lines]:
    """Close the log and read what it holds of everything after the warehouse was opened."""
    log = AuditLog(tmp_path / "audit.jsonl")
    log.open()
    warehouse.db.on_outcome.append(log.note)

    def read() -> list[dict[str, Any]]:
        log.close()
        written = (tmp_path / "audit.jsonl").read_text().splitlines()
        return [json.loads(line) for line in written]

    yield read
    log.close()


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    found: list[str] = []
    sink = logger.add(lambda message: found.append(message.record["message"]), level="WARNING")
    yield found
    logger.remove(sink)


def outcome(**changes: Any) -> Outcome:
    given: dict[str, Any] = {
        "at": Clock().now,
        "actor": Actor(guild_id=2**60, user_id=2**61),
        "key": "k",
        "operation": "take_stock",
        "request": b"{}",
        "kind": "committed",
        "record": 3,
        "seconds": 0.0123,
    }
    return Outcome(**given | changes)


async def test_a_commit_is_a_line_with_everything(warehouse: Warehouse, lines: Lines) -> None:
    request = AddItem(sku="BOLT-8", name="Bolt", reorder_point=TypedQuantity(Decimal(2)))
    done = await warehouse.run(add_item, request, warehouse.admin, "key-1")
    (line,) = lines()
    assert line.pop("duration_ms") > 0
    assert line == {
        "time": "2026-01-05T08:00:00.000+00:00",
        "guild": str(GUILD),
        "record": done.record,
        "actor": str(warehouse.admin.user_id),
        "source": "discord",
        "operation_id": "key-1",
        "operation": "item.add",
        "parameters": json.loads(add_item.dump(request)),
        "outcome": "committed",
    }


async def test_refusals_and_defects_are_lines_without_a_record(
    warehouse: Warehouse, lines: Lines
) -> None:
    item, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(item, 2, shelf)
    take = TakeStock(item="BOLT-8", quantity=Decimal(9), location="A1")

    async def defect(_uow: UnitOfWork) -> None:
        raise ZeroDivisionError

    async def broken(uow: UnitOfWork) -> None:
        await uow.scope.connection.exec_driver_sql("SELEKT 1")

    with pytest.raises(InsufficientStock):
        await warehouse.run(take_stock, take)
    with pytest.raises(NotAllowed):
        await warehouse.run(take_stock, take, warehouse.stranger)
    with pytest.raises(AlreadyExists):
        await warehouse.add_item()
    with pytest.raises(ZeroDivisionError):
        await warehouse.run(recorded(defect), None, warehouse.owner)
    with pytest.raises(DBAPIError):
        await warehouse.run(recorded(broken), None, warehouse.owner)
    assert [(line["outcome"], line["record"]) for line in lines()] == [
        ("committed", 2),
        ("committed", 3),
        ("committed", 4),
        ("InsufficientStock", None),
        ("NotAllowed", None),
        ("ItemExists", None),
        ("failed", None),
        ("failed", None),
    ]


async def test_a_key_that_comes_again_is_committed_once(warehouse: Warehouse, lines: Lines) -> None:
    request = AddItem(sku="A", name="A")
    runs = (warehouse.run(add_item, request, warehouse.admin, "twice") for _ in range(4))
    await asyncio.gather(*runs)
    with pytest.raises(KeyReused):
        await warehouse.run(add_item, AddItem(sku="B", name="B"), warehouse.admin, "twice")
    found = sorted((line["outcome"], line["record"] or 0) for line in lines())
    assert found == [("KeyReused", 0), ("committed", 2), *[("replayed", 2)] * 3]


async def test_a_commit_whose_answer_was_lost_is_still_one_line(
    warehouse: Warehouse, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    transaction = transactions.transaction
    lost: list[bool] = []

    def losing(engine: Any) -> Any:
        opened = transaction(engine)
        leave = opened.__aexit__

        async def leave_and_lose(*error: Any) -> Any:
            result = await leave(*error)
            if engine is warehouse.db._engines.write and not lost and error[0] is None:
                lost.append(True)
                raise ConnectionResetError
            return result

        return _Losing(opened, leave_and_lose)

    monkeypatch.setattr(service, "transaction", losing)
    await warehouse.run(add_item, AddItem(sku="A", name="A"), warehouse.admin)
    assert lost
    assert [(line["outcome"], line["record"]) for line in lines()] == [("committed", 2)]
    assert await require_sound_books(warehouse.db) == 2


@dataclass
class _Losing:
    """A transaction whose commit succeeds and whose answer does not come."""

    opened: Any
    leave: Any

    async def __aenter__(self) -> Any:
        return await self.opened.__aenter__()

    async def __aexit__(self, *error: object) -> Any:
        return await self.leave(*error)


def test_contact_data_is_masked_and_large_numbers_are_text() -> None:
    request = {
        "name": "Acme",
        "email": "jane@example.com",
        "contact": {"phone": "+49 171 2345678", "tax_id": "DE123456789"},
        "note": "ask bob.b@mail.example.org or jane@example.com",
        "member": 2**60,
    }
    line = json.loads(line_of(outcome(request=json.dumps(request).encode())))
    assert (line["guild"], line["actor"]) == (str(2**60), str(2**61))
    assert line["parameters"] == {
        "name": "Acme",
        "email": "j***@e***.com",
        "contact": {"phone": "***78", "tax_id": "***89"},
        "note": "ask b***@m***.org or j***@e***.com",
        "member": str(2**60),
    }
    assert line["duration_ms"] == 12.3


def test_the_file_is_its_owners_alone_and_grows(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    for key in ("1", "2"):
        log = AuditLog(path)
        log.open()
        log.note(outcome(key=key))
        log.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [json.loads(line)["operation_id"] for line in path.read_text().splitlines()] == [
        "1",
        "2",
    ]


def test_a_file_is_named_by_its_hash_and_its_content_left_out() -> None:
    file = {"name": "bill.pdf", "content": "QUJD" * 1_000_000, "content_hash": "ab12"}
    request = {"number": "7", "file": file, "lines": [{"content": "typed"}]}
    line = line_of(outcome(request=json.dumps(request).encode()))
    assert len(line) < 1_000
    assert json.loads(line)["parameters"] == {
        "number": "7",
        "file": {"name": "bill.pdf", "content_hash": "ab12"},
        "lines": [{"content": "typed"}],
    }


def write(log: AuditLog, *keys: str) -> bool:
    """Write lines as the log's own thread does; returns whether all are in the file."""
    log._unwritten += b"".join(line_of(outcome(key=key)) for key in keys)
    return log._write_unwritten()


def keys_in(path: Path) -> list[str]:
    return [json.loads(line)["operation_id"] for line in path.read_text().splitlines()]


def test_a_file_that_was_renamed_or_removed_is_opened_again(tmp_path: Path) -> None:
    path, old = tmp_path / "audit.jsonl", tmp_path / "audit.jsonl.1"
    log = AuditLog(path)
    log._reopen()
    assert write(log, "first")
    path.rename(old)
    assert write(log, "second")
    assert (keys_in(old), keys_in(path)) == (["first"], ["second"])
    path.unlink()
    assert write(log, "third")
    os.close(log._file)
    assert keys_in(path) == ["third"]


@pytest.mark.parametrize("is_renamed", [False, True])
def test_a_full_disk_is_said_once_and_every_line_is_whole_and_there_once_it_has_room(
    tmp_path: Path,
    warnings: list[str],
    is_renamed: bool,  # noqa: FBT001 - the other half of the claim
) -> None:
    path, old = tmp_path / "audit.jsonl", tmp_path / "audit.jsonl.1"
    log = AuditLog(path)
    size = len(line_of(outcome(key="0")))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    log._reopen()
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
    try:
        for key in ("0", "1", "2"):
            assert not write(log, key) or key == "0"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.stat().st_size == size + 10
    if is_renamed:
        path.rename(old)
    assert write(log, "3")
    os.close(log._file)
    assert len(warnings) == 1
    assert "AUDIT_LOG waits until it can be written again" in warnings[0]
    assert keys_in(path) == (["1", "2", "3"] if is_renamed else ["0", "1", "2", "3"])


def test_a_place_that_cannot_be_written_is_found_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        AuditLog(tmp_path / "missing" / "audit.jsonl").open()

"""What a crash left out of AUDIT_LOG is in it after the next start, and nothing is there twice."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.audit_log import AuditLog
from bot.services.items import AddItem, add_item
from tests.database.books import OTHER_GUILD, Warehouse
from tests.database.clock import Clock


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def add(warehouse: Warehouse, key: str) -> int:
    done = await warehouse.run(add_item, AddItem(sku=key, name="Bolt"), warehouse.admin, key)
    return done.record


async def add_logged(warehouse: Warehouse, path: Path, *keys: str) -> None:
    """Add items while the log is open."""
    log = AuditLog(path)
    log.open()
    warehouse.db.on_outcome.append(log.note)
    for key in keys:
        await add(warehouse, key)
    warehouse.db.on_outcome.remove(log.note)
    log.close()


async def start_again(warehouse: Warehouse, path: Path) -> None:
    """Open the log as a start does."""
    log = AuditLog(path)
    log.open()
    await log.catch_up(warehouse.db)
    log.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


async def test_records_whose_lines_were_lost_are_written_at_the_start(
    warehouse: Warehouse, clock: Clock, path: Path
) -> None:
    await add(warehouse, "long before")
    clock.advance(minutes=10)
    await add_logged(warehouse, path, "first", "second")
    other = await Warehouse.open(warehouse.db, OTHER_GUILD)
    clock.advance(seconds=1)
    record = await add(warehouse, "lost")
    other_record = await add(other, "lost")
    for _ in range(2):
        await start_again(warehouse, path)
    lines = read(path)
    assert [line["operation_id"] for line in lines[:2]] == ["first", "second"]
    lost = [line for line in lines if line["operation_id"] == "lost"]
    assert sorted((line["guild"], line["record"]) for line in lost) == sorted(
        [(str(warehouse.guild_id), record), (str(OTHER_GUILD), other_record)]
    )
    told = [(line["guild"], line["record"]) for line in lines]
    assert len(told) == len(set(told))
    assert (str(OTHER_GUILD), 1) in told, "the books that were opened"
    assert all(line["operation_id"] != "long before" for line in lines)
    line = next(each for each in lost if each["guild"] == str(warehouse.guild_id))
    assert line == {
        "time": clock.now.isoformat(timespec="milliseconds"),
        "guild": str(warehouse.guild_id),
        "record": record,
        "actor": str(warehouse.admin.user_id),
        "source": "discord",
        "operation_id": "lost",
        "operation": "item.add",
        "parameters": None,
        "outcome": "committed",
        "duration_ms": None,
        "is_caught_up": True,
    }


async def test_the_first_record_of_all_is_not_lost_with_an_empty_file(
    warehouse: Warehouse, clock: Clock, path: Path
) -> None:
    await add(warehouse, "before")
    clock.advance(seconds=1)
    await add_logged(warehouse, path)
    os.utime(path, (clock.now.timestamp(), clock.now.timestamp()))
    clock.advance(seconds=1)
    await add(warehouse, "lost")
    await start_again(warehouse, path)
    assert [line["operation_id"] for line in read(path)] == ["lost"]


async def test_a_new_file_begins_with_what_comes(warehouse: Warehouse, path: Path) -> None:
    await add(warehouse, "before")
    await start_again(warehouse, path)
    assert read(path) == []


@pytest.mark.parametrize("left", [1, 40])
async def test_a_line_that_was_cut_off_is_written_whole_behind_it(
    warehouse: Warehouse, clock: Clock, path: Path, left: int
) -> None:
    clock.advance(minutes=10)
    await add_logged(warehouse, path, "first", "second")
    first, last = cut_off(path, left)
    await start_again(warehouse, path)
    lines = lines_of(path)
    assert lines[:2] == [first, last[:left]]
    assert [json.loads(line)["operation_id"] for line in lines[2:]] == ["second"]


async def test_a_line_that_lacks_its_end_alone_is_not_written_again(
    warehouse: Warehouse, clock: Clock, path: Path
) -> None:
    clock.advance(minutes=10)
    await add_logged(warehouse, path, "first", "second")
    whole = cut_off(path, None)
    await start_again(warehouse, path)
    assert lines_of(path) == whole


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines()


def cut_off(path: Path, left: int | None) -> list[str]:
    """Leave so much of the last line, without its end; returns what the file held."""
    whole = lines_of(path)
    path.write_text("\n".join([*whole[:-1], whole[-1][:left]]))
    return whole


async def test_more_than_a_page_is_caught_up(
    warehouse: Warehouse, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.database.delivery.recent_records._PAGE", 2)
    await add_logged(warehouse, path, "first")
    for number in range(5):
        await add(warehouse, f"lost {number}")
    await start_again(warehouse, path)
    lost = [line["operation_id"] for line in read(path) if line["operation_id"] != "first"]
    assert lost[-5:] == [f"lost {number}" for number in range(5)]

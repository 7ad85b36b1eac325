"""Each operation counts once: sent twice, too late, at once, or in the place of another."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.database.models import AuditEvent, Receipt, SyncOperation
from bot.domain.sync import RETENTION
from tests.database.books import Warehouse, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.database.heads import heads
from tests.services.sync.scanner import Scanner


@pytest.mark.both_engines
async def test_what_is_sent_many_times_at_once_is_done_once(
    warehouse: Warehouse, clock: Clock
) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(bolt, 5, shelf)
    one, two = (Scanner(warehouse.db, warehouse.employee, device_id=n) for n in (1, 2))
    taken = one.did("stock_moves", {"item": bolt.id, "quantity": 5, "from": "A1"}, clock())
    results = await asyncio.gather(*(each.send_one(taken) for each in (one, two) * 4))
    assert sorted(each.status for each in results) == ["applied"] + ["duplicate"] * 7
    assert len({each.record for each in results}) == 1
    assert await warehouse.level(bolt, shelf) == 0
    await require_sound_books(warehouse.db)


async def test_of_many_corrections_one_counts_however_late_the_others_arrive(
    warehouse: Warehouse, clock: Clock
) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(bolt, 5, shelf)
    scanner = Scanner(warehouse.db, warehouse.employee)
    take = {"item": bolt.id, "from": "A1"}
    first = scanner.did("stock_moves", {**take, "quantity": 9}, clock())
    second, third = (
        scanner.did("stock_moves", {**take, "quantity": n}, clock(), supersedes=first.id)
        for n in (8, 2)
    )
    ended = [await scanner.send_one(each) for each in (first, second, third)]
    assert [each.status for each in ended] == ["rejected", "rejected", "applied"]
    await warehouse.put(bolt, 100, shelf)
    late = [await scanner.send_one(each) for each in (second, first)]
    assert [each.status for each in late] == ["rejected", "superseded"]
    assert await warehouse.level(bolt, shelf) == 103


async def test_an_id_means_one_operation_for_ever(warehouse: Warehouse, clock: Clock) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    scanner = Scanner(warehouse.db, warehouse.employee)
    put = scanner.did("stock_moves", {"item": bolt.id, "quantity": 5, "to": "A1"}, clock())
    assert (await scanner.send_one(put)).status == "applied"
    other = replace(put, data={**put.data, "quantity": 6})
    before = await heads(warehouse.db)
    result = await scanner.send_one(other)
    assert (result.status, result.reason) == ("rejected", "id_reused")
    batch = await scanner.send(replace(put, seq=9), replace(other, seq=3), replace(put, seq=1))
    assert [each.status for each in batch.results] == ["duplicate", "rejected", "rejected"]
    assert await heads(warehouse.db) == before
    assert await warehouse.level(bolt, shelf) == 5
    clock.advance(days=1)
    # Its receipt may be gone, and the device may be another one.
    assert len(await rows_of(warehouse.db, Receipt, warehouse.guild_id)) > 0
    later = Scanner(warehouse.db, warehouse.employee, device_id=7)
    assert (await later.send_one(put)).status == "duplicate"


@pytest.mark.both_engines
async def test_a_correction_takes_the_place_of_what_was_refused(
    warehouse: Warehouse, clock: Clock
) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    await warehouse.put(bolt, 5, shelf)
    scanner = Scanner(warehouse.db, warehouse.employee)
    move = {"item": bolt.id, "from": "A1"}
    old = scanner.did("stock_moves", {**move, "quantity": 9}, clock())
    new = scanner.did("stock_moves", {**move, "quantity": 4}, clock(), supersedes=old.id)
    again = scanner.did("stock_moves", {**move, "quantity": 1}, clock(), supersedes=old.id)
    pushed = await scanner.send(old, new, old, again)
    assert [(each.status, each.reason) for each in pushed.results] == [
        ("rejected", "insufficient_stock"),
        ("rejected", "insufficient_stock"),
        ("applied", ""),
        ("rejected", "already_corrected"),
    ]
    await warehouse.put(bolt, 50, shelf)
    late = await scanner.send_one(old)
    assert (late.status, late.record) == ("superseded", pushed.results[2].record)
    assert await warehouse.level(bolt, shelf) == 51


@pytest.mark.both_engines
async def test_a_correction_of_what_was_done_after_all_is_refused(
    warehouse: Warehouse, clock: Clock
) -> None:
    bolt, shelf = await warehouse.add_item(), await warehouse.add_shelf()
    scanner = Scanner(warehouse.db, warehouse.employee)
    put = {"item": bolt.id, "to": "A1"}
    old = scanner.did("stock_moves", {**put, "quantity": 9}, clock())
    new = scanner.did("stock_moves", {**put, "quantity": 4}, clock(), supersedes=old.id)
    done = await scanner.send_one(old)
    refused = await scanner.send_one(new)
    assert (refused.status, refused.reason) == ("rejected", "already_applied")
    assert refused.record == done.record
    for _ in range(8):
        old = scanner.did("stock_moves", {**put, "quantity": 10}, clock())
        new = scanner.did("stock_moves", {**put, "quantity": 1}, clock(), supersedes=old.id)
        before = await warehouse.level(bolt, shelf)
        first, second = await asyncio.gather(scanner.send_one(old), scanner.send_one(new))
        ended = {("applied", "rejected"): 10, ("superseded", "applied"): 1}
        assert (first.status, second.status) in ended
        by = ended[first.status, second.status]
        assert await warehouse.level(bolt, shelf) == before + by
    await require_sound_books(warehouse.db)


async def test_times_are_of_the_last_ninety_days(warehouse: Warehouse, clock: Clock) -> None:
    await warehouse.add_item()
    await warehouse.add_shelf()
    scanner = Scanner(warehouse.db, warehouse.employee, skew=timedelta(days=-400))
    put = {"item": "BOLT-8", "quantity": 1, "to": "A1"}
    pushed = await scanner.send(
        scanner.did("stock_moves", put, clock() + timedelta(days=500)),
        scanner.did("stock_moves", put, clock() - RETENTION - timedelta(hours=1)),
        scanner.did("stock_moves", put, clock() - RETENTION + timedelta(hours=1)),
    )
    assert [(each.status, each.reason) for each in pushed.results] == [
        ("applied", ""),
        ("rejected", "too_old"),
        ("applied", ""),
    ]
    done = {row.operation_id: row for row in await rows_of(warehouse.db, SyncOperation, 7001)}
    assert done[pushed.results[0].id].happened_at == clock()
    assert done[pushed.results[2].id].happened_at == clock() - RETENTION + timedelta(hours=1)


async def test_a_refusal_changes_nothing_and_does_not_stop_the_rest(
    warehouse: Warehouse, clock: Clock
) -> None:
    bolt = await warehouse.add_item()
    await warehouse.add_shelf()
    viewer = Scanner(warehouse.db, warehouse.viewer)
    scanner = Scanner(warehouse.db, warehouse.employee)
    count = {"item": bolt.id, "location": "A1", "counted": 3}
    put = {"item": bolt.id, "quantity": 1, "to": "A1"}
    pushed = await scanner.send(
        scanner.did("stock_counts", count, clock()),
        scanner.did("stock_moves", {**put, "to": "Z9"}, clock()),
        scanner.did("stock_moves", {**put, "unit": "box"}, clock()),
        scanner.did("stock_moves", put, clock()),
    )
    assert [(each.status, each.reason) for each in pushed.results] == [
        ("rejected", "not_allowed"),
        ("rejected", "not_found"),
        ("rejected", "wrong_unit"),
        ("applied", ""),
    ]
    before = len(await rows_of(warehouse.db, AuditEvent, warehouse.guild_id))
    refused = await viewer.send_one(viewer.did("stock_moves", put, clock()))
    assert (refused.status, refused.reason) == ("rejected", "not_allowed")
    assert len(await rows_of(warehouse.db, AuditEvent, warehouse.guild_id)) == before


async def test_books_that_are_busy_hold_all_that_follows(
    warehouse: Warehouse, clock: Clock
) -> None:
    await warehouse.add_item()
    await warehouse.add_shelf()
    scanner = Scanner(warehouse.db, warehouse.employee)
    put = {"item": "BOLT-8", "quantity": 1, "to": "A1"}
    first = scanner.did("stock_moves", put, clock())
    await scanner.send_one(first)
    now = clock.now
    clock.now -= timedelta(days=1)  # this machine's clock is behind the books: nothing is taken
    waiting = [scanner.did("stock_moves", put, now) for _ in range(2)]
    pushed = await scanner.send(waiting[0], first, waiting[1])
    clock.now = now
    assert [each.status for each in pushed.results] == ["duplicate", "held", "held"]
    assert {each.reason for each in pushed.results[1:]} == {"clock_behind"}
    again = await scanner.send(*waiting)
    assert [each.status for each in again.results] == ["applied", "applied"]

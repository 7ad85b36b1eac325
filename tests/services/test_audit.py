"""The trail on both engines: found by every filter, page by page, and closed day by day."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest

from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.records import DayClosed, ExportTooLarge
from bot.errors import InvalidValue, NotAllowed, NotFound
from bot.services import export
from bot.services.audit import (
    CloseDay,
    FindRecords,
    GetRecord,
    RecordsFound,
    close_day,
    find_records,
    get_record,
)
from bot.services.export import ExportAudit, export_audit, safe_cell
from bot.services.guilds import SetSetting, set_setting
from bot.services.roles import CreateRole, create_role
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books
from tests.database.clock import Clock

pytestmark = pytest.mark.both_engines


async def search(warehouse: Warehouse, **filters: Any) -> RecordsFound:
    return await warehouse.db.query(find_records, FindRecords(**filters), warehouse.auditor)


def numbers(listed: RecordsFound) -> list[int]:
    return [event.record for event in listed.events]


async def work(warehouse: Warehouse, clock: Clock, days: int = 3) -> None:
    """Book two items on several days: opening, item, shelf, item, then two puts a day."""
    bolt, shelf = await warehouse.add_item("BOLT-8"), await warehouse.add_shelf("A1")
    nut = await warehouse.add_item("NUT-8")
    for _ in range(days):
        clock.advance(hours=24)
        await warehouse.put(bolt, 5, shelf)
        await warehouse.put(nut, 3, shelf)


async def test_every_filter_narrows_and_together_they_narrow_more(
    warehouse: Warehouse, clock: Clock
) -> None:
    await work(warehouse, clock)
    assert numbers(await search(warehouse)) == list(range(10, 0, -1))
    manager = warehouse.manager.user_id
    assert numbers(await search(warehouse, member_id=manager)) == [10, 9, 8, 7, 6, 5]
    assert numbers(await search(warehouse, action="item.added")) == [4, 2]
    assert numbers(await search(warehouse, subject="bolt-8")) == [9, 7, 5, 2]
    assert numbers(await search(warehouse, subject="a1")) == [10, 9, 8, 7, 6, 5, 3]
    assert numbers(await search(warehouse, subject="BOLT-8", action="stock.put")) == [9, 7, 5]
    assert numbers(await search(warehouse, since="today")) == [10, 9]
    assert numbers(await search(warehouse, since="yesterday", until="yesterday")) == [8, 7]
    assert numbers(await search(warehouse, since="today", member_id=1)) == []
    with pytest.raises(NotFound):
        await search(warehouse, subject="pirate")
    with pytest.raises(InvalidValue):
        await search(warehouse, since="soon")


async def test_pages_are_turned_both_ways_and_new_records_move_nothing(
    warehouse: Warehouse, clock: Clock
) -> None:
    await work(warehouse, clock, days=12)
    first = await search(warehouse)
    assert (numbers(first), first.has_newer, first.has_older) == (
        list(range(28, 18, -1)),
        False,
        True,
    )
    second = await search(warehouse, older_than=19)
    assert (numbers(second), second.has_newer) == (list(range(18, 8, -1)), True)
    third = await search(warehouse, older_than=9)
    assert (numbers(third), third.has_older) == (list(range(8, 0, -1)), False)
    await warehouse.add_shelf("B2")
    back = await search(warehouse, newer_than=18)
    assert (numbers(back), back.has_newer) == (list(range(28, 18, -1)), True)


async def test_a_role_is_found_however_its_name_is_typed(warehouse: Warehouse) -> None:
    created = await warehouse.run(create_role, CreateRole(name="Night shift"), warehouse.owner)
    for typed in ("night shift", " NIGHT  shift ", "Ｎight shift"):  # noqa: RUF001
        assert numbers(await search(warehouse, subject=typed)) == [created.record]


async def test_a_search_asks_for_the_right(warehouse: Warehouse) -> None:
    for actor in (warehouse.employee, warehouse.viewer, warehouse.stranger):
        with pytest.raises(NotAllowed):
            await warehouse.db.query(find_records, FindRecords(), actor)
        with pytest.raises(NotAllowed):
            await warehouse.db.query(get_record, GetRecord(record=1), actor)


async def test_every_record_names_its_operation_and_source(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    await warehouse.run(
        set_setting, SetSetting(name="undo_minutes", value="7"), warehouse.admin, "the-key"
    )
    shown = await db.query(get_record, GetRecord(record=2), warehouse.auditor)
    assert shown.event.operation_id == "the-key"
    assert shown.event.source == "discord"


async def test_a_day_is_closed_once_with_its_totals_and_the_chains_head(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    await work(warehouse, clock, days=1)
    day = clock.now.date()
    clock.advance(hours=24)
    house = system_actor(GUILD, "job")
    head = (await db.query(get_record, GetRecord(record=6), house)).event.hash
    closed = await db.run(close_day, CloseDay(day=day), house, f"day-{day}")
    said = {each.field: each.after for each in closed.changes if each.field != "signature"}
    assert said == {"records": "2", "moves": "2", "people": "1", "chain": f"{head} (#6)"}
    async with refusal(db, DayClosed):
        await db.run(close_day, CloseDay(day=day), house, "another key")
    again = await db.run(close_day, CloseDay(day=day), house, f"day-{day}")
    assert again == closed
    await require_sound_books(db)


async def test_a_day_without_records_is_not_closed(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    await warehouse.add_item()
    async with refusal(db, DayClosed):
        await db.run(close_day, CloseDay(day=date(2020, 1, 1)), system_actor(GUILD, "job"), "day")


async def test_closing_a_day_makes_no_work_for_the_next(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    await warehouse.add_item()
    day = clock.now.date()
    house = system_actor(GUILD, "job")
    clock.advance(hours=24)
    await db.run(close_day, CloseDay(day=day), house, "first")
    clock.advance(hours=24)
    async with refusal(db, DayClosed):
        await db.run(close_day, CloseDay(day=day + timedelta(days=1)), house, "second")


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_an_export_has_a_row_for_each_move_and_changed_field(
    warehouse: Warehouse, clock: Clock, db: DatabaseService
) -> None:
    await work(warehouse, clock, days=1)
    exported = await export_audit(db, ExportAudit(), warehouse.auditor)
    table = rows(exported.content)
    assert (exported.records, exported.first, exported.last) == (6, 1, 6)
    moves = [row for row in table if row["action"] == "stock.put"]
    assert [(row["sku"], row["quantity"], row["to"], row["to_after"]) for row in moves] == [
        ("BOLT-8", "5.000", "A1", "5.000"),
        ("NUT-8", "3.000", "A1", "3.000"),
    ]
    fields = [row for row in table if row["record"] == "2"]
    assert {row["field"]: row["after"] for row in fields} == {
        "sku": "BOLT-8", "name": "The BOLT-8", "unit": "pcs",
    }  # fmt: skip
    only = await export_audit(db, ExportAudit(since="today"), warehouse.auditor)
    assert {row["record"] for row in rows(only.content)} == {"5", "6"}
    nothing = await export_audit(db, ExportAudit(until="2020-01-01"), warehouse.auditor)
    assert nothing.records == 0


async def test_an_export_that_discord_would_not_take_says_where_it_was_full(
    warehouse: Warehouse, clock: Clock, db: DatabaseService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await work(warehouse, clock, days=1)
    monkeypatch.setattr(export, "MAX_BYTES", 500)
    with pytest.raises(ExportTooLarge):
        await export_audit(db, ExportAudit(), warehouse.auditor)


async def test_a_cell_that_is_a_number_is_a_number(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    """T03."""
    item, shelf = await warehouse.add_item("-12V", "-12.5"), await warehouse.add_shelf("A1")
    await warehouse.put(item, 10, shelf)
    exported = await export_audit(db, ExportAudit(), warehouse.auditor)
    (put,) = [row for row in rows(exported.content) if row["quantity"]]
    figures = ("quantity", "from_before", "from_after", "to_before", "to_after")
    assert [float(put[name]) for name in figures] == [10, 0, -10, 0, 10]
    assert put["sku"] == "'-12V"
    for text in ("=SUM(1)", "-1+1", "--1", "-1,5", "-.5", "-1e5", "+1", "-\u0661"):
        assert safe_cell(text) == f"'{text}"


async def test_no_cell_is_a_formula(warehouse: Warehouse, db: DatabaseService) -> None:
    for start in ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"):
        assert safe_cell(f"{start}1+1").startswith("'")
    for number, start in enumerate("=+-@"):
        await warehouse.add_item(f"X-{number}", f"{start}HYPERLINK(1)")
    exported = await export_audit(db, ExportAudit(), warehouse.auditor)
    cells = [cell for row in rows(exported.content) for cell in row.values()]
    assert not [cell for cell in cells if cell and cell[0] in "=+@\t\r"]
    assert not [cell for cell in cells if cell.startswith("-H")]

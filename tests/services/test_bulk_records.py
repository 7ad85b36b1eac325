"""Records with more lines than one statement takes, or than anyone reads in one answer."""

import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal

import orjson
import pytest
import pytest_asyncio

from bot.database.engine import DatabaseSettings
from bot.database.models import AuditEvent, Item, Location, Receipt, StockMove
from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.database.writer.rows import CHUNK
from bot.domain.actions import Reversal
from bot.domain.names import key_of
from bot.domain.rights import Need
from bot.domain.stock import LineReference
from bot.domain.virtual_locations import VirtualLocation
from bot.services.audit import FindRecords, GetRecord, find_records, get_record
from bot.services.export import ExportAudit, export_audit
from bot.services.moved import StockMoved, moved_by
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.verification import verify_books
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.planted import plant_actions

pytestmark = [pytest.mark.slow, pytest.mark.both_engines]

plant_actions("test.imported", reversal=Reversal.MOVES)

LINES = CHUNK + 500
ITEMS = 1200
PROJECT = 4711


class Bulk:
    """A warehouse with many items, and one record that moved them all, some of them twice."""

    def __init__(self, warehouse: Warehouse, moved: StockMoved) -> None:
        self.warehouse = warehouse
        self.moved = moved


async def stock_catalogue(uow: UnitOfWork) -> tuple[list[Item], list[Location]]:
    names = [f"BOLT-{number}" for number in range(ITEMS)]
    items = await uow.items.bulk_create(
        [
            {"sku": sku, "sku_key": key_of(sku), "name": f"The {sku}", "name_key": f"the {sku}"}
            for sku in names
        ]
    )
    places = await uow.locations.bulk_create(
        [{"name": name, "name_key": key_of(name)} for name in ("A1", "B2", "C3")]
    )
    return list(items), list(places)


async def import_all(uow: UnitOfWork, request: int) -> StockMoved:
    wanted = [
        LineReference(f"BOLT-{number % ITEMS}", VirtualLocation.SUPPLIER, ("A1", "B2")[number % 2])
        for number in range(request)
    ]
    for line in await uow.stock.lines(wanted):
        uow.stock.post(line, Decimal(2), Decimal("0.0125"), "EUR")
    record = uow.record(
        "test.imported",
        subject_type="import",
        subject_id=None,
        subject="stock.csv",
        note="spring",
        subjects=[("project", PROJECT)],
    )
    return moved_by(uow, record, "test.imported", note="spring")


IMPORT = Operation("test.import", import_all, Need(("stock.move",)))


@pytest_asyncio.fixture
async def db(own_database_url: str, clock: Clock) -> AsyncIterator[DatabaseService]:
    """Books in a database of their own: tables that other tests emptied are planned for no rows."""
    service = DatabaseService(DatabaseSettings(own_database_url, data_key=DATA_KEY), clock=clock)
    yield service
    await service.close()


@pytest_asyncio.fixture
async def bulk(warehouse: Warehouse) -> Bulk:
    await warehouse.change(stock_catalogue)
    return Bulk(warehouse, await warehouse.run(IMPORT, LINES))


async def found_by(bulk: Bulk, subject: str | tuple[str, int]) -> list[int]:
    request = FindRecords(subject=subject)
    found = await bulk.warehouse.db.query(find_records, request, bulk.warehouse.auditor)
    return [event.record for event in found.events]


async def test_thousands_of_lines_are_one_record_and_sound(bulk: Bulk) -> None:
    warehouse, record = bulk.warehouse, bulk.moved.record
    assert await require_sound_books(warehouse.db) == record
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings
    moves = [row for row in await rows_of(warehouse.db, StockMove, GUILD) if row.record == record]
    assert [move.line for move in moves] == list(range(1, LINES + 1))
    assert {(str(move.unit_cost), move.currency) for move in moves} == {("0.012500", "EUR")}


@pytest.mark.soak_on("sqlite")
async def test_levels_are_whole_that_are_too_many_for_one_statement_though_the_lines_are_not(
    warehouse: Warehouse,
) -> None:
    assert ITEMS < CHUNK < 2 * ITEMS
    await warehouse.change(stock_catalogue)
    for _ in ("opens levels", "changes them"):
        moved = await warehouse.run(IMPORT, ITEMS)
        assert await require_sound_books(warehouse.db) == moved.record
        assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


@pytest.mark.soak_on("postgresql")
async def test_its_lines_are_in_the_ledger_alone(bulk: Bulk) -> None:
    moved, db = bulk.moved, bulk.warehouse.db
    assert (moved.line_count, len(moved.lines), moved.more_lines) == (LINES, 10, LINES - 10)
    (receipt,) = [r for r in await rows_of(db, Receipt, GUILD) if r.record == moved.record]
    assert len(orjson.loads(receipt.answer)["lines"]) == 10
    (event,) = [e for e in await rows_of(db, AuditEvent, GUILD) if e.record == moved.record]
    assert orjson.loads(event.detail) == {"line_count": LINES, "note": "spring"}
    assert len(receipt.answer) + len(event.detail) < 5000


@pytest.mark.soak_on("postgresql")
async def test_it_is_found_by_everything_that_it_touched(bulk: Bulk) -> None:
    record = bulk.moved.record
    for subject in ("BOLT-0", "BOLT-1199", "A1", "B2", ("project", PROJECT)):
        assert await found_by(bulk, subject) == [record], subject
    assert await found_by(bulk, "C3") == []
    assert await found_by(bulk, ("project", PROJECT + 1)) == []
    db, auditor = bulk.warehouse.db, bulk.warehouse.auditor
    for action, expected in (("test.imported", [record]), ("stock.put", [])):
        request = FindRecords(subject="A1", action=action)
        assert [e.record for e in (await db.query(find_records, request, auditor)).events] == (
            expected
        )
    async with db.look_up(auditor) as books:
        assert await books.audit.list_records_about("project", PROJECT, 10) == [record]


@pytest.mark.soak_on("postgresql")
async def test_pages_of_a_subject_have_each_record_once(bulk: Bulk) -> None:
    warehouse = bulk.warehouse
    async with warehouse.db.look_up(warehouse.viewer) as books:
        bolt = await books.items.require_reference("BOLT-0")
        shelf = await books.locations.require_reference("A1")
    for _ in range(25):
        await warehouse.put(bolt, 1, shelf)
    seen: list[int] = []
    older_than: int | None = None
    while True:
        request = FindRecords(subject="BOLT-0", older_than=older_than)
        page = await warehouse.db.query(find_records, request, warehouse.auditor)
        seen += [event.record for event in page.events]
        if not page.has_older:
            break
        older_than = seen[-1]
    assert seen == list(range(bulk.moved.record + 25, bulk.moved.record - 1, -1))
    request = FindRecords(subject="BOLT-0", newer_than=seen[-1])
    page = await warehouse.db.query(find_records, request, warehouse.auditor)
    assert [event.record for event in page.events] == seen[-11:-1]


@pytest.mark.soak_on("postgresql")
async def test_showing_it_reads_its_lines_from_the_ledger(bulk: Bulk) -> None:
    db, auditor = bulk.warehouse.db, bulk.warehouse.auditor
    shown = await db.query(get_record, GetRecord(record=bulk.moved.record), auditor)
    assert shown.detail.line_count == LINES
    assert [line.sku for line in shown.detail.lines[:3]] == ["BOLT-0", "BOLT-1", "BOLT-2"]
    assert shown.detail.lines[1].target.name == "B2"


@pytest.mark.soak_on("postgresql")
async def test_the_export_has_every_line(bulk: Bulk) -> None:
    exported = await export_audit(bulk.warehouse.db, ExportAudit(), bulk.warehouse.auditor)
    rows = list(csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"))))
    own = [row for row in rows if row["record"] == str(bulk.moved.record)]
    assert len(own) == LINES
    assert Counter(row["sku"] for row in own)["BOLT-0"] == 3
    assert {(row["quantity"], row["from"], row["note"]) for row in own} == {
        ("2.000", "supplier", "spring")
    }


@pytest.mark.soak_on("sqlite")
async def test_it_is_undone_whole(bulk: Bulk) -> None:
    warehouse = bulk.warehouse
    undone = await warehouse.run(
        reverse_record, ReverseRecord(record=bulk.moved.record), warehouse.manager
    )
    assert (undone.reverses, undone.line_count) == (bulk.moved.record, LINES)
    assert undone.lines[0].sku == f"BOLT-{(LINES - 1) % ITEMS}"
    await require_sound_books(warehouse.db)
    assert await found_by(bulk, "BOLT-7") == [undone.record, bulk.moved.record]

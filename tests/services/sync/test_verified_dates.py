"""When devices did things is as their records say, and dates that were forged are found."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.stock import AdjustStock, adjust_stock
from bot.services.verification import verify_books
from bot.views.audit.findings import finding_text
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.database.tampering import passing, tamper
from tests.services.sync.scanner import Scanner
from tests.services.test_counts import stock_up

LATER = "'2031-01-01 00:00:00.000000'"
FORGED = {
    "an operation dated otherwise": (
        f"UPDATE sync_operation SET happened_at = {LATER}",
        ": happened at is 2031-01-01",
    ),
    "an operation of another record": (
        "UPDATE sync_operation SET record = 2",
        "exists, but no record says so",
    ),
    "a move dated otherwise": (
        f"UPDATE dated_move SET happened_at = {LATER} WHERE corrects IS NULL",
        "happened: happened at is 2031-01-01",
    ),
    "a date removed": ("DELETE FROM dated_move WHERE corrects IS NULL", "happened is missing, #"),
    "a date of a move that there is not": (
        "UPDATE dated_move SET line = 9 WHERE corrects IS NULL",
        "happened exists, but no record says so",
    ),
    "a move that keeps another count true": (
        "UPDATE dated_move SET corrects = 3 WHERE corrects IS NOT NULL",
        "happened: corrects is 3, #",
    ),
    "a move that keeps a count true": (
        "UPDATE dated_move SET corrects = 3 WHERE corrects IS NULL",
        "happened: corrects is 3, #",
    ),
}


@pytest.fixture
async def scanned(warehouse: Warehouse, clock: Clock) -> Warehouse:
    """Books in which a device took something before it was counted, and told of it later."""
    await stock_up(warehouse, "TEA")
    early = clock() + timedelta(hours=1)
    clock.advance(hours=2)
    counted = AdjustStock(item="TEA", location="A1", counted=Decimal(0), reason="Seen")
    await warehouse.run(adjust_stock, counted, warehouse.manager)
    clock.advance(hours=1)
    scanner = Scanner(warehouse.db, warehouse.manager)
    taken = scanner.did("stock_moves", {"item": "TEA", "quantity": 9, "from": "A1"}, early)
    assert (await scanner.send_one(taken)).status == "applied"
    return warehouse


async def said(warehouse: Warehouse) -> list[str]:
    verified = await verify_books(warehouse.db, warehouse.auditor)
    return [finding_text(each, verified) for each in verified.findings]


@pytest.mark.only_on("sqlite")
async def test_forged_dates_are_found(scanned: Warehouse, database_url: str) -> None:
    for what, (statement, sentence) in FORGED.items():
        with passing(database_url):
            await tamper(database_url, statement)
            found = await said(scanned)
            assert any(sentence in each for each in found), (what, found)
    assert await said(scanned) == []


@pytest.mark.only_on("postgresql")
async def test_postgresql_finds_them_as_well(scanned: Warehouse, database_url: str) -> None:
    await tamper(database_url, "DELETE FROM dated_move WHERE corrects IS NULL")
    assert any("happened is missing, #" in each for each in await said(scanned))


@pytest.mark.both_engines
async def test_what_a_device_did_and_was_undone_verifies(scanned: Warehouse) -> None:
    assert await said(scanned) == []
    await scanned.run(reverse_record, ReverseRecord(), scanned.manager)
    assert await said(scanned) == []
